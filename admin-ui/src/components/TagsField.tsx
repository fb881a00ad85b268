import { LINES } from '../lib/tags';
import { Field } from './forms';

interface TagsFieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  error: string | undefined;
}

/** Tags, one a line, as `tagLines` writes them: a value may hold a comma. */
export function TagsField({ label, value, set, error }: TagsFieldProps) {
  return (
    <Field label={label} hint="One a line, as site=north" error={error}>
      {(described) => (
        <textarea
          {...described}
          class="input mono"
          rows={Math.min(10, Math.max(3, value.split(LINES).length + 1))}
          autoCapitalize="none"
          spellcheck={false}
          value={value}
          onInput={(e) => set(e.currentTarget.value)}
        />
      )}
    </Field>
  );
}
