import type { Source } from './events';

/** A browser opens six HTTP/1.1 connections to a hub for all its tabs together: with these many held by streams, calls still get through. */
const SLOTS = 4;
/** A tab without a stream fetches everything it shows this often, and sees whether one is free. */
const POLL_MS = 10_000;

/**
 * An event stream, as long as fewer than SLOTS visible tabs have one; else a source that is never open, and only tells at times that
 * everything has to be fetched. Whoever closes its tab leaves its place to another.
 */
export class SharedSource implements Source {
  onopen: Source['onopen'] = null;
  onerror: Source['onerror'] = null;
  private readonly listeners: Parameters<Source['addEventListener']>[] = [];
  private source: EventSource | undefined;
  private leave: (() => void) | undefined;
  private closed = false;
  private timer: ReturnType<typeof setTimeout>;

  constructor(
    private readonly url: string,
    private readonly locks: LockManager,
  ) {
    // What this tab has just left has to be free first.
    this.timer = setTimeout(() => this.claim(0));
  }

  get readyState(): number {
    return this.source?.readyState ?? 0;
  }

  addEventListener(...listener: Parameters<Source['addEventListener']>): void {
    this.listeners.push(listener);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.source?.close();
    this.leave?.();
  }

  private claim(slot: number): void {
    if (this.closed) return;
    if (slot === SLOTS) {
      this.onopen?.(new Event('open'));
      this.timer = setTimeout(() => this.claim(0), POLL_MS);
      return;
    }
    const hold = (lock: Lock | null) => {
      if (!lock) this.claim(slot + 1);
      if (!lock || this.closed) return;
      this.open();
      return new Promise<void>((left) => (this.leave = left));
    };
    // A browser that keeps nothing for this page refuses it locks.
    this.locks.request(`mooring-stream-${slot}`, { ifAvailable: true }, hold).catch(() => this.closed || this.open());
  }

  private open(): void {
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = (event) => this.onopen?.(event);
    source.onerror = (event) => this.onerror?.(event);
    for (const [type, listener] of this.listeners) source.addEventListener(type, listener);
  }
}
