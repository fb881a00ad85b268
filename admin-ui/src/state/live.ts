import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { EventStream, type Listener } from '../api/events';
import { hubNow } from '../api/http';
import { loadSession } from './session';

export const stream = new EventStream({
  open: (url) => new EventSource(url),
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
