import { beforeEach, describe, expect, it } from 'vitest';
import { EventStream, type Source } from '../src/api/events';
import type { HubEvent } from '../src/api/types';

class FakeSource implements Source {
  readyState = 0;
  closed = false;
  onopen: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  private readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();

  constructor(readonly url: string) {}

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.(new Event('open'));
  }
  fail(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.onerror?.(new Event('error'));
  }
  send(event: Partial<HubEvent> & { type: string }): void {
    this.raw(event.type, JSON.stringify(event));
  }
  raw(type: string, data: string): void {
    this.listeners.get(type)?.({ data } as MessageEvent<string>);
  }
}

let sources: FakeSource[];
let timers: { task: () => void; ms: number; cancelled: boolean }[];
let refusals: number;
let opened: number;
let batches: string[][];
let stream: EventStream;

const last = () => sources[sources.length - 1]!;
function runTimers(): void {
  const due = timers.splice(0).filter((t) => !t.cancelled);
  for (const t of due) t.task();
}

beforeEach(() => {
  sources = [];
  timers = [];
  refusals = 0;
  opened = 0;
  batches = [];
  stream = new EventStream({
    open: (url) => {
      sources.push(new FakeSource(url));
      return last();
    },
    later: (task, ms) => {
      const timer = { task, ms, cancelled: false };
      timers.push(timer);
      return () => void (timer.cancelled = true);
    },
    random: () => 1,
    refused: () => refusals++,
  });
  stream.listen({ opened: () => opened++, events: (batch) => batches.push(batch.map((e) => e.device!)) });
});

describe('EventStream', () => {
  it('is live once it is open, and says so to those who have to fetch', () => {
    stream.follow('/a');
    expect(stream.state.value).toBe('connecting');
    last().open();
    expect(stream.state.value).toBe('live');
    expect(opened).toBe(1);
  });

  it('keeps the connection where the address stays and changes it where that changes', () => {
    stream.follow('/a');
    stream.follow('/a');
    expect(sources).toHaveLength(1);
    stream.follow('/b');
    expect(sources.map((s) => [s.url, s.closed])).toEqual([
      ['/a', true],
      ['/b', false],
    ]);
    stream.follow(undefined);
    expect(last().closed).toBe(true);
    expect(stream.state.value).toBe('off');
  });

  it('gathers events and hands them over in order', () => {
    stream.follow('/a');
    last().open();
    last().send({ type: 'presence', device: 'one' });
    last().send({ type: 'command', device: 'two' });
    expect(batches).toEqual([]);
    runTimers();
    expect(batches).toEqual([['one', 'two']]);
  });

  it('survives an event that is not JSON', () => {
    stream.follow('/a');
    last().raw('presence', '{');
    last().send({ type: 'presence', device: 'one' });
    runTimers();
    expect(batches).toEqual([['one']]);
  });

  it('leaves a broken connection to the browser and is live when that has mended it', () => {
    stream.follow('/a');
    last().open();
    last().fail(0);
    expect(stream.state.value).toBe('reconnecting');
    expect(timers).toHaveLength(0);
    last().open();
    expect([stream.state.value, opened, sources.length, refusals]).toEqual(['live', 2, 1, 0]);
  });

  it('opens a new one after a refusal, later each time, up to 20 s', () => {
    stream.follow('/a');
    const delays: number[] = [];
    for (let i = 0; i < 7; i++) {
      last().fail(2);
      delays.push(timers[timers.length - 1]!.ms);
      runTimers();
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
    expect([refusals, sources.length]).toEqual([7, 8]);
    last().open();
    last().fail(2);
    expect(timers[0]!.ms).toBe(1_000);
  });

  it('closes while the page is hidden, drops what was under way, and opens again when it is seen', () => {
    stream.follow('/a');
    last().open();
    last().send({ type: 'presence', device: 'one' });
    stream.setVisible(false);
    expect([stream.state.value, last().closed]).toEqual(['paused', true]);
    last().send({ type: 'presence', device: 'two' });
    runTimers();
    expect(batches).toEqual([]);
    stream.setVisible(true);
    expect(sources).toHaveLength(2);
    last().open();
    expect([stream.state.value, opened]).toEqual(['live', 2]);
  });

  it('does not open while hidden, not even by a retry that was due', () => {
    stream.follow('/a');
    last().fail(2);
    stream.setVisible(false);
    runTimers();
    stream.follow('/b');
    expect(sources).toHaveLength(1);
    stream.setVisible(true);
    expect(last().url).toBe('/b');
  });

  it('tries at once when the network is back', () => {
    stream.follow('/a');
    last().fail(2);
    stream.retryNow();
    expect(sources).toHaveLength(2);
    runTimers();
    expect(sources).toHaveLength(2);
  });

  it('lets a flood pass by rather than hold it, and starts anew', () => {
    stream.follow('/a');
    const flooded = last();
    flooded.open();
    for (let i = 0; i <= 4_100; i++) flooded.send({ type: 'presence', device: 'x' });
    expect([flooded.closed, sources.length, stream.state.value]).toEqual([true, 1, 'reconnecting']);
    runTimers();
    expect([batches, sources.length]).toEqual([[], 2]);
    last().open();
    expect([stream.state.value, opened]).toEqual(['live', 2]);
  });

  it('forgets a listener that has gone', () => {
    const gone: string[] = [];
    stream.listen({ opened: () => gone.push('opened'), events: () => {} })();
    stream.follow('/a');
    last().open();
    expect(gone).toEqual([]);
  });
});
