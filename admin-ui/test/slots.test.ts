import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventStream } from '../src/api/events';
import { SharedSource } from '../src/api/slots';

/** Locks as a browser gives them, as far as they are used. */
function browserLocks(): LockManager {
  const held = new Set<string>();
  const request = async (name: string, _: LockOptions, granted: (lock: Lock | null) => unknown) => {
    const free = !held.has(name);
    if (free) held.add(name);
    await granted(free ? { name, mode: 'exclusive' } : null);
    if (free) held.delete(name);
  };
  return { request } as unknown as LockManager;
}

class FakeEventSource {
  static open: FakeEventSource[] = [];
  readyState = 0;
  onopen: ((e: Event) => void) | null = null;
  onerror: ((e: Event) => void) | null = null;
  constructor(readonly url: string) {
    FakeEventSource.open.push(this);
  }
  addEventListener(): void {}
  opens(): void {
    this.readyState = 1;
    this.onopen?.(new Event('open'));
  }
  close(): void {
    FakeEventSource.open = FakeEventSource.open.filter((s) => s !== this);
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.stubGlobal('EventSource', FakeEventSource);
  FakeEventSource.open = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('gives a stream to four tabs, lets others fetch at times, and hands a free place on', async () => {
  const locks = browserLocks();
  const fetched: number[] = [];
  const tabs = Array.from({ length: 6 }, (_, i) => {
    const open = (url: string) => new SharedSource(url, locks);
    const stream = new EventStream({ open, later: () => () => {}, random: () => 1, refused: () => {} });
    stream.listen({ opened: () => fetched.push(i), events: () => {} });
    stream.follow('/events');
    return stream;
  });
  const states = () => tabs.map((t) => t.state.value);
  await passes(1);
  FakeEventSource.open.forEach((s) => s.opens());
  expect(states()).toEqual(['live', 'live', 'live', 'live', 'polling', 'polling']);
  await passes(10_000);
  expect(fetched.filter((i) => i >= 4)).toEqual([4, 5, 4, 5]);

  tabs[0]!.setVisible(false);
  await passes(10_000);
  expect(FakeEventSource.open).toHaveLength(4);
  FakeEventSource.open.at(-1)!.opens();
  expect(states()).toEqual(['paused', 'live', 'live', 'live', 'live', 'polling']);

  // Another page of the same tab takes the place that it leaves.
  tabs[1]!.follow('/others');
  await passes(1);
  expect(FakeEventSource.open.at(-1)!.url).toBe('/others');
  expect(FakeEventSource.open).toHaveLength(4);
});
