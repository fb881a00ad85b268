import { useState } from 'preact/hooks';
import { Dialog, Field } from '../../components/forms';
import type { CommandDraft } from '../../lib/commandDraft';
import { forgetTemplate, keepTemplate, templatesIn, type Template } from '../../lib/templates';

interface BeginningsProps {
  /** What was sent to this device before. */
  before: readonly { label: string; draft: CommandDraft }[];
  draft: CommandDraft;
  begin: (draft: CommandDraft) => void;
  /** Whether the draft could be sent, and so kept. */
  ready: boolean;
}

/** What a command can begin with: a template, or one that was sent before. */
export function Beginnings({ before, draft, begin, ready }: BeginningsProps) {
  const [templates, setTemplates] = useState(templatesIn);
  const [naming, setNaming] = useState(false);
  const all = [...templates.map((t) => ({ label: t.title, draft: t.draft })), ...before];
  const at = all.findIndex((o) => o.draft.name === draft.name && o.draft.payload === draft.payload);
  const chosen = templates[at];
  const options = (from: number, to: number) =>
    all.slice(from, to).map((o, i) => (
      <option key={from + i} value={String(from + i)}>
        {o.label}
      </option>
    ));
  const pick = (i: number) => {
    const picked = all[i];
    if (picked) begin(picked.draft);
  };
  return (
    <>
      {all.length > 0 && (
        <Field label="Begin with">
          {(described) => (
            <select {...described} class="input" value={String(at)} onChange={(e) => pick(Number(e.currentTarget.value))}>
              <option value="-1">A command of your own</option>
              {templates.length > 0 && <optgroup label="Templates of this browser">{options(0, templates.length)}</optgroup>}
              {before.length > 0 && <optgroup label="Sent to this device">{options(templates.length, all.length)}</optgroup>}
            </select>
          )}
        </Field>
      )}
      {chosen ? (
        <button
          type="button"
          class="button button-quiet beginnings"
          onClick={() => setTemplates((t) => forgetTemplate(chosen.title) ?? t)}
        >
          Forget this template
        </button>
      ) : (
        ready && (
          <button type="button" class="button button-quiet beginnings" onClick={() => setNaming(true)}>
            Keep it as a template
          </button>
        )
      )}
      {naming && <NameDialog draft={draft} onKept={setTemplates} onClose={() => setNaming(false)} />}
    </>
  );
}

interface NameProps {
  draft: CommandDraft;
  onKept: (templates: Template[]) => void;
  onClose: () => void;
}

/** It stands inside the form of the command, so it has no form of its own. */
function NameDialog({ draft, onKept, onClose }: NameProps) {
  const [title, setTitle] = useState(draft.name);
  const [error, setError] = useState<string | undefined>(undefined);
  const keep = () => {
    const kept = title.trim() === '' ? undefined : keepTemplate({ title: title.trim(), draft });
    if (kept) {
      onKept(kept);
      onClose();
    } else setError(title.trim() === '' ? 'It needs a title.' : 'This browser keeps nothing for this page.');
  };
  return (
    <Dialog title="Keep as a template" onClose={onClose}>
      <div class="form">
        <Field label="Title" hint="It is kept in this browser alone." error={error}>
          {(described) => (
            <input
              {...described}
              class="input"
              autoFocus
              maxLength={60}
              value={title}
              onInput={(e) => setTitle(e.currentTarget.value)}
              onKeyDown={(e) => {
                if (e.key !== 'Enter') return;
                e.preventDefault();
                keep();
              }}
            />
          )}
        </Field>
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="button button-primary" onClick={keep}>
            Keep it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
