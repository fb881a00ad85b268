import { signal } from '@preact/signals';
import * as hub from '../api/hub';
import type { Fleet, HubEvent } from '../api/types';
import { Ago, Empty, ErrorNote, Panel, PresenceBadge, Skeleton, StateBadge } from '../components/basics';
import { Shares } from '../components/Shares';
import { Sparkline } from '../components/Sparkline';
import { isCommandState } from '../lib/commands';
import { count, perSecond, plural, shortIds, span } from '../lib/format';
import { isJobState } from '../lib/jobs';
import { isPresenceState } from '../lib/presence';
import { append } from '../lib/sparkline';
import { now, useEvery, useStream } from '../state/live';
import { useReloadSoon, useResource } from '../state/resource';
import { commandPath, devicePath, jobPath } from '../state/router';
import { mayAct } from '../state/session';
import { Attention } from './Attention';

const REFRESH_MS = 5_000;
/** Presence events come in storms when a hub restarts: the counts are fetched at most this often for them. */
const AFTER_EVENT_MS = 1_000;
const EVENTS_KEPT = 60;

/** A command passes four states within a second: one row for each, which tells the last, keeps the list readable. */
function newestOfCommands(entries: HubEvent[]): HubEvent[] {
  const seen = new Set<string>();
  return entries.filter((e) => {
    if (e.command === undefined) return true;
    if (seen.has(e.command)) return false;
    seen.add(e.command);
    return true;
  });
}

/** The events known with those that came, newest first, each once: a stream that begins anew tells the newest of the past again. */
export function merged(known: HubEvent[], batch: HubEvent[]): HubEvent[] {
  const byId = new Map([...known, ...batch.filter((e) => e.id !== undefined)].map((e) => [Number(e.id), e]));
  const newestFirst = [...byId].sort(([a], [b]) => b - a).map(([, e]) => e);
  return newestOfCommands(newestFirst).slice(0, EVENTS_KEPT);
}

// Kept while other pages are shown, so that the list is there at once.
const events = signal<HubEvent[]>([]);
const held = signal<HubEvent[] | undefined>(undefined);
const rates = signal<{ readings: number[]; values: number[] }>({ readings: [], values: [] });

export function Overview() {
  const fleet = useResource('fleet', async (abort) => {
    const got = await hub.getFleet(abort);
    const { readings, values } = rates.peek();
    rates.value = { readings: append(readings, got.readingsPerSecond), values: append(values, got.valuesPerSecond) };
    return got;
  });
  const reloadSoon = useReloadSoon(fleet);
  useStream({
    opened: fleet.reload,
    events(batch) {
      events.value = merged(events.peek(), batch);
      reloadSoon(AFTER_EVENT_MS);
    },
  });
  useEvery(REFRESH_MS, fleet.reload);

  return (
    <div class="stack">
      <h1 class="sr-only">Overview</h1>
      {fleet.error !== undefined && (
        <ErrorNote error={fleet.error} retry={fleet.reload} title="These figures are not up to date" />
      )}
      {fleet.data ? <Figures fleet={fleet.data} /> : fleet.error === undefined && <Skeleton label="Loading the fleet" rows={4} />}
      <div class={fleet.data && fleet.data.devices.total > 0 ? 'overview-grid' : 'stack'}>
        {fleet.data && fleet.data.devices.total > 0 && <Attention fleet={fleet.data} />}
        <Events />
      </div>
      <Nodes />
    </div>
  );
}

/** One line a hub; a database has one at a time. */
function Nodes() {
  const nodes = useResource('nodes', hub.listNodes);
  useStream({ opened: nodes.reload, events: () => {} });
  useEvery(REFRESH_MS, nodes.reload);
  return (
    <ul class="foot faint" aria-label="Nodes" data-testid="nodes">
      {nodes.data?.items.map((n) => (
        <li key={n.name}>
          Node <b>{n.name}</b>:{' '}
          {n.state === 'lost' ? 'lost' : `${n.state === 'draining' ? 'draining, ' : ''}${plural(n.sessions, 'session')}`}, version {n.version}
          {n.state !== 'lost' && `, up for ${span(now.value - Date.parse(n.startedAt))}`}
        </li>
      ))}
    </ul>
  );
}

function Figures({ fleet }: { fleet: Fleet }) {
  const { total, online, suspect, offline, neverSeen } = fleet.devices;
  const states = [
    { state: 'online', label: 'Online', n: online },
    { state: 'suspect', label: 'Suspect', n: suspect },
    { state: 'offline', label: 'Offline', n: offline },
    { state: 'never-seen', label: 'Never seen', n: neverSeen },
  ];
  if (total === 0) {
    return (
      <Empty title="No devices yet">
        <p>Register the first one and give it its token; it appears here as soon as it connects.</p>
        {mayAct.value && (
          <a class="button button-primary" href="/devices?new=1">
            New device
          </a>
        )}
      </Empty>
    );
  }
  return (
    <>
      <section class="panel fleet" aria-label="Fleet" data-testid="fleet">
        <a class="fleet-total" href="/devices">
          <b class="figure">{count(total)}</b>
          <span>{total === 1 ? 'device' : 'devices'}</span>
        </a>
        <ul class="fleet-states">
          {states.map((s) => (
            <li key={s.state}>
              <a href={`/devices?state=${s.state}`} data-testid={`fleet-${s.state}`}>
                <b class="figure">{count(s.n)}</b>
                <span class="fleet-label">
                  <span class={`mark mark-${s.state}`} aria-hidden="true" />
                  {s.label}
                </span>
              </a>
            </li>
          ))}
        </ul>
        <Shares shares={states} total={total} />
      </section>
      <section class="rates" aria-label="Traffic">
        <Rate
          label="Readings a second"
          n={perSecond(fleet.readingsPerSecond)}
          past={rates.value.readings}
          testId="readings-rate"
        />
        <Rate label="Values a second" n={perSecond(fleet.valuesPerSecond)} past={rates.value.values} testId="values-rate" />
        <Rate label="Commands waiting" n={count(fleet.commandsWaiting)} testId="commands-waiting" />
      </section>
    </>
  );
}

function Rate({ label, n, past, testId }: { label: string; n: string; past?: number[]; testId: string }) {
  return (
    <div class="panel rate">
      <span class="rate-label">{label}</span>
      <b class="figure" data-testid={testId}>
        {n}
      </b>
      {past && <Sparkline values={past} width={120} height={32} />}
    </div>
  );
}

function Events() {
  const shown = held.value ?? events.value;
  const behind = held.value ? events.value.filter((e) => !held.value?.includes(e)).length : 0;
  const toggle = (
    <button
      type="button"
      class="button button-quiet"
      aria-pressed={held.value !== undefined}
      onClick={() => (held.value = held.value ? undefined : events.value)}
    >
      {held.value ? `Go on${behind > 0 ? ` (${behind} new)` : ''}` : 'Hold'}
    </button>
  );
  return (
    <Panel title="Recent events" id="events" aside={shown.length > 0 ? toggle : undefined}>
      {shown.length === 0 ? (
        <Empty title="No events yet">
          <p>Devices that come and go and commands on their way are listed here as it happens.</p>
        </Empty>
      ) : (
        <ol class="events" aria-label={'Events, newest first'}>
          {shown.map((e) => (
            <EventRow key={e.id} event={e} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** What happened to a job; created and resumed it runs. */
function JobEventBadge({ what }: { what: string }) {
  const state = isJobState(what) ? what : 'running';
  return (
    <span class="badge" data-state={state}>
      <span class={`mark mark-${state}`} aria-hidden="true" />
      job {what}
    </span>
  );
}

function EventRow({ event }: { event: HubEvent }) {
  const { type, device, command, job, state } = event;
  return (
    <li>
      <span class="events-state">
        {type === 'presence' && isPresenceState(state) && <PresenceBadge state={state} />}
        {type === 'command' && isCommandState(state) && <StateBadge state={state} />}
        {type === 'job' && <JobEventBadge what={state ?? ''} />}
      </span>
      <span class="events-what">
        {device !== undefined && <a href={devicePath(device)}>{device}</a>}
        {device !== undefined && command !== undefined && (
          <a class="events-command" href={commandPath(device, command)}>
            {event.name ?? 'command'}
          </a>
        )}
        {job !== undefined && type === 'job' && <a href={jobPath(job)}>{event.title ?? `job ${job.slice(0, 8)}`}</a>}
        {event.cause && <span class="faint">{shortIds(event.cause)}</span>}
      </span>
      <span class="events-at faint">
        <Ago at={event.at} />
      </span>
    </li>
  );
}
