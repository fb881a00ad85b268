import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import type { Rotation, RotationPage, RotationState } from '../api/credentials';
import { RotationMeans } from '../components/acts';
import { Ago, Empty, ErrorNote, PresenceBadge, Skeleton } from '../components/basics';
import { Button } from '../components/Button';
import { Dialog, Field, FormError } from '../components/forms';
import { ListEnd } from '../components/ListEnd';
import { plural } from '../lib/format';
import { parseTags } from '../lib/tags';
import { useFresh } from '../state/fresh';
import { usePages } from '../state/pages';
import { devicePath, query, setQuery } from '../state/router';
import { mayAct } from '../state/session';
import { useTask } from '../state/task';

const PAGE = 50;

/** In the order in which a device goes through them. */
const STATES: readonly { state: RotationState; means: string }[] = [
  { state: 'asked', means: 'not connected since' },
  { state: 'unable', means: 'its software takes no tokens' },
  { state: 'handed-over', means: 'sent, no word that it is stored' },
  { state: 'stored', means: 'stored, not back with it' },
  { state: 'done', means: 'back with it, the older one is revoked' },
];

/** Who was asked to take another token, and who has not done so yet. */
export function Rotations() {
  const asked = query.value.get('state') ?? 'open';
  const [asking, setAsking] = useState(false);
  const list = usePages<Rotation>(asked, PAGE, (limit, cursor, abort) => hub.listRotations(asked, limit, cursor, abort));
  const counts = (list.data as RotationPage | undefined)?.counts;
  useFresh(list);
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Token rotation</h1>
        {mayAct.value && (
          <button type="button" class="button button-primary" onClick={() => setAsking(true)}>
            Rotate tokens
          </button>
        )}
      </div>
      <div class="filters" role="search">
        <label>
          <span class="sr-only">State</span>
          <select class="input" value={asked} onChange={(e) => setQuery({ state: e.currentTarget.value })}>
            <option value="open">Not done yet</option>
            {STATES.map(({ state, means }) => (
              <option key={state} value={state}>
                {state}: {means}
              </option>
            ))}
          </select>
        </label>
        {counts && (
          <p class="faint" data-testid="rotation-counts">
            {STATES.map(({ state }) => `${counts[state]} ${state}`).join(' · ')}
          </p>
        )}
      </div>
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The devices could not be listed" />}
      {!list.data && list.error === undefined && <Skeleton label="Loading devices" rows={5} />}
      {list.data?.items.length === 0 && (
        <Empty title={asked === 'open' ? 'Nobody is left' : 'No device is in this state'}>
          <p>Devices that are asked for another token get it inside their session, and stand here until they are back with it.</p>
        </Empty>
      )}
      {list.data && list.data.items.length > 0 && (
        <>
          <RotationTable rotations={list.data.items} />
          <ListEnd list={list} of="device" />
        </>
      )}
      {asking && <AskDialog onClose={() => setAsking(false)} onAsked={list.reload} />}
    </div>
  );
}

function RotationTable({ rotations }: { rotations: Rotation[] }) {
  return (
    <table class="table cards" data-testid="rotations">
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col">State</th>
          <th scope="col">Since</th>
          <th scope="col">Tokens sent</th>
          <th scope="col">Presence</th>
        </tr>
      </thead>
      <tbody>
        {rotations.map((r) => (
          <tr key={r.device}>
            <th scope="row" class="device-name">
              <a class="mono" href={devicePath(r.device)}>
                {r.device}
              </a>
            </th>
            <td data-label="State" title={STATES.find((s) => s.state === r.state)?.means}>
              {r.state}
            </td>
            <td data-label="Since">
              <Ago at={r.changedAt} />
            </td>
            <td data-label="Tokens sent">{r.handOvers}</td>
            <td data-label="Presence">
              <PresenceBadge state={r.presence} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AskDialog({ onClose, onAsked }: { onClose: () => void; onAsked: () => void }) {
  const [typed, setTyped] = useState('');
  const [done, setDone] = useState<number | undefined>(undefined);
  const task = useTask();
  const parsed = parseTags(typed);
  const submit = (e: Event) => {
    e.preventDefault();
    if ('error' in parsed) return;
    void task.run(async () => {
      setDone((await hub.askRotation({ tags: parsed.tags })).devices);
      onAsked();
    });
  };
  if (done !== undefined) {
    return (
      <Dialog title="Rotate tokens" onClose={onClose}>
        <div class="form">
          <p>Asked {plural(done, 'device')}. Each keeps its token until it is back with the next one.</p>
          <div class="actions">
            <button type="button" class="button button-primary" autoFocus onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Rotate tokens" onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <RotationMeans />
        <Field
          label="Tags"
          hint="Of the devices, as site=north, hall=7; empty: all devices"
          error={'error' in parsed ? parsed.error : undefined}
        >
          {(described) => (
            <input {...described} class="input" autoFocus value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />
          )}
        </Field>
        <FormError error={task.error} fields={[]} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <Button type="submit" class="button button-primary" off={task.busy || 'error' in parsed}>
            {task.busy ? 'Asking…' : 'Rotate tokens'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
