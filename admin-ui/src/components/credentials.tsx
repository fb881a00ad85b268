import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { hubNow } from '../api/http';
import { EXPIRIES, expiresAt } from '../lib/expiry';
import { fullTime } from '../lib/format';
import { useIdempotencyKey } from '../state/idempotency';
import type { Resource } from '../state/resource';
import { useTask } from '../state/task';
import { Empty, ErrorNote, Skeleton } from './basics';
import { Button } from './Button';
import { ConfirmDialog, Dialog, Field, FormError, Secret, fieldError } from './forms';

/** What tokens of devices and API keys have in common: both are listed, issued once and revoked. */

interface ListingProps<T> {
  /** What is listed, in the plural, such as `tokens`. */
  of: string;
  resource: Resource<{ items: T[] }>;
  rows: number;
  empty: { title: string; content: ComponentChildren };
  children: (items: T[]) => ComponentChildren;
}

/** The list, or why there is none. */
export function Listing<T>({ of, resource, rows, empty, children }: ListingProps<T>) {
  const { data, error, reload } = resource;
  return (
    <>
      {error !== undefined && <ErrorNote error={error} retry={reload} title={`The ${of} could not be listed`} />}
      {!data && error === undefined && <Skeleton label={`Loading ${of}`} rows={rows} />}
      {data && (data.items.length > 0 ? children(data.items) : <Empty title={empty.title}>{empty.content}</Empty>)}
    </>
  );
}

export function RevokeButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button type="button" class="button button-quiet" aria-label={`Revoke ${name}`} onClick={onClick}>
      Revoke
    </button>
  );
}

interface RevokeProps {
  of: 'key' | 'token';
  title: string;
  /** What has to be typed, and what it is. */
  word: string;
  wordLabel: string;
  revoke: () => Promise<void>;
  onRevoked: () => void;
  onClose: () => void;
  /** What it means. */
  children: string;
}

export function RevokeDialog({ of, title, word, wordLabel, revoke, onRevoked, onClose, children }: RevokeProps) {
  const confirm = async () => {
    await revoke();
    onClose();
    onRevoked();
  };
  return (
    <ConfirmDialog
      title={title}
      word={word}
      wordLabel={wordLabel}
      action={`Revoke the ${of}`}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>{children} This cannot be undone.</p>
    </ConfirmDialog>
  );
}

interface IssueProps<T> {
  of: 'key' | 'token';
  title: string;
  name: { label: string; hint: string; required: boolean };
  /** The expiry that is offered first, in days; 0: never. */
  days: number;
  issue: (wanted: { name: string; expiresAt?: string }, idempotencyKey: string) => Promise<T>;
  onIssued: () => void;
  onClose: () => void;
  /** How the secret is shown, the only time. */
  secret: (issued: T) => { title: string; label: string; value: string };
  /** Fields of its own, between name and expiry; `from` is the moment from which it is to be valid, or empty. */
  own?: { pointer: string; ready: boolean; content: unknown; from?: string; fields: (error: string | undefined) => ComponentChildren };
}

/** The form, and once it has been sent the secret. */
export function IssueDialog<T>(props: IssueProps<T>) {
  const { of, title, onClose, onIssued } = props;
  const [issued, setIssued] = useState<T | undefined>(undefined);
  if (issued === undefined) {
    const done = (it: T) => {
      setIssued(it);
      onIssued();
    };
    return (
      <Dialog title={title} onClose={onClose}>
        <IssueForm {...props} done={done} />
      </Dialog>
    );
  }
  const secret = props.secret(issued);
  return (
    <Dialog title={secret.title} onClose={onClose}>
      <div class="form">
        <Secret label={secret.label} value={secret.value} testId={`issued-${of}`} />
        <div class="actions">
          <button type="button" class="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function IssueForm<T>({
  of,
  name: label,
  days: firstDays,
  issue,
  own,
  done,
  onClose,
}: IssueProps<T> & { done: (it: T) => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState(firstDays);
  const task = useTask();
  const ready = own?.ready ?? true;
  const idempotency = useIdempotencyKey();
  // What is shown is what is sent, and sent again: it does not move on with the clock.
  const expires = useMemo(() => expiresAt(days, own?.from ? Date.parse(own.from) : hubNow()), [days, own?.from]);
  const request = () => issue({ name: name.trim(), ...expires }, idempotency.use([name.trim(), expires, own?.content]));
  const submit = (e: Event) => {
    e.preventDefault();
    if (ready) void task.run(async () => done(await request()));
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field label={label.label} hint={label.hint} error={fieldError(task.error, '/name')}>
        {(described) => (
          <input
            {...described}
            {...(label.required && { required: true, pattern: '.*\\S.*', title: 'At least one letter or digit' })}
            class="input"
            autoFocus
            maxLength={128}
            value={name}
            onInput={(e) => setName(e.currentTarget.value)}
          />
        )}
      </Field>
      {own?.fields(fieldError(task.error, own.pointer))}
      <Field
        label="Expires"
        error={fieldError(task.error, '/expiresAt')}
        {...(expires.expiresAt !== undefined && { hint: `On ${fullTime(expires.expiresAt)}` })}
      >
        {(described) => (
          <select {...described} class="input" value={String(days)} onChange={(e) => setDays(Number(e.currentTarget.value))}>
            {EXPIRIES.map((x) => (
              <option key={x.days} value={String(x.days)}>
                {x.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <FormError error={task.error} fields={['/name', '/expiresAt', ...(own ? [own.pointer] : [])]} />
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <Button type="submit" class="button button-primary" off={task.busy || !ready}>
          {task.busy ? 'Issuing…' : `Issue the ${of}`}
        </Button>
      </div>
    </form>
  );
}
