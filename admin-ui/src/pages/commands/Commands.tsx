import { useState } from 'preact/hooks';
import { ApiError, hubNow } from '../../api/http';
import * as hub from '../../api/hub';
import type { Command } from '../../api/types';
import { Ago, Empty, ErrorNote, Sentence, Skeleton, StateBadge } from '../../components/basics';
import { ListEnd } from '../../components/ListEnd';
import { LongRows } from '../../components/LongRows';
import { applyToList, currentProgress } from '../../lib/commands';
import { filterOf, NO_FILTER, type CommandFilter } from '../../lib/commandFilter';
import { isFiltered, queryOf } from '../../lib/times';
import { useStream } from '../../state/live';
import { usePages } from '../../state/pages';
import { useReloadSoon } from '../../state/resource';
import { commandPath, devicePath, query, setQuery } from '../../state/router';
import { Filters } from './Filters';

const PAGE = 50;
/** A list is fetched anew for events at most so often: once a second for a page of it, more seldom the longer it is. */
const AFTER_EVENT_MS_A_ROW = 20;

/** The commands of the whole fleet, newest first. */
export function Commands() {
  const filter = filterOf(query.value);
  const [held, setHeld] = useState(false);
  const list = usePages<Command>(JSON.stringify(filter), PAGE, (limit, cursor, abort) =>
    hub.listFleetCommands(queryOf(filter, hubNow()), limit, cursor, abort),
  );
  const reload = () => {
    if (!held) list.reload();
  };
  const reloadSoon = useReloadSoon({ loading: list.loading, reload });
  useStream({
    opened: reload,
    events(batch) {
      if (held) return;
      list.update((page) => ({ ...page, items: batch.reduce(applyToList, page.items) }));
      // New commands, those that fit the filter no longer, and the sentences why come with the list.
      if (batch.some((e) => e.type === 'command')) reloadSoon(AFTER_EVENT_MS_A_ROW * list.shown());
    },
  });
  const goOn = () => {
    setHeld(false);
    list.reload();
  };

  const commands = list.data?.items;
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Commands</h1>
        {commands && commands.length > 0 && (
          <button type="button" class="button button-quiet" aria-pressed={held} onClick={held ? goOn : () => setHeld(true)}>
            {held ? 'Go on' : 'Hold'}
          </button>
        )}
      </div>
      <Filters filter={filter} names={namesIn(commands)} />
      {list.error !== undefined && <Failed error={list.error} filter={filter} retry={list.reload} />}
      {!commands && list.error === undefined && <Skeleton label="Loading commands" rows={8} />}
      {commands?.length === 0 && list.error === undefined && <NoCommands filtered={isFiltered(filter)} />}
      {commands && commands.length > 0 && (
        <>
          <CommandTable commands={commands} />
          <ListEnd list={list} of="command" />
        </>
      )}
    </div>
  );
}

const namesIn = (commands: Command[] | undefined) => [...new Set(commands?.map((c) => c.name))].sort();

/** A device that the hub does not know is no failure of the hub's: the filter has to change. */
function Failed({ error, filter, retry }: { error: unknown; filter: CommandFilter; retry: () => void }) {
  if (!(error instanceof ApiError) || error.status !== 404 || filter.device === '') {
    return <ErrorNote error={error} retry={retry} title="The commands are not up to date" />;
  }
  return (
    <Empty title={`There is no device ${filter.device}`}>
      <p>The commands of one device are listed by its whole id.</p>
      <div class="empty-ways">
        <a class="button" href={`/devices?q=${encodeURIComponent(filter.device.slice(0, 64))}`}>
          Search for {filter.device}
        </a>
        <button type="button" class="button" onClick={() => setQuery({ device: '' })}>
          Commands of all devices
        </button>
      </div>
    </Empty>
  );
}

function NoCommands({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No command fits">
        <p>Try a longer time, another state, or</p>
        <button type="button" class="button" onClick={() => setQuery(NO_FILTER)}>
          Clear the filters
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="No commands yet">
      <p>Each command sent to any device is listed here with its way and its answer. Choose a device to send the first one.</p>
      <a class="button" href="/devices">
        Go to the devices
      </a>
    </Empty>
  );
}

function CommandTable({ commands }: { commands: Command[] }) {
  return (
    <table class="table cards command-table" data-testid="commands" aria-rowcount={commands.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">Command</th>
          <th scope="col">Device</th>
          <th scope="col">State</th>
          <th scope="col">Why</th>
          <th scope="col" class="num">
            Accepted
          </th>
        </tr>
      </thead>
      <LongRows items={commands} id={(c) => c.id} columns={5} row={(c, place) => <Row key={c.id} command={c} place={place} />} />
    </table>
  );
}

function Row({ command: c, place }: { command: Command; place: number }) {
  const progress = currentProgress(c);
  return (
    <tr data-testid={`command-${c.id}`} data-state={c.state} aria-rowindex={place}>
      <th scope="row" class="command-name">
        <a class="mono" href={commandPath(c.device, c.id)}>
          {c.name}
        </a>
        {c.retryOf && <span class="faint"> again</span>}
      </th>
      <td class="command-device">
        <a class="mono" href={devicePath(c.device)}>
          {c.device}
        </a>
      </td>
      <td class="command-state">
        <StateBadge state={c.state} />
        {progress && <span class="faint"> {progress.percent}&#8239;%</span>}
      </td>
      <td class="command-why faint">
        <Sentence text={c.why} />
      </td>
      <td class="command-at faint num">
        <Ago at={c.createdAt} />
      </td>
    </tr>
  );
}
