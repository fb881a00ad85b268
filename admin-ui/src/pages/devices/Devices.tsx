import { useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../api/hub';
import type { Device, PresenceState } from '../api/types';
import { Ago, Empty, ErrorNote, PRESENCE_NAMES, PresenceBadge, Skeleton, Tags } from '../components/basics';
import { ListEnd } from '../components/ListEnd';
import { applyPresence, isPresenceState } from '../lib/presence';
import { useStream } from '../state/live';
import { usePages } from '../state/pages';
import { devicePath, newJobPath, query, setQuery } from '../state/router';
import { mayAct } from '../state/session';
import { CreateDevice } from './CreateDevice';

const PAGE = 50;
const TYPING_MS = 250;
const STATES: readonly PresenceState[] = ['online', 'suspect', 'offline', 'never-seen'];

function filterOf(params: URLSearchParams): hub.DeviceFilter {
  const state = params.get('state');
  return { q: params.get('q') ?? '', state: isPresenceState(state) ? state : '', tags: params.getAll('tag') };
}

export function Devices() {
  const filter = filterOf(query.value);
  const creating = mayAct.value && query.value.has('new');
  const list = usePages<Device>(JSON.stringify(filter), PAGE, (limit, cursor, abort) =>
    hub.listDevices(filter, limit, cursor, abort),
  );
  const filtered = filter.q !== '' || filter.state !== '' || filter.tags.length > 0;

  useStream({
    opened: list.reload,
    events: (batch) => list.update((page) => ({ ...page, items: page.items.map((d) => batch.reduce(applyPresence, d)) })),
  });

  const addTag = (tag: string) => {
    if (!filter.tags.includes(tag)) setQuery({ tag: [...filter.tags, tag] });
  };

  return (
    <div class="stack">
      <div class="page-head">
        <h1>Devices</h1>
        <div class="head-actions">
          <a class="button" href="/rotations">
            Token rotation
          </a>
          {mayAct.value && filter.tags.length > 0 && filter.q === '' && filter.state === '' && (
            <a class="button" href={newJobPath(filter.tags)}>
              New job for them
            </a>
          )}
          {mayAct.value && (
            <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
              New device
            </button>
          )}
        </div>
      </div>
      <Filters filter={filter} addTag={addTag} />
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The devices could not be listed" />}
      {!list.data && list.error === undefined && <Skeleton label="Loading devices" rows={8} />}
      {list.data && list.data.items.length === 0 && <NoDevices filtered={filtered} />}
      {list.data && list.data.items.length > 0 && (
        <>
          <DeviceTable devices={list.data.items} onTag={addTag} />
          <ListEnd list={list} of="device">
            <Moved devices={list.data.items} state={filter.state} reload={list.reload} />
          </ListEnd>
        </>
      )}
      {creating && <CreateDevice onClose={() => setQuery({ new: '' })} onCreated={list.reload} />}
    </div>
  );
}

function Filters({ filter, addTag }: { filter: hub.DeviceFilter; addTag: (tag: string) => void }) {
  const [typed, setTyped] = useState(filter.q);
  const [tag, setTag] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const search = (q: string) => {
    setTyped(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ q: q.trim() }), TYPING_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  // The query can also change from outside: by "clear the filters", or by going back.
  useEffect(() => {
    setTyped((t) => (t.trim() === filter.q ? t : filter.q));
  }, [filter.q]);
  const submitTag = (e: Event) => {
    e.preventDefault();
    const at = tag.indexOf('=');
    if (at < 1) return;
    addTag(`${tag.slice(0, at).trim()}=${tag.slice(at + 1).trim()}`);
    setTag('');
  };
  return (
    <div class="filters" role="search">
      <label class="filter-q">
        <span class="sr-only">Search by id or name</span>
        <input
          class="input"
          type="search"
          placeholder="Search by id or name"
          maxLength={64}
          value={typed}
          onInput={(e) => search(e.currentTarget.value)}
        />
      </label>
      <label>
        <span class="sr-only">State</span>
        <select class="input" value={filter.state} onChange={(e) => setQuery({ state: e.currentTarget.value })}>
          <option value="">Any state</option>
          {STATES.map((s) => (
            <option key={s} value={s}>
              {PRESENCE_NAMES[s]}
            </option>
          ))}
        </select>
      </label>
      <form onSubmit={submitTag}>
        <label>
          <span class="sr-only">Tag, as key=value</span>
          <input
            class="input"
            placeholder="Tag, as site=north"
            pattern="[^=]+=.*"
            title="key=value, then Enter"
            value={tag}
            onInput={(e) => setTag(e.currentTarget.value)}
          />
        </label>
      </form>
      {filter.tags.length > 0 && (
        <ul class="tags" aria-label="Tags asked for">
          {filter.tags.map((t) => (
            <li key={t}>
              <button
                type="button"
                class="tag tag-on"
                aria-label={`Ask for ${t} no longer`}
                onClick={() => setQuery({ tag: filter.tags.filter((o) => o !== t) })}
              >
                {t} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function NoDevices({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No device fits">
        <p>Try fewer letters, another state, or</p>
        <button type="button" class="button" onClick={() => setQuery({ q: '', state: '', tag: '' })}>
          Clear the filters
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="No devices yet">
      <p>Register the first one and give it its token; it appears here as soon as it connects.</p>
      {mayAct.value && (
        <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
          New device
        </button>
      )}
    </Empty>
  );
}

export function DeviceTable({ devices, onTag }: { devices: Device[]; onTag: (tag: string) => void }) {
  return (
    <table class="table cards" data-testid="devices">
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col">State</th>
          <th scope="col">Last seen</th>
          <th scope="col">Client</th>
          <th scope="col">Tags</th>
        </tr>
      </thead>
      <tbody>
        {devices.map((d) => (
          <tr key={d.id} data-testid={`device-${d.id}`}>
            <th scope="row" class="device-name">
              <a class="mono" href={devicePath(d.id)}>
                {d.id}
              </a>
              {d.name !== d.id && <span class="device-title">{d.name}</span>}
            </th>
            <td class="device-state">
              <PresenceBadge state={d.presence.state} />
              {!d.enabled && <span class="faint"> disabled</span>}
            </td>
            <td data-label="Last seen">
              <Ago at={d.presence.lastSeenAt} />
            </td>
            <td data-label="Client" class="faint">
              {d.presence.agent ?? '–'}
            </td>
            <td class="device-tags">
              <Tags tags={d.tags} onPick={onTag} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Rows stay where they are when their state changes; what no longer fits the filter is counted, not taken away under the hand. */
function Moved({ devices, state, reload }: { devices: Device[]; state: string; reload: () => void }) {
  const moved = state === '' ? 0 : devices.filter((d) => d.presence.state !== state).length;
  if (moved === 0) return null;
  return (
    <button type="button" class="button button-quiet" onClick={reload}>
      {moved} no longer {state}: list anew
    </button>
  );
}
