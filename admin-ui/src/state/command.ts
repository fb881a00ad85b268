import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../api/hub';
import { isAbort } from '../api/http';
import type { Command } from '../api/types';
import { follow, hasEnded, type Followed } from '../lib/commands';
import { stream, useEvery, useStream } from './live';

/** Without the stream a command under way is asked for this often. */
const POLL_MS = 3_000;

export interface CommandSight {
  followed: Followed | undefined;
  /** Why the last fetch failed. */
  error: unknown;
  fetchNow: () => void;
}

/**
 * Follows one command: by the hub's answers and by the stream's events, whichever comes first.
 *
 * @param first what is known already
 */
export function useCommand(device: string, id: string, first?: Command): CommandSight {
  const [followed, setFollowed] = useState<Followed | undefined>(
    () => first && follow(undefined, { from: 'answer', command: first }),
  );
  const [error, setError] = useState<unknown>(undefined);
  const running = useRef<AbortController | undefined>(undefined);

  const fetchNow = useCallback(() => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    hub.getCommand(device, id, abort.signal).then(
      (command) => {
        setError(undefined);
        setFollowed((f) => follow(f, { from: 'answer', command }));
      },
      (e: unknown) => {
        if (!isAbort(e)) setError(e);
      },
    );
  }, [device, id]);

  useEffect(() => {
    fetchNow();
    return () => running.current?.abort();
  }, [fetchNow]);
  useStream({
    opened: fetchNow,
    events(batch) {
      const mine = batch.filter((e) => e.command === id);
      if (mine.length > 0) setFollowed((f) => mine.reduce((all, event) => follow(all, { from: 'event', event }), f));
      // For the sentence why, which also tells of the device, for the attempts and, at the end, for the result.
      const moved = mine.some((e) => e.type === 'command');
      const waiting = followed?.command.state === 'queued';
      const devices = batch.some((e) => e.type === 'presence' && e.device === device);
      if (moved || (waiting && devices)) fetchNow();
    },
  });
  useEvery(POLL_MS, () => {
    if (stream.state.peek() !== 'live' && followed && !hasEnded(followed.command.state)) fetchNow();
  });
  return { followed, error, fetchNow };
}
