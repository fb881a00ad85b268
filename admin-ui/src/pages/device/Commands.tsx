import { useEffect, useRef } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Command, Page } from '../../api/types';
import { Ago, CommandBadge, Empty, ErrorNote, Panel, Sentence, Skeleton } from '../../components/basics';
import { useTask } from '../../components/forms';
import { ChevronIcon } from '../../components/icons';
import { applyToList } from '../../lib/commands';
import { useStream } from '../../state/live';
import { useResource } from '../../state/resource';
import { query, setQuery } from '../../state/router';
import { Tracker } from './Tracker';

const PAGE = 15;
const MAX_PAGE = 1_000;
const AFTER_EVENT_MS = 300;

export function Commands({ device }: { device: string }) {
  const shown = useRef(PAGE);
  const list = useResource<Page<Command>>(device, (abort) => hub.listCommands(device, shown.current, undefined, abort));
  const more = useTask();
  const soon = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(soon.current), []);
  useStream({
    opened: list.reload,
    events(batch) {
      const mine = batch.filter((e) => e.type === 'command' && e.device === device);
      if (mine.length === 0) return;
      list.update((page) => ({ ...page, items: mine.reduce(applyToList, page.items) }));
      // New commands, and the sentence why of those that moved, come with the list.
      soon.current ??= setTimeout(() => {
        soon.current = undefined;
        list.reload();
      }, AFTER_EVENT_MS);
    },
  });
  const loadMore = (cursor: string) =>
    more.run(async () => {
      const next = await hub.listCommands(device, PAGE, cursor, AbortSignal.timeout(20_000));
      list.update((page) => (page.next === cursor ? { ...next, items: [...page.items, ...next.items] } : page));
      shown.current = Math.min(MAX_PAGE, shown.current + PAGE);
    });

  const open = query.value.get('command');
  const page = list.data;
  const cursor = page?.next;
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
      {more.error !== undefined && <ErrorNote error={more.error} />}
      {cursor !== undefined && (
        <div class="list-end">
          <button type="button" class="button" disabled={more.busy} onClick={() => void loadMore(cursor)}>
            {more.busy ? 'Loading…' : 'Load more'}
          </button>
        </div>
      )}
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
        <CommandBadge state={command.state} />
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
