import * as hub from '../../api/hub';
import type { DeviceSession } from '../../api/types';
import { Ago, Empty, ErrorNote, Panel, Skeleton } from '../../components/basics';
import { ListEnd } from '../../components/ListEnd';
import { fullTime, span } from '../../lib/format';
import { connected, knownFrom, shareOf, SPANS } from '../../lib/sessions';
import { now, staleSince, useStream } from '../../state/live';
import { usePages } from '../../state/pages';
import { useReloadSoon } from '../../state/resource';
import { query, setQuery } from '../../state/router';

const PAGE = 20;
const AFTER_EVENT_MS = 300;
/** The strip's width in its own units: browsers cut off what lies beyond some 33 million. */
const WIDTH = 1_000;

/** When the device was connected, and why each session ended. */
export function Sessions({ device, registered }: { device: string; registered: string | undefined }) {
  const list = usePages<DeviceSession>(device, PAGE, (limit, cursor, abort) => hub.listSessions(device, limit, cursor, abort));
  const reloadSoon = useReloadSoon(list);
  useStream({
    opened: list.reload,
    events(batch) {
      if (batch.some((e) => e.type === 'presence' && e.device === device)) reloadSoon(AFTER_EVENT_MS);
    },
  });
  const chosen = SPANS.find((s) => s.id === query.value.get('span')) ?? SPANS[1]!;
  const sessions = list.data?.items;
  const chooser = (
    <div class="segments" role="group" aria-label="Time shown">
      {SPANS.map((s) => (
        <button key={s.id} type="button" aria-pressed={s === chosen} onClick={() => setQuery({ span: s.id })}>
          {s.label}
        </button>
      ))}
    </div>
  );
  return (
    <Panel title="Sessions" id="sessions" class="device-sessions" aside={sessions && sessions.length > 0 ? chooser : undefined}>
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The sessions are not up to date" />}
      {!sessions && list.error === undefined && <Skeleton label="Loading sessions" rows={3} />}
      {sessions?.length === 0 && (
        <Empty title="No sessions yet">
          <p>Each connection of the device is listed here, with how long it lasted and why it ended.</p>
        </Empty>
      )}
      {sessions && sessions.length > 0 && (
        <>
          <Strip
            sessions={sessions}
            complete={list.loadMore === undefined}
            registered={registered === undefined ? 0 : Date.parse(registered)}
            of={chosen}
          />
          <SessionTable sessions={sessions} />
        </>
      )}
      {list.loadMore && <ListEnd list={list} />}
    </Panel>
  );
}

interface StripProps {
  sessions: DeviceSession[];
  complete: boolean;
  registered: number;
  of: (typeof SPANS)[number];
}

/** A band of time, filled where the device was connected. */
function Strip({ sessions, complete, registered, of }: StripProps) {
  const to = now.value;
  const from = to - of.ms;
  const known = knownFrom(sessions, complete, from, registered);
  const stretches = connected(sessions, known, to);
  const share = shareOf(stretches, known, to);
  const x = (ms: number) => (ms / of.ms) * WIDTH;
  const said = known > from ? `since ${fullTime(new Date(known).toISOString())}` : `of the last ${of.label}`;
  return (
    <figure class="strip">
      <svg viewBox={`0 0 ${WIDTH} 1`} preserveAspectRatio="none" role="img" aria-label={`Connected ${share} ${said}`} data-testid="strip">
        {known > from && <rect class="strip-unknown" x="0" y="0" width={x(known - from)} height="1" />}
        {stretches.map((s) => (
          <rect key={s.from} class="fill-online" x={x(s.from - from)} y="0" width={x(s.to - s.from)} height="1" />
        ))}
      </svg>
      <figcaption class="faint" aria-hidden="true">
        <span>{of.label} ago</span>
        <span>
          connected {share} {said}
        </span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function SessionTable({ sessions }: { sessions: DeviceSession[] }) {
  return (
    <table class="table job-devices session-table">
      <thead>
        <tr>
          <th scope="col">Session</th>
          <th scope="col">Opened</th>
          <th scope="col">Lasted</th>
          <th scope="col">Ended by</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((s) => (
          <tr key={s.epoch} data-testid={`session-${s.epoch}`}>
            <th scope="row">no. {s.epoch}</th>
            <td class="session-opened">
              <Ago at={s.openedAt} />
            </td>
            <td>{span((s.closedAt === undefined ? (staleSince.value ?? now.value) : Date.parse(s.closedAt)) - Date.parse(s.openedAt))}</td>
            <td class="session-end">{s.closedAt === undefined ? <b class="session-open">it is open</b> : endOf(s)}</td>
            <td class="faint session-from">
              <span class="mono">{s.address}</span> to {s.node}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const endOf = ({ closeReason, closeCode }: DeviceSession) =>
  [closeReason, closeCode !== undefined && `(${closeCode})`].filter((part) => part).join(' ') || 'no word of it';
