import { batch, computed, effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { EventStream, type Listener } from '../api/events';
import { awaySince, hubNow } from '../api/http';
import { SharedSource } from '../api/slots';
import { loadSession } from './session';

export const stream = new EventStream({
  // Without TLS a browser knows no locks, and tabs nothing of each other.
  open: (url) => (navigator.locks ? new SharedSource(url, navigator.locks) : new EventSource(url)),
  later(task, ms) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  refused: () => void loadSession(),
});

/** The hub's time, once a second while the page is seen: every "12 s ago" hangs on it. */
export const now = signal(hubNow());
/** A device that the hub does not know: its events cannot be followed. */
export const unknownDevice = signal<string | undefined>(undefined);
/** Whether anybody can see the page. */
export const visible = signal(true);

/** A break of the stream as short as this is not worth a word. */
const BLINK_MS = 2_000;
/** When the stream was last open, and since when it is tried again. */
const heard = signal<number | undefined>(undefined);
const trying = signal<number | undefined>(undefined);
effect(() => {
  const state = stream.state.value;
  batch(() => {
    heard.value = state === 'live' ? undefined : (heard.peek() ?? hubNow());
    trying.value = state === 'reconnecting' ? (trying.peek() ?? hubNow()) : undefined;
  });
});
/** The moment of which everything shown is, where the hub is no longer heard; undefined as long as it is. */
export const staleSince = computed(() => {
  if (trying.value !== undefined && now.value - trying.value >= BLINK_MS) return heard.value;
  return stream.state.value === 'live' ? undefined : awaySince.value;
});

export function startLive(): void {
  const look = () => {
    visible.value = document.visibilityState !== 'hidden';
    stream.setVisible(visible.value);
    if (visible.value) now.value = hubNow();
  };
  document.addEventListener('visibilitychange', look);
  window.addEventListener('online', () => stream.retryNow());
  setInterval(() => {
    if (visible.value) now.value = hubNow();
  }, 1_000);
  look();
}

/** Hands a component the stream's events for as long as it is shown. */
export function useStream(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(
    () =>
      stream.listen({
        events: (batch) => latest.current.events(batch),
        opened: () => latest.current.opened(),
      }),
    [],
  );
}

/** Runs a task every `ms` while the page is seen. */
export function useEvery(ms: number, task: () => void): void {
  const latest = useRef(task);
  latest.current = task;
  useEffect(() => {
    const timer = setInterval(() => {
      if (visible.peek()) latest.current();
    }, ms);
    return () => clearInterval(timer);
  }, [ms]);
}
