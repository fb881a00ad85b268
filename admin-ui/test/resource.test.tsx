import { act, renderHook } from '@testing-library/preact';
import { afterEach, expect, it, vi } from 'vitest';
import { useReloadSoon, useResource } from '../src/state/resource';

afterEach(() => vi.useRealTimers());

/** Loads that a test answers one by one. */
function loads() {
  const open: { resolve: (v: string[]) => void; reject: (e: unknown) => void; signal: AbortSignal }[] = [];
  const load = (signal: AbortSignal) => new Promise<string[]>((resolve, reject) => open.push({ resolve, reject, signal }));
  return { open, load };
}
const addOnce = (word: string) => (all: string[]) => (all.includes(word) ? all : [...all, word]);

it('gives what an event told during a fetch to the answer of that fetch as well', async () => {
  const { open, load } = loads();
  const { result } = renderHook(() => useResource('k', load));
  await act(async () => open[0]!.resolve(['a']));
  await act(async () => result.current.reload());
  await act(async () => result.current.update(addOnce('b')));
  expect(result.current.data).toEqual(['a', 'b']);
  await act(async () => open[1]!.resolve(['a']));
  expect(result.current.data).toEqual(['a', 'b']);
  await act(async () => result.current.reload());
  await act(async () => open[2]!.resolve(['c']));
  expect(result.current.data).toEqual(['c']);
});

it('keeps what it has when fetching again fails, and tells the error', async () => {
  const { open, load } = loads();
  const { result } = renderHook(() => useResource('k', load));
  await act(async () => open[0]!.resolve(['a']));
  await act(async () => result.current.reload());
  await act(async () => open[1]!.reject('away'));
  expect([result.current.data, result.current.error, result.current.loading]).toEqual([['a'], 'away', false]);
});

it('aborts a fetch that is overtaken and drops the data of another key', async () => {
  const { open, load } = loads();
  const { result, rerender } = renderHook(({ key }: { key: string }) => useResource(key, load), { initialProps: { key: 'one' } });
  await act(async () => open[0]!.resolve(['a']));
  await act(async () => result.current.reload());
  rerender({ key: 'two' });
  expect(result.current.data).toBeUndefined();
  expect(open[1]!.signal.aborted).toBe(true);
  await act(async () => open[1]!.resolve(['late']));
  expect(result.current.data).toBeUndefined();
  await act(async () => open[2]!.resolve(['b']));
  expect(result.current.data).toEqual(['b']);
});

it('fetches anew once for a storm, and never overtakes a fetch for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { open, load } = loads();
  const { result } = renderHook(() => {
    const resource = useResource('k', load);
    return { resource, soon: useReloadSoon(resource) };
  });
  const passes = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
  result.current.soon(100);
  await passes(250);
  expect(open).toHaveLength(1);
  await act(async () => open[0]!.resolve(['a']));
  for (let i = 0; i < 5; i++) result.current.soon(100);
  await passes(100);
  expect(open).toHaveLength(2);
  expect(open[0]!.signal.aborted).toBe(false);
});
