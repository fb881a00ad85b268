import { useState } from 'preact/hooks';
import * as api from '../../api/webhooks';
import type { IssuedWebhook, Webhook } from '../../api/webhooks';
import { Act } from '../../components/acts';
import { ErrorNote, Panel } from '../../components/basics';
import { Button } from '../../components/Button';
import { ConfirmDialog, Dialog, Field } from '../../components/forms';
import { fullTime } from '../../lib/format';
import { useIdempotencyKey } from '../../state/idempotency';
import { navigate } from '../../state/router';
import { useTask } from '../../state/task';
import { SigningSecret } from './parts';

/** How long both secrets may sign. */
const OVERLAPS: readonly { overlap: string; label: string }[] = [
  { overlap: 'PT0S', label: 'Not at all: it has leaked' },
  { overlap: 'PT1H', label: 'For an hour' },
  { overlap: 'P1D', label: 'For a day' },
  { overlap: 'P7D', label: 'For a week' },
];

interface Props {
  webhook: Webhook;
  /** Of the version that is shown. */
  tag: string | undefined;
  changed: (to: Webhook) => void;
}

/** What signs its requests, and the end of it all. */
export function SecretPanel({ webhook, tag, changed }: Props) {
  const [asking, setAsking] = useState<'rotate' | 'delete' | undefined>(undefined);
  const [issued, setIssued] = useState<IssuedWebhook | undefined>(undefined);
  const close = () => setAsking(undefined);
  return (
    <Panel title="Secret and end" id="webhook-secret">
      <ul class="acts">
        <Act
          label="New secret"
          means={
            webhook.previousSecretUntil === undefined
              ? 'A secret signs each request. Another one can take its place, and both sign for a while.'
              : `The former secret signs too, until ${fullTime(webhook.previousSecretUntil)}.`
          }
          onClick={() => setAsking('rotate')}
        />
        <Act
          label="Delete"
          means="What waits for it goes with it. To stop for a while, disable it."
          onClick={() => setAsking('delete')}
        />
      </ul>
      {asking === 'rotate' && (
        <Rotate
          webhook={webhook}
          onIssued={(it) => {
            close();
            setIssued(it);
            const { secret: _, ...rest } = it;
            changed(rest);
          }}
          onClose={close}
        />
      )}
      {asking === 'delete' && (
        <ConfirmDialog
          title={`Delete ${webhook.name}?`}
          word={webhook.name}
          wordLabel="Name of the webhook"
          action="Delete the webhook"
          onConfirm={async () => {
            await api.deleteWebhook(webhook.id, tag);
            navigate('/webhooks');
          }}
          onClose={close}
        >
          <p>Nothing is sent to it any more, and what waits for it is given up. This cannot be undone.</p>
        </ConfirmDialog>
      )}
      {issued && <SigningSecret of={issued} title={`A new secret for ${issued.name}`} onClose={() => setIssued(undefined)} />}
    </Panel>
  );
}

function Rotate({ webhook, onIssued, onClose }: { webhook: Webhook; onIssued: (it: IssuedWebhook) => void; onClose: () => void }) {
  const [overlap, setOverlap] = useState('P1D');
  const idempotency = useIdempotencyKey();
  const task = useTask();
  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => onIssued(await api.rotateSecret(webhook.id, overlap, idempotency.use(overlap))));
  };
  return (
    <Dialog title={`A new secret for ${webhook.name}?`} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <p>The endpoint has to know it before the former one ceases to sign.</p>
        <Field label="The former one goes on signing too">
          {(described) => (
            <select {...described} class="input" autoFocus value={overlap} onChange={(e) => setOverlap(e.currentTarget.value)}>
              {OVERLAPS.map((o) => (
                <option key={o.overlap} value={o.overlap}>
                  {o.label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {task.error !== undefined && <ErrorNote error={task.error} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <Button type="submit" class="button button-primary" off={task.busy}>
            Make a new secret
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
