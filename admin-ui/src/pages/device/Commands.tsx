import * as hub from '../../api/hub';
import type { Command } from '../../api/types';
import { Ago, Empty, ErrorNote, Panel, Sentence, Skeleton, StateBadge } from '../../components/basics';
import { ChevronIcon } from '../../components/icons';
import { ListEnd } from '../../components/ListEnd';
import { applyToList } from '../../lib/commands';
import { useStream } from '../../state/live';
import { usePages } from '../../state/pages';
import { useReloadSoon } from '../../state/resource';
import { query, setQuery } from '../../state/router';
import { Tracker } from './Tracker';

const PAGE = 15;
const AFTER_EVENT_MS = 300;

export function Commands({ device }: { device: string }) {
  const list = usePages<Command>(device, PAGE, (limit, cursor, abort) => hub.listCommands(device, limit, cursor, abort));
  const reloadSoon = useReloadSoon(list);
  useStream({
    opened: list.reload,
    events(batch) {
      const mine = batch.filter((e) => e.command !== undefined && e.device === device);
      if (mine.length === 0) return;
      list.update((page) => ({ ...page, items: mine.reduce(applyToList, page.items) }));
      // New commands, and the sentence why of those that moved, come with the list.
      if (mine.some((e) => e.type === 'command')) reloadSoon(AFTER_EVENT_MS);
    },
  });

  const open = query.value.get('command');
  const page = list.data;
  return (
    <Panel title="Commands" id="commands">
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The commands are not up to date" />}
      {!page && list.error === undefined && <Skeleton label="Loading commands" rows={3} />}
      {open !== null && page && !page.items.some((c) => c.id === open) && (
        <div class="commands-asked">
          <Tracker key={open} device={device} id={open} />
        </div>
      )}
      {page && page.items.length === 0 && (
        <Empty title="No commands yet">
          <p>Each command sent to this device stays listed here with its way and its answer.</p>
        </Empty>
      )}
      {page && page.items.length > 0 && (
        <ul class="commands">
          {page.items.map((c) => (
            <Row key={c.id} device={device} command={c} open={c.id === open} />
          ))}
        </ul>
      )}
      {list.loadMore && <ListEnd list={list} />}
    </Panel>
  );
}

function Row({ device, command, open }: { device: string; command: Command; open: boolean }) {
  return (
    <li data-testid={`command-${command.id}`}>
      <button
        type="button"
        class="commands-row"
        aria-expanded={open}
        onClick={() => setQuery({ command: open ? '' : command.id })}
      >
        <ChevronIcon />
        <span class="mono commands-name">{command.name}</span>
        <StateBadge state={command.state} />
        <span class="commands-why faint">
          <Sentence text={command.why} />
        </span>
        <span class="commands-at faint">
          <Ago at={command.createdAt} />
        </span>
      </button>
      {open && (
        <div class="commands-open">
          <Tracker device={device} id={command.id} />
        </div>
      )}
    </li>
  );
}
