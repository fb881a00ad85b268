import { useRef } from 'preact/hooks';
import type { Page } from '../api/types';
import { useResource, type Resource } from './resource';
import { useTask } from './task';

/** As many rows as the hub gives at once: what is fetched anew never holds more. */
const MOST = 1_000;
const TIMEOUT_MS = 20_000;

export interface Pages<T> extends Resource<Page<T>> {
  /** How many rows a reload asks for. */
  shown: () => number;
  /** Fetches the next page behind what is shown; absent where this is all. */
  loadMore: (() => void) | undefined;
  loadingMore: boolean;
  moreError: unknown;
}

/** A list that grows page by page, and is fetched anew in one go, as long as it has become. A new `key` begins with one page. */
export function usePages<T>(
  key: string,
  size: number,
  load: (limit: number, cursor: string | undefined, abort: AbortSignal) => Promise<Page<T>>,
): Pages<T> {
  const asked = useRef({ key, rows: size });
  if (asked.current.key !== key) asked.current = { key, rows: size };
  const list = useResource<Page<T>>(key, (abort) => load(asked.current.rows, undefined, abort));
  const more = useTask();
  const cursor = list.data?.next;
  const end = useRef(cursor);
  end.current = cursor;

  const loadMore = (from: string) =>
    more.run(async () => {
      const next = await load(size, from, AbortSignal.timeout(TIMEOUT_MS));
      if (asked.current.key !== key) return;
      asked.current.rows = Math.min(MOST, asked.current.rows + size);
      // A reload in between has moved the end of the list: the page that came does not begin there.
      if (end.current !== from) list.reload();
      else list.update((page) => (page.next === from ? { ...next, items: [...page.items, ...next.items] } : page));
    });
  return {
    ...list,
    shown: () => asked.current.rows,
    loadMore: cursor === undefined ? undefined : () => void loadMore(cursor),
    loadingMore: more.busy,
    moreError: more.error,
  };
}
