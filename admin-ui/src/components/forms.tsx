import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/http';
import { useTask } from '../state/task';
import { ErrorNote } from './basics';
import { Button } from './Button';
import { CloseIcon } from './icons';

export interface Described {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: 'true';
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Renders the control with what ties it to its label, hint and error. */
  children: (described: Described) => ComponentChildren;
}

/** A labelled control; the line below it is kept free for its error, so that nothing moves when there is one. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  const described: Described = { id };
  if (note) described['aria-describedby'] = `${id}-note`;
  if (error) described['aria-invalid'] = 'true';
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(described)}
      <p id={`${id}-note`} class={(error ? 'field-error' : 'field-hint') + (hint ? '' : ' field-bare')} aria-live="polite">
        {note ?? ''}
      </p>
    </div>
  );
}

interface PasswordFieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  /** A password that is asked for, or a new one: it tells the browser's keeper of passwords what to offer. */
  kind: 'current' | 'new';
  error: string | undefined;
  /** Whether it has the focus when it appears. */
  first?: boolean;
}

export function PasswordField({ label, value, set, kind, error, first = false }: PasswordFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (first) input.current?.focus();
  }, []);
  return (
    <Field label={label} error={error}>
      {(described) => (
        <input
          {...described}
          ref={input}
          class="input"
          type="password"
          autoComplete={`${kind}-password`}
          required
          value={value}
          onInput={(e) => set(e.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** The error of a form, unless its fields show all of it. */
export function FormError({ error, fields }: { error: unknown; fields: readonly string[] }) {
  if (error === undefined) return null;
  const shown =
    error instanceof ApiError &&
    error.errors.length > 0 &&
    error.errors.every((e) => fields.some((f) => e.pointer.startsWith(f)));
  return shown ? null : <ErrorNote error={error} />;
}

export const fieldError = (error: unknown, pointer: string) => (error instanceof ApiError ? error.field(pointer) : undefined);

/** A modal dialog for as long as it is rendered. Escape and the cross close it, unless `locked`. */
export function Dialog({
  title,
  onClose,
  locked = false,
  children,
}: {
  title: string;
  onClose: () => void;
  locked?: boolean;
  children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    element.current?.showModal();
    return () => {
      element.current?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  // What had the focus may have gone with a step of the dialog: it goes to where the next one begins.
  const held = useRef<Element | undefined>(undefined);
  useLayoutEffect(() => {
    if (element.current?.open && held.current?.isConnected === false && document.activeElement === document.body) {
      element.current.querySelector<HTMLElement>('[autofocus]')?.focus();
    }
  });
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onFocusIn={(e) => (held.current = e.target as Element)}
      onCancel={(e) => {
        e.preventDefault();
        if (!locked) onClose();
      }}
      // Browsers close a dialog on the second Escape whatever its cancel event says.
      onClose={() => element.current && onClose()}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        {!locked && (
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

interface SecretProps {
  label: string;
  value: string;
  testId: string;
  /** Why it has to be kept. */
  note?: string;
}

/** A secret that the hub never shows again. */
export function Secret({
  label,
  value,
  testId,
  note: why = 'Keep it now: the hub stores only its hash and cannot show it again.',
}: SecretProps) {
  const field = useRef<HTMLInputElement>(null);
  const [note, setNote] = useState('');
  const copy = async () => {
    setNote((await copyText(value, field.current)) ? 'Copied.' : 'Not copied: press Ctrl+C now.');
  };
  const id = useId();
  return (
    <div class="secret">
      <label for={id}>{label}</label>
      <div class="secret-row">
        <input
          id={id}
          ref={field}
          class="input mono"
          readOnly
          value={value}
          data-testid={testId}
          onFocus={(e) => e.currentTarget.select()}
        />
        <button type="button" class="button button-primary" autoFocus onClick={copy}>
          Copy
        </button>
      </div>
      <p class="field-hint" role="status">
        {note || why}
      </p>
    </div>
  );
}

/** The clipboard is closed to pages without TLS; the old way still works there. */
async function copyText(text: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.focus();
    field?.select();
    return document.execCommand('copy');
  }
}

/** Names are shown with single blanks, whatever they have. */
const oneSpaced = (text: string) => text.trim().replace(/\s+/g, ' ');

/** Asks for something that cannot be undone; the button works once `word` has been typed. */
export function ConfirmDialog({
  title,
  word,
  wordLabel,
  action,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  word: string;
  wordLabel: string;
  action: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const [typed, setTyped] = useState('');
  const task = useTask();
  const matches = oneSpaced(typed) === oneSpaced(word);
  const submit = (e: Event) => {
    e.preventDefault();
    if (matches) void task.run(onConfirm);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        {children}
        <Field label={wordLabel} hint={`Type ${word} to confirm.`}>
          {(described) => (
            <input
              {...described}
              class="input mono"
              autoFocus
              autoCapitalize="none"
              autoComplete="off"
              spellcheck={false}
              value={typed}
              onInput={(e) => setTyped(e.currentTarget.value)}
            />
          )}
        </Field>
        {task.error !== undefined && <ErrorNote error={task.error} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Keep it
          </button>
          <Button type="submit" class="button button-danger" off={!matches || task.busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
