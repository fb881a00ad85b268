import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from '../api/http';

export interface Resource<T> {
  /** What was fetched last; kept while it is fetched again and after that has failed. */
  data: T | undefined;
  /** Why the last fetch failed. */
  error: unknown;
  loading: boolean;
  reload: () => void;
  /** Changes what was fetched, by what an event has told. A change must bear being made twice. */
  update: (change: (data: T) => T) => void;
}

/**
 * Fetches on the first rendering and whenever `key` changes, which also drops what was there. A fetch that is overtaken by another
 * is aborted.
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<{ key: string; data: T | undefined; error: unknown; loading: boolean }>({
    key,
    data: undefined,
    error: undefined,
    loading: true,
  });
  const latest = useRef(load);
  latest.current = load;
  const running = useRef<AbortController | undefined>(undefined);
  // What events told while a fetch was under way: its answer may be older than they are, so it gets them as well.
  const meanwhile = useRef<((data: T) => T)[]>([]);

  const reload = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    meanwhile.current = [];
    setState((s) => (s.key === key ? { ...s, loading: true } : { key, data: undefined, error: undefined, loading: true }));
    latest.current(controller.signal).then(
      (data) => {
        if (controller.signal.aborted) return;
        const known = meanwhile.current.reduce((d, change) => change(d), data);
        running.current = undefined;
        setState({ key, data: known, error: undefined, loading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted || isAbort(error)) return;
        running.current = undefined;
        setState((s) => ({ ...s, error, loading: false }));
      },
    );
  }, [key]);

  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);

  const update = useCallback((change: (data: T) => T) => {
    if (running.current) meanwhile.current.push(change);
    setState((s) => (s.data === undefined ? s : { ...s, data: change(s.data) }));
  }, []);

  const current = state.key === key;
  return {
    data: current ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: !current || state.loading,
    reload,
    update,
  };
}

/**
 * Fetches anew once for all that asks for it within `ms`: events come in storms. A fetch under way is not overtaken, as on a hub
 * that is slower than that none would ever end.
 */
export function useReloadSoon(of: Pick<Resource<unknown>, 'loading' | 'reload'>): (ms: number) => void {
  const latest = useRef(of);
  latest.current = of;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const soon = useCallback((ms: number) => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      if (latest.current.loading) soon(ms);
      else latest.current.reload();
    }, ms);
  }, []);
  return soon;
}
