import { useId } from 'preact/hooks';
import { commandOf, type CommandDraft } from '../lib/commandDraft';
import { TTLS } from '../lib/durations';
import { Field } from './forms';

const NAME = '[A-Za-z0-9][A-Za-z0-9._:\\/\\-]{0,63}';

interface CommandFieldsProps {
  draft: CommandDraft;
  change: (draft: CommandDraft) => void;
  /** What the hub says of the field `/name`, `/payload` or `/ttl`. */
  errorOf: (field: string) => string | undefined;
  ttlHint: string;
  /** Names that are offered. */
  names?: readonly string[];
  /** Whether the page begins with it: it has the focus when it appears. */
  first?: boolean;
}

/** What a command is made of, wherever one is sent from. */
export function CommandFields({ draft, change, errorOf, ttlHint, names = [], first = false }: CommandFieldsProps) {
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
            autoFocus={first}
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
