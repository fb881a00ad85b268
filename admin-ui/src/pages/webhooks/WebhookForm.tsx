import { useState } from 'preact/hooks';
import type { NewWebhook } from '../../api/webhooks';
import { Button } from '../../components/Button';
import { Field, FormError, fieldError } from '../../components/forms';
import { TagsField } from '../../components/TagsField';
import { TYPES, wanted, type Draft } from '../../lib/webhooks';
import { useTask } from '../../state/task';

interface FormProps {
  draft: Draft;
  action: string;
  send: (webhook: NewWebhook) => Promise<void>;
  onClose: () => void;
}

/** What a webhook is: where it leads, and what it is told of. */
export function WebhookForm({ draft: first, action, send, onClose }: FormProps) {
  const [draft, setDraft] = useState(first);
  const task = useTask();
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const parsed = wanted(draft);
  const ready = 'webhook' in parsed && draft.types.length > 0;
  const submit = (e: Event) => {
    e.preventDefault();
    if (ready) void task.run(() => send(parsed.webhook));
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field label="Name" hint="Who is told, for example ERP" error={fieldError(task.error, '/name')}>
        {(described) => (
          <input
            {...described}
            class="input"
            autoFocus
            required
            pattern=".*\S.*"
            title="At least one letter or digit"
            maxLength={128}
            value={draft.name}
            onInput={(e) => set({ name: e.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="URL" hint="Each event is posted there, one a request" error={fieldError(task.error, '/url')}>
        {(described) => (
          <input
            {...described}
            class="input mono"
            type="url"
            required
            maxLength={2000}
            spellcheck={false}
            value={draft.url}
            onInput={(e) => set({ url: e.currentTarget.value })}
          />
        )}
      </Field>
      <Types draft={draft} set={set} error={fieldError(task.error, '/types')} />
      <Field
        label="Only of these devices (optional)"
        hint="Ids, as pump-7, pump-8"
        error={fieldError(task.error, '/devices')}
      >
        {(described) => (
          <input
            {...described}
            class="input mono"
            autoCapitalize="none"
            spellcheck={false}
            value={draft.devices}
            onInput={(e) => set({ devices: e.currentTarget.value })}
          />
        )}
      </Field>
      <TagsField
        label="Only of devices with these tags (optional)"
        value={draft.tags}
        set={(tags) => set({ tags })}
        error={'error' in parsed ? parsed.error : fieldError(task.error, '/tags')}
      />
      <FormError error={task.error} fields={['/name', '/url', '/types', '/devices', '/tags']} />
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <Button type="submit" class="button button-primary" off={task.busy || !ready}>
          {action}
        </Button>
      </div>
    </form>
  );
}

function Types({ draft, set, error }: { draft: Draft; set: (change: Partial<Draft>) => void; error: string | undefined }) {
  const narrow = draft.devices.trim() !== '' || draft.tags.trim() !== '';
  return (
    <fieldset class="scopes">
      <legend>It is told when</legend>
      {TYPES.map(({ type, means }) => (
        <label key={type} class="check">
          <input
            type="checkbox"
            checked={draft.types.includes(type)}
            onChange={(e) => set({ types: e.currentTarget.checked ? [...draft.types, type] : draft.types.filter((t) => t !== type) })}
          />
          <span>
            {means} <code>{type}</code>
            {type === 'job' && narrow && <span class="faint"> not with devices or tags below</span>}
          </span>
        </label>
      ))}
      <p class="field-error" aria-live="polite">
        {error ?? (draft.types.length === 0 ? 'Choose at least one.' : '')}
      </p>
    </fieldset>
  );
}
