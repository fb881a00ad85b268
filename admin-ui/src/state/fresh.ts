import { useEvery, useStream } from './live';
import type { Resource } from './resource';

/** What no event tells of is fetched anew this often while the page is seen: what another has made comes within seconds. */
const FRESH_MS = 5_000;
/** A list that has been made longer than this is fetched the more seldom the longer it is. */
const ROWS = 100;

interface Fresh extends Pick<Resource<unknown>, 'loading' | 'reload'> {
  /** How many rows a reload asks for. */
  shown?: () => number;
}

/** Keeps a list fresh for as long as it is seen, and fetches it when it is seen again or the hub is back. A fetch under way is let end. */
export function useFresh(list: Fresh, ms = FRESH_MS): void {
  useStream({ opened: list.reload, events: () => {} });
  useEvery(ms * Math.ceil(Math.max(1, list.shown?.() ?? 0) / ROWS), () => {
    if (!list.loading) list.reload();
  });
}
