import { computed } from '@preact/signals';
import { Fragment, type ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { ApiError } from '../api/http';
import type { CommandState, Job, JobDeviceState, PresenceState } from '../api/types';
import { ago, fullTime, localTimes } from '../lib/format';
import { stateText } from '../lib/jobs';
import { now } from '../state/live';

/** A moment as "12 s ago", the exact time in its title. Of thousands on a page only those are touched whose text changes. */
export function Ago({ at }: { at: string | undefined }) {
  const text = useMemo(() => computed(() => (at === undefined ? '' : ago(at, now.value))), [at]);
  if (at === undefined) return <span class="faint">–</span>;
  return (
    <time dateTime={at} title={fullTime(at)}>
      {text}
    </time>
  );
}

/** A sentence of the hub, its moments in the browser's zone. */
export function Sentence({ text }: { text: string }) {
  return (
    <>
      {localTimes(text, now.value).map((part, i) =>
        part.at === undefined ? (
          <Fragment key={i}>{part.text}</Fragment>
        ) : (
          <time key={i} dateTime={part.at} title={fullTime(part.at)}>
            {part.text}
          </time>
        ),
      )}
    </>
  );
}

export const PRESENCE_NAMES: Record<PresenceState, string> = {
  online: 'Online',
  suspect: 'Suspect',
  offline: 'Offline',
  'never-seen': 'Never seen',
};

/** Shape as well as colour tells the states apart. */
function Mark({ state }: { state: string }) {
  return <span class={`mark mark-${state}`} aria-hidden="true" />;
}

export function PresenceBadge({ state }: { state: PresenceState }) {
  return (
    <span class="badge" data-state={state}>
      <Mark state={state} />
      {PRESENCE_NAMES[state] ?? state}
    </span>
  );
}

/** Beside its presence: a device that an operator has turned off. */
export const Disabled = () => <span class="disabled">Disabled</span>;

/** The state of a command, also as of a job, by the hub's own word. */
export function StateBadge({ state }: { state: CommandState | JobDeviceState }) {
  return (
    <span class="badge" data-state={state}>
      <Mark state={state} />
      {state}
    </span>
  );
}

/** The state of a job: one that has completed is not green where some of it went wrong. */
export function JobBadge({ job }: { job: Job }) {
  const text = stateText(job);
  const state = text === job.state ? text : 'completed-badly';
  return (
    <span class="badge" data-state={state}>
      <Mark state={state} />
      {text}
    </span>
  );
}

/** A metric's name, which may be long: it breaks after its separators. */
export function MetricName({ name }: { name: string }) {
  return (
    <>
      {name.split(/(?<=[._-])/).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}

/** What went wrong, and what to do next. */
export function ErrorNote({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  const api = error instanceof ApiError ? error : undefined;
  return (
    <div class="note note-error" role="alert">
      <p class="note-title">{title ?? api?.title ?? 'This page has failed'}</p>
      {title && api && <p>{api.title}</p>}
      {api?.detail && <p>{api.detail}</p>}
      {!api && <p>{error instanceof Error ? error.message : String(error)}</p>}
      {api && api.errors.length > 0 && (
        <ul>
          {api.errors.map((e) => (
            <li key={e.pointer}>
              <code>{e.pointer}</code> {e.detail}
            </li>
          ))}
        </ul>
      )}
      {api?.retryAt !== undefined && <RetryAt at={api.retryAt} />}
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Counts down to when the hub lets it be tried again; not read out each second. */
function RetryAt({ at }: { at: number }) {
  const seconds = Math.ceil((at - now.value) / 1_000);
  return <p aria-live="off">{seconds > 0 ? `It can be tried again in ${seconds} s.` : 'It can be tried again now.'}</p>;
}

/** Says that there is nothing; as the whole of a page its title is the page's heading. */
export function Empty({ title, page = false, children }: { title: string; page?: boolean; children?: ComponentChildren }) {
  return (
    <div class="empty">
      {page ? <h1 class="empty-title">{title}</h1> : <p class="empty-title">{title}</p>}
      {children}
    </div>
  );
}

/** Grey bars in the place of what is being fetched. */
export function Skeleton({ rows = 3, label }: { rows?: number; label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} class="skeleton-bar" />
      ))}
    </div>
  );
}

interface PanelProps {
  title: string;
  id: string;
  /** What stands at the right of the title. */
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Panel({ title, id, aside, class: extra, children }: PanelProps) {
  return (
    <section class={`panel ${extra ?? ''}`} aria-labelledby={`${id}-title`} data-testid={id}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Tags({ tags, onPick }: { tags: Record<string, string>; onPick?: (tag: string) => void }) {
  const entries = Object.entries(tags);
  if (entries.length === 0) return null;
  return (
    <ul class="tags" aria-label="Tags">
      {entries.map(([key, value]) => (
        <li key={key}>
          {onPick ? (
            <button
              type="button"
              class="tag"
              title={`Show devices with ${key}=${value}`}
              onClick={() => onPick(`${key}=${value}`)}
            >
              {key}=<b>{value}</b>
            </button>
          ) : (
            <a class="tag" href={`/devices?tag=${encodeURIComponent(`${key}=${value}`)}`}>
              {key}=<b>{value}</b>
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}
