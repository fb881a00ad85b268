import { signal, type ReadonlySignal } from '@preact/signals';
import type { HubEvent } from './types';

export type StreamState = 'off' | 'connecting' | 'live' | 'polling' | 'reconnecting' | 'paused';

/** The part of EventSource that is used; tests bring their own. */
export interface Source {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface StreamParts {
  open(url: string): Source;
  /** Runs `task` later and returns what cancels it. */
  later(task: () => void, ms: number): () => void;
  random(): number;
  /** Asked after the hub has refused the stream: only an ordinary call tells a lost session from a hub that is away. */
  refused(): void;
}

export interface Listener {
  /** Events in the order they came, gathered for FLUSH_MS so that a storm costs few renderings. */
  events(batch: HubEvent[]): void;
  /** The stream has begun anew: whatever happened before this moment has to be fetched. */
  opened(): void;
}

const FLUSH_MS = 120;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 20_000;
/** More than this many events at once, as of a job for thousands of devices, are not worth showing: a refetch is cheaper. */
const MAX_PENDING = 2_000;
/** How long a flood is given to pass by, so that a page does not ask for everything again and again. */
const FLOOD_MS = 1_000;
const OPEN = 1;
const CLOSED = 2;
const TYPES = ['presence', 'command', 'job', 'progress', 'telemetry'];

/**
 * The page's only event stream. It closes while the page is hidden and opens again when it is seen. EventSource retries
 * broken connections itself but gives up after an answer other than 200; then this opens a new one, after a jittered,
 * doubling delay.
 */
export class EventStream {
  readonly state: ReadonlySignal<StreamState>;
  private readonly current = signal<StreamState>('off');
  private readonly listeners = new Set<Listener>();
  private readonly parts: StreamParts;
  private source: Source | undefined;
  private url: string | undefined;
  private visible = true;
  private failures = 0;
  private pending: HubEvent[] = [];
  private cancelFlush: (() => void) | undefined;
  private cancelRetry: (() => void) | undefined;

  constructor(parts: StreamParts) {
    this.parts = parts;
    this.state = this.current;
  }

  /** Opens the stream at `url`, or leaves it alone where it is open there; undefined closes it. */
  follow(url: string | undefined): void {
    if (url === this.url) return;
    this.url = url;
    this.failures = 0;
    this.restart('connecting');
  }

  /** Whether anybody can see the page. */
  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    this.failures = 0;
    this.restart('reconnecting');
  }

  /** Opens anew at once, for instance when the network is back. */
  retryNow(): void {
    if (this.current.peek() === 'reconnecting') this.restart('reconnecting');
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private close(): void {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    this.source?.close();
    this.source = undefined;
    this.pending = [];
  }

  private restart(state: StreamState): void {
    this.close();
    if (this.url === undefined) this.current.value = 'off';
    else if (!this.visible) this.current.value = 'paused';
    else {
      this.current.value = state;
      this.connect(this.url);
    }
  }

  private connect(url: string): void {
    const source = this.parts.open(url);
    this.source = source;
    source.onopen = () => {
      if (this.source !== source) return;
      this.failures = 0;
      // A source that only tells when to fetch everything is never open.
      this.current.value = source.readyState === OPEN ? 'live' : 'polling';
      for (const listener of [...this.listeners]) listener.opened();
    };
    source.onerror = () => {
      if (this.source !== source) return;
      this.current.value = 'reconnecting';
      if (source.readyState === CLOSED) this.retryLater();
    };
    for (const type of TYPES) source.addEventListener(type, (message) => this.take(source, message.data));
  }

  private retryLater(): void {
    this.parts.refused();
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.failures++);
    const delay = ceiling / 2 + (this.parts.random() * ceiling) / 2;
    this.cancelRetry?.();
    this.cancelRetry = this.parts.later(() => this.restart('reconnecting'), delay);
  }

  private take(source: Source, data: string): void {
    if (this.source !== source) return;
    let event: HubEvent;
    try {
      event = JSON.parse(data) as HubEvent;
    } catch {
      return; // One broken event must not stop the others.
    }
    if (this.pending.length >= MAX_PENDING) {
      this.letFloodPass();
      return;
    }
    this.pending.push(event);
    this.cancelFlush ??= this.parts.later(() => this.flush(), FLUSH_MS);
  }

  private letFloodPass(): void {
    this.close();
    this.current.value = 'reconnecting';
    this.cancelRetry = this.parts.later(() => this.restart('reconnecting'), FLOOD_MS);
  }

  private flush(): void {
    this.cancelFlush = undefined;
    const batch = this.pending;
    this.pending = [];
    for (const listener of [...this.listeners]) listener.events(batch);
  }
}
