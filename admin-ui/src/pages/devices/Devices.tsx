import { useRef, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Device } from '../../api/types';
import { Empty, ErrorNote, Skeleton } from '../../components/basics';
import { ListEnd } from '../../components/ListEnd';
import { applyPresence, isPresenceState, keepMoved } from '../../lib/presence';
import { sortOf } from '../../lib/deviceSort';
import { useFresh } from '../../state/fresh';
import { useStream } from '../../state/live';
import { usePages } from '../../state/pages';
import { newJobPath, query, setQuery } from '../../state/router';
import { mayAct } from '../../state/session';
import { CreateDevice } from './CreateDevice';
import { DeviceTable } from './DeviceTable';
import { Filters } from './Filters';
import { Selection } from './Selection';

const PAGE = 50;

function filterOf(params: URLSearchParams): hub.DeviceFilter {
  const state = params.get('state');
  const enabled = params.get('enabled');
  return {
    q: params.get('q') ?? '',
    state: isPresenceState(state) ? state : '',
    enabled: enabled === 'true' || enabled === 'false' ? enabled : '',
    tags: params.getAll('tag'),
  };
}

/** A device whose last sign or state changes while pages are fetched may be on two of them. */
function distinct(devices: Device[]): Device[] {
  const seen = new Set<string>();
  return devices.filter((d) => !seen.has(d.id) && seen.add(d.id));
}

export function Devices() {
  const filter = filterOf(query.value);
  const sort = sortOf(query.value);
  const creating = mayAct.value && query.value.has('new');
  const shown = useRef<readonly Device[]>([]);
  const list = usePages<Device>(JSON.stringify([filter, sort]), PAGE, async (limit, cursor, abort) => {
    const page = await hub.listDevices({ ...filter, sort }, limit, cursor, abort);
    return cursor === undefined ? { ...page, items: keepMoved(shown.current, page.items, filter.state) } : page;
  });
  shown.current = list.data?.items ?? [];
  const anew = () => {
    shown.current = [];
    list.reload();
  };
  useFresh(list);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const filtered = filter.q !== '' || filter.state !== '' || filter.enabled !== '' || filter.tags.length > 0;

  useStream({
    opened: () => {},
    events(batch) {
      const told = new Set(batch.map((e) => e.device));
      list.update((page) => ({
        ...page,
        items: page.items.map((d) => (told.has(d.id) ? batch.reduce(applyPresence, d) : d)),
      }));
    },
  });

  return (
    <div class="stack">
      <div class="page-head">
        <h1>Devices</h1>
        <div class="head-actions">
          <a class="button" href="/rotations">
            Token rotation
          </a>
          {mayAct.value && filter.tags.length > 0 && filter.q === '' && filter.state === '' && filter.enabled === '' && (
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
      <Filters filter={filter} sort={sort} />
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The devices could not be listed" />}
      {!list.data && list.error === undefined && <Skeleton label="Loading devices" rows={8} />}
      {list.data && list.data.items.length === 0 && <NoDevices filtered={filtered} />}
      {list.data && list.data.items.length > 0 && (
        <>
          <DeviceTable
            devices={distinct(list.data.items)}
            sort={sort}
            chosen={chosen}
            choose={mayAct.value ? setChosen : undefined}
          />
          <ListEnd list={list} of="device">
            <Moved devices={list.data.items} state={filter.state} reload={anew} />
          </ListEnd>
        </>
      )}
      {chosen.length > 0 && <Selection chosen={chosen} clear={() => setChosen([])} />}
      {creating && <CreateDevice onClose={() => setQuery({ new: '' })} onCreated={list.reload} />}
    </div>
  );
}

function NoDevices({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No device fits">
        <p>Try fewer letters, another state, or</p>
        <button type="button" class="button" onClick={() => setQuery({ q: '', state: '', enabled: '', tag: '' })}>
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
