import * as hub from '../api/hub';
import type { Device, Fleet, PresenceState } from '../api/types';
import { Ago, Empty, ErrorNote, Panel, PresenceBadge, Skeleton } from '../components/basics';
import { count, fullTime, span } from '../lib/format';
import { now, useStream } from '../state/live';
import { useReloadSoon, useResource } from '../state/resource';
import { devicePath } from '../state/router';

/** As many of each state: more are a matter for the list, to which the panel leads. */
const SHOWN = 8;
/** Presence events come in storms; the lists are fetched at most this often for them. */
const AFTER_EVENT_MS = 1_000;
const TROUBLED: readonly PresenceState[] = ['suspect', 'offline'];

async function fetchTroubled(abort: AbortSignal): Promise<Device[]> {
  const pages = await Promise.all(
    TROUBLED.map((state) => hub.listDevices({ q: '', state, tags: [] }, SHOWN, undefined, abort)),
  );
  return pages.flatMap((page) => page.items);
}

/** The devices that were there and are not: what an operator comes to look for. */
export function Attention({ fleet }: { fleet: Fleet }) {
  const { suspect, offline } = fleet.devices;
  const devices = useResource('attention', fetchTroubled);
  const reloadSoon = useReloadSoon(devices);
  useStream({
    opened: devices.reload,
    events(batch) {
      if (batch.some((e) => e.type === 'presence')) reloadSoon(AFTER_EVENT_MS);
    },
  });
  return (
    <Panel title="Not reachable" id="attention" aside={suspect + offline > 0 && <All suspect={suspect} offline={offline} />}>
      {devices.error !== undefined && <ErrorNote error={devices.error} retry={devices.reload} title="This list is not up to date" />}
      {!devices.data && devices.error === undefined && <Skeleton label="Loading devices" rows={3} />}
      {devices.data?.length === 0 && (
        <Empty title="No device is missing">
          <p>Devices that were connected and have fallen silent or gone are listed here.</p>
        </Empty>
      )}
      {devices.data && devices.data.length > 0 && (
        <ul class="attention">
          {devices.data.map((d) => (
            <Row key={d.id} device={d} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function All({ suspect, offline }: { suspect: number; offline: number }) {
  return (
    <span class="attention-all">
      {suspect > SHOWN && <a href="/devices?state=suspect">all {count(suspect)} suspect</a>}
      {offline > SHOWN && <a href="/devices?state=offline">all {count(offline)} offline</a>}
    </span>
  );
}

function Row({ device: { id, name, presence } }: { device: Device }) {
  return (
    <li data-testid={`attention-${id}`}>
      <PresenceBadge state={presence.state} />
      <span class="attention-what">
        <a class="mono" href={devicePath(id)}>
          {id}
        </a>
        {name !== id && <span class="faint">{name}</span>}
        {presence.state === 'offline' && presence.closeReason && (
          <span class="faint attention-why">{presence.closeReason}</span>
        )}
      </span>
      <span class="faint attention-at" title={presence.since && fullTime(presence.since)}>
        {presence.since ? `for ${span(now.value - Date.parse(presence.since))}` : <Ago at={presence.lastSeenAt} />}
      </span>
    </li>
  );
}
