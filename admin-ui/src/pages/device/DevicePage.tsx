import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../../api/http';
import * as hub from '../../api/hub';
import type { Device } from '../../api/types';
import { Disabled, Empty, ErrorNote, PresenceBadge, Skeleton, Tags } from '../../components/basics';
import { clockTime } from '../../lib/format';
import { applyPresence, wasHeard } from '../../lib/presence';
import { useFresh } from '../../state/fresh';
import { staleSince, unknownDevice, useStream } from '../../state/live';
import { useResource } from '../../state/resource';
import { mayAct } from '../../state/session';
import { Certificates } from './Certificates';
import { Commands } from './Commands';
import { Composer } from './Composer';
import { Manage } from './Manage';
import { PresencePanel } from './PresencePanel';
import { Sessions } from './Sessions';
import { Telemetry } from './Telemetry';
import { Tokens } from './Tokens';

/**
 * Whether the hub does not know the device. A later call that fails otherwise does not unsay it: its events would be asked
 * for again, and be refused again.
 */
export function useMissing(device: { data: unknown; error: unknown; loading: boolean }): boolean {
  const missing = useRef(false);
  if (device.error instanceof ApiError && device.error.status === 404) missing.current = true;
  else if (device.error === undefined && !device.loading && device.data !== undefined) missing.current = false;
  return missing.current;
}

export function DevicePage({ id }: { id: string }) {
  const device = useResource<Device>(id, (abort) => hub.getDevice(id, abort));
  useStream({
    opened: () => {},
    events(batch) {
      const presence = batch.filter((e) => e.type === 'presence' && e.device === id);
      const heard = batch.findLast((e) => e.type === 'telemetry' && e.device === id);
      if (heard) device.update((d) => wasHeard(d, heard.at));
      if (presence.length === 0) return;
      device.update((d) => presence.reduce(applyPresence, d));
      device.reload(); // The event tells the state; address, client and reason come with the device.
    },
  });
  // Name, tags, round trip, clock and last heartbeat change without an event.
  useFresh(device);

  const missing = useMissing(device);
  useEffect(() => {
    unknownDevice.value = missing ? id : undefined;
  }, [missing, id]);

  if (missing) {
    return (
      <Empty title={`There is no device ${id}`} page>
        <p>Check the id, or look for it among the others.</p>
        <a class="button" href={`/devices?q=${encodeURIComponent(id.slice(0, 64))}`}>
          Search for {id}
        </a>
      </Empty>
    );
  }
  const d = device.data;
  return (
    <div class="stack">
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/devices">Devices</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{id}</span>
      </nav>
      <div class="page-head device-head">
        <div>
          <h1 class="mono">{id}</h1>
          {d && d.name !== d.id && <p class="device-title">{d.name}</p>}
        </div>
        <span class="device-now" role="status" data-testid="presence">
          {d && <PresenceBadge state={d.presence.state} />}
          {d && !d.enabled && <Disabled />}
          {d && staleSince.value !== undefined && <span class="faint">as of {clockTime(staleSince.value)}</span>}
        </span>
        {d && <Tags tags={d.tags} />}
      </div>
      {device.error !== undefined && (
        <ErrorNote error={device.error} retry={device.reload} title="The device could not be fetched" />
      )}
      <div class="device-grid">
        <div class="stack">
          <Telemetry device={id} />
        </div>
        <div class="stack device-side">
          {d && <PresencePanel presence={d.presence} createdAt={d.createdAt} />}
          {!d && device.error === undefined && <Skeleton label="Loading the device" rows={6} />}
          {mayAct.value && <Composer device={id} state={d?.presence.state} />}
          {mayAct.value && <Tokens device={id} />}
          {mayAct.value && <Certificates device={id} />}
          {mayAct.value && d && <Manage device={d} changed={(to) => device.update(() => to)} />}
        </div>
        <div class="stack">
          <Commands device={id} />
          <Sessions device={id} registered={d?.createdAt} />
        </div>
      </div>
    </div>
  );
}
