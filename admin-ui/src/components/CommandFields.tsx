import { useId } from 'preact/hooks';
import type { NewCommand } from '../api/types';
import { TTLS } from '../lib/durations';
import { parsePayload } from '../lib/payload';
import { Field } from './forms';

const NAME = '[A-Za-z0-9][A-Za-z0-9._:\\/\\-]{0,63}';

/** A command as it is typed. */
export interface CommandDraft {
  name: string;
  payload: string;
  ttl: string;
}

export const NO_COMMAND: CommandDraft = { name: '', payload: '', ttl: 'PT1H' };

/** The command that is meant, or why the payload cannot be sent. */
export function commandOf({ name, payload, ttl }: CommandDraft): { command: NewCommand } | { error: string } {
  const parsed = parsePayload(payload);
  if (!parsed.ok) return { error: parsed.error };
  const command: NewCommand = { name: name.trim(), ttl };
  if (parsed.value !== undefined) command.payload = parsed.value;
  return { command };
}

interface CommandFieldsProps {
  draft: CommandDraft;
  change: (draft: CommandDraft) => void;
  /** What the hub says of the field `/name`, `/payload` or `/ttl`. */
  errorOf: (field: string) => string | undefined;
  ttlHint: string;
  /** Names that are offered. */
  names?: readonly string[];
}

/** What a command is made of, wherever one is sent from. */
export function CommandFields({ draft, change, errorOf, ttlHint, names = [] }: CommandFieldsProps) {
  const list = useId();
  const meant = commandOf(draft);
  const payloadError = 'error' in meant ? meant.error : undefined;
  return (
    <>
      <Field label="Name" error={errorOf('/name')}>
        {(described) => (
          <input
            {...described}
            class="input mono"
            required
            pattern={NAME}
            title="1 to 64 letters, digits and . _ : / -, beginning with a letter or digit"
            maxLength={64}
            list={list}
            placeholder="set-interval"
            autoCapitalize="none"
            autoComplete="off"
            spellcheck={false}
            value={draft.name}
            onInput={(e) => change({ ...draft, name: e.currentTarget.value })}
          />
        )}
      </Field>
      <datalist id={list}>
        {names.map((n) => (
          <option key={n} value={n} />
        ))}
      </datalist>
      <Field label="Payload, JSON (optional)" error={payloadError ?? errorOf('/payload')}>
        {(described) => (
          <textarea
            {...described}
            class="input mono"
            rows={4}
            placeholder={'{ "seconds": 5 }'}
            autoCapitalize="none"
            spellcheck={false}
            value={draft.payload}
            onInput={(e) => change({ ...draft, payload: e.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Give up after" hint={ttlHint} error={errorOf('/ttl')}>
        {(described) => (
          <select
            {...described}
            class="input"
            value={draft.ttl}
            onChange={(e) => change({ ...draft, ttl: e.currentTarget.value })}
          >
            {TTLS.map((t) => (
              <option key={t.ttl} value={t.ttl}>
                {t.label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
