import { useEffect, useRef } from 'preact/hooks';
import * as api from '../../api/webhooks';
import type { Delivery, Webhook } from '../../api/webhooks';
import { Ago, Empty, ErrorNote, Panel, Skeleton } from '../../components/basics';
import { Button } from '../../components/Button';
import { ListEnd } from '../../components/ListEnd';
import { fullTime, plural, span } from '../../lib/format';
import { DELIVERY_STATES, gistOf, isDeliveryState } from '../../lib/webhooks';
import { now } from '../../state/live';
import { usePages } from '../../state/pages';
import { useReloadSoon } from '../../state/resource';
import { devicePath, query } from '../../state/router';
import { isAdmin } from '../../state/session';
import { useTask } from '../../state/task';
import { Badge } from './parts';

const PAGE = 30;
/** Fetched anew when the counts have changed: the more seldom the longer the list is. */
const AFTER_CHANGE_MS_A_ROW = 20;

/** What a webhook was told or is to be told, the newest event first. The address holds which. */
export function Deliveries({ webhook, changed }: { webhook: Webhook; changed: () => void }) {
  const asked = query.value.get('state');
  const state = isDeliveryState(asked) ? asked : '';
  const list = usePages<Delivery>(`${webhook.id} ${state}`, PAGE, (limit, cursor, abort) =>
    api.listDeliveries(webhook.id, state, limit, cursor, abort),
  );
  const soon = useReloadSoon(list);
  const counts = JSON.stringify([webhook.pending, webhook.dead, webhook.lastDeliveredAt, webhook.failingSince]);
  const known = useRef(counts);
  useEffect(() => {
    // An attempt that fails again changes no count.
    if (known.current === counts && webhook.pending === 0) return;
    known.current = counts;
    soon(AFTER_CHANGE_MS_A_ROW * list.shown());
  }, [webhook]);
  const task = useTask();
  const replay = (act: () => Promise<unknown>) =>
    void task.run(async () => {
      await act();
      list.reload();
      changed();
    });
  const replayAll = isAdmin.value && webhook.dead > 0 && (
    <Button class="button" off={task.busy} onClick={() => replay(() => api.replayDead(webhook.id))}>
      Send {plural(webhook.dead, 'dead letter')} again
    </Button>
  );
  const rows = list.data?.items;
  return (
    <Panel title="Deliveries" id="deliveries" aside={replayAll}>
      <nav class="tags" aria-label="Deliveries by state">
        {[{ state: '', label: 'all' }, ...DELIVERY_STATES].map((s) => (
          <a
            key={s.state}
            class={s.state === state ? 'tag tag-on' : 'tag'}
            href={s.state === '' ? '?' : `?state=${s.state}`}
            aria-current={s.state === state ? 'true' : undefined}
          >
            {s.label}
            {s.state === 'pending' && webhook.pending > 0 && <b> {webhook.pending}</b>}
            {s.state === 'dead' && webhook.dead > 0 && <b> {webhook.dead}</b>}
          </a>
        ))}
      </nav>
      {task.error !== undefined && <ErrorNote error={task.error} title="It is not sent" />}
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The deliveries are not up to date" />}
      {!rows && list.error === undefined && <Skeleton label="Loading deliveries" rows={5} />}
      {rows?.length === 0 && <None state={state} />}
      {rows && rows.length > 0 && (
        <>
          <DeliveryTable rows={rows} enabled={webhook.enabled} replay={(d) => replay(() => api.replayDelivery(webhook.id, d.id))} busy={task.busy} />
          <ListEnd list={list} of="delivery" many="deliveries" />
        </>
      )}
    </Panel>
  );
}

function None({ state }: { state: string }) {
  if (state === 'dead') {
    return (
      <Empty title="No dead letters">
        <p>What cannot be delivered for a day ends here, and can be sent again.</p>
      </Empty>
    );
  }
  return (
    <Empty title={state === '' ? 'Nothing was sent yet' : state === 'pending' ? 'Nothing waits' : 'Nothing was delivered yet'}>
      {state === '' && <p>It begins with what happens from now on. A test shows whether the endpoint can be reached.</p>}
    </Empty>
  );
}

interface TableProps {
  rows: Delivery[];
  /** Whether the webhook is: else nothing is sent. */
  enabled: boolean;
  replay: (delivery: Delivery) => void;
  busy: boolean;
}

/** What has ended can be sent again, and what waits for its next attempt at once. */
const maySend = (d: Delivery, enabled: boolean) =>
  d.state !== 'pending' || (enabled && d.nextAttemptAt !== undefined && Date.parse(d.nextAttemptAt) - now.value >= 1_000);

function DeliveryTable({ rows, enabled, replay, busy }: TableProps) {
  const replayable = isAdmin.value && rows.some((d) => maySend(d, enabled));
  return (
    <table class="table cards delivery-table" data-testid="delivery-table">
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">State</th>
          <th scope="col">Answer</th>
          <th scope="col" class="num">
            Attempts
          </th>
          <th scope="col">Next or last</th>
          {replayable && (
            <th scope="col">
              <span class="sr-only">Action</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((d) => (
          <Row key={d.id} delivery={d} enabled={enabled} replay={replayable ? replay : undefined} busy={busy} />
        ))}
      </tbody>
    </table>
  );
}

const LABELS = { pending: 'waiting', succeeded: 'delivered', dead: 'dead' };

interface RowProps {
  delivery: Delivery;
  enabled: boolean;
  /** Absent where no row can be sent again. */
  replay: ((delivery: Delivery) => void) | undefined;
  busy: boolean;
}

function Row({ delivery: d, enabled, replay, busy }: RowProps) {
  const again = d.state === 'pending' ? 'Send now' : 'Send again';
  return (
    <tr data-testid={`delivery-${d.id}`} data-state={d.state}>
      <th scope="row">
        {d.device !== undefined && (
          <a class="mono" href={devicePath(d.device)}>
            {d.device}
          </a>
        )}{' '}
        {gistOf(d)}
        <details class="delivery-event">
          <summary>
            {d.event.type} event {d.id}, <Ago at={d.event.at ?? d.createdAt} />
          </summary>
          <pre class="json-text" tabIndex={0} aria-label={`The event ${d.id} as it is sent`}>
            {JSON.stringify(d.event, null, 2)}
          </pre>
        </details>
      </th>
      <td data-label="State">
        <Badge state={d.state} label={LABELS[d.state]} />
      </td>
      <td data-label="Answer" class="delivery-answer">
        <span>
          {d.status !== undefined && <b>{d.status}</b>} <span class="faint">{d.answer}</span>
          {d.status === undefined && d.answer === undefined && <span class="faint">–</span>}
        </span>
      </td>
      <td data-label="Attempts" class="num">
        {d.attempts}
      </td>
      <td data-label="Next or last" class="delivery-at">
        {d.state === 'pending' ? <Next at={d.nextAttemptAt} enabled={enabled} /> : <Ago at={d.endedAt} />}
      </td>
      {replay && (
        <td class="row-action">
          {maySend(d, enabled) && (
            <Button
              class="button button-quiet"
              aria-label={`${again}: event ${d.id}`}
              off={busy}
              onClick={() => replay(d)}
            >
              {again}
            </Button>
          )}
        </td>
      )}
    </tr>
  );
}

/** When it is attempted. */
function Next({ at, enabled }: { at: string | undefined; enabled: boolean }) {
  if (!enabled) return <>when it is enabled</>;
  if (at === undefined) return <>next: now</>;
  const ms = Date.parse(at) - now.value;
  return (
    <time dateTime={at} title={fullTime(at)}>
      {ms < 1_000 ? 'next: now' : `next: in ${span(ms)}`}
    </time>
  );
}
