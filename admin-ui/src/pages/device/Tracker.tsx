import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import { isAbort } from '../../api/http';
import type { Command, CommandState, Json } from '../../api/types';
import { Ago, ErrorNote, Sentence, Skeleton } from '../../components/basics';
import { follow, hasEnded, type Followed, type Step } from '../../lib/commands';
import { preciseTime, span } from '../../lib/format';
import { stream, useEvery, useStream } from '../../state/live';

/** Without the stream a command under way is asked for this often. */
const POLL_MS = 3_000;

interface TrackerProps {
  device: string;
  id: string;
  /** What is known already. */
  first?: Command;
  /** Whether each new state is read out. */
  announce?: boolean;
}

/** One command on its way: each state as it happens, why it is where it is, and what the device answered. */
export function Tracker({ device, id, first, announce = false }: TrackerProps) {
  const { followed, error, fetchNow } = useFollowed(device, id, first);
  if (!followed) {
    return error === undefined ? <Skeleton label="Loading the command" rows={3} /> : <ErrorNote error={error} retry={fetchNow} />;
  }
  const { command, steps } = followed;
  return (
    <div class="tracker" data-testid="tracker" data-state={command.state}>
      {announce && (
        <p class="sr-only" role="status">
          Command {command.name}: {command.state}
        </p>
      )}
      <Timeline steps={steps} />
      <p class="tracker-why">
        <Sentence text={command.why} />
      </p>
      <p class="faint tracker-meta">
        {timesSent(command.attempts)}
        {!hasEnded(command.state) && (
          <>
            {' · gives up '}
            <Ago at={command.expiresAt} />
          </>
        )}
      </p>
      {command.payload !== undefined && <JsonBlock title="Payload" json={command.payload} />}
      {command.result && <Result result={command.result} />}
      {error !== undefined && <ErrorNote error={error} retry={fetchNow} />}
    </div>
  );
}

const timesSent = (attempts: number) =>
  attempts === 0 ? 'Not sent yet' : attempts === 1 ? 'Sent once' : `Sent ${attempts} times`;

function useFollowed(device: string, id: string, first: Command | undefined) {
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
      const mine = batch.filter((e) => e.type === 'command' && e.command === id);
      if (mine.length === 0) return;
      setFollowed((f) => mine.reduce((all, event) => follow(all, { from: 'event', event }), f));
      fetchNow(); // For the sentence why, the attempts and, at the end, the result.
    },
  });
  useEvery(POLL_MS, () => {
    if (stream.state.peek() !== 'live' && followed && !hasEnded(followed.command.state)) fetchNow();
  });
  return { followed, error, fetchNow };
}

const PATH: readonly CommandState[] = ['queued', 'sent', 'received', 'succeeded'];

function Timeline({ steps }: { steps: Step[] }) {
  const last = steps[steps.length - 1];
  // What is yet to come is drawn already, so that nothing moves when it comes.
  const ahead = last && !hasEnded(last.state) ? PATH.slice(PATH.indexOf(last.state) + 1) : [];
  return (
    <ol class="timeline">
      {steps.map((step, i) => (
        <li
          key={`${step.state}${step.at}`}
          data-state={step.state}
          class={step === last && ahead.length > 0 ? 'timeline-now' : ''}
        >
          <span class={`mark mark-${step.state}`} aria-hidden="true" />
          <span class="timeline-state">{step.state}</span>
          <time dateTime={step.at} class="timeline-at">
            {preciseTime(step.at)}
          </time>
          <span class="timeline-took faint">{i > 0 && took(steps[i - 1]!, step)}</span>
          {step.cause && <span class="timeline-cause faint">{step.cause}</span>}
        </li>
      ))}
      {ahead.map((state) => (
        <li key={state} class="timeline-ahead" aria-hidden="true">
          <span class="mark mark-ahead" />
          <span class="timeline-state">{state === 'succeeded' ? 'answered' : state}</span>
        </li>
      ))}
    </ol>
  );
}

function took(before: Step, after: Step): string {
  const ms = Math.max(0, Date.parse(after.at) - Date.parse(before.at));
  return `+${ms < 10_000 ? `${ms} ms` : span(ms)}`;
}

function Result({ result }: { result: NonNullable<Command['result']> }) {
  const json = result.contentType === undefined || /[/+]json\b/.test(result.contentType);
  return (
    <div data-testid="result">
      {result.message && <p class="tracker-message">{result.message}</p>}
      {result.payload !== undefined && (
        <JsonBlock title={json ? 'Result' : `Result, ${result.contentType} in base64`} json={result.payload} />
      )}
    </div>
  );
}

function JsonBlock({ title, json }: { title: string; json: Json }) {
  return (
    <figure class="json">
      <figcaption>{title}</figcaption>
      <pre tabIndex={0}>{JSON.stringify(json, null, 2)}</pre>
    </figure>
  );
}
