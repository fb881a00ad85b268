import type { DeliveryState, IssuedWebhook, Webhook } from '../../api/webhooks';
import { Tags } from '../../components/basics';
import { Dialog, Secret } from '../../components/forms';
import type { WebhookState } from '../../lib/webhooks';
import { devicePath } from '../../state/router';

const SHOWN = 3;

/** A state of a webhook or a delivery, by its shape, its colour and its name. */
export function Badge({ state, label = state }: { state: WebhookState | DeliveryState; label?: string }) {
  return (
    <span class="badge" data-state={state}>
      <span class={`mark mark-${state}`} aria-hidden="true" />
      {label}
    </span>
  );
}

/** What it is told of: types of events, and of which devices. */
export function ToldOf({ webhook: { types, devices, tags } }: { webhook: Webhook }) {
  return (
    <span class="told-of">
      <span>{types.join(', ')}</span>
      {devices.length > 0 && (
        <span class="faint">
          of{' '}
          {devices.slice(0, SHOWN).map((id, i) => (
            <span key={id}>
              {i > 0 && ', '}
              <a class="mono" href={devicePath(id)}>
                {id}
              </a>
            </span>
          ))}
          {devices.length > SHOWN && ` and ${devices.length - SHOWN} more`}
        </span>
      )}
      <Tags tags={tags} />
    </span>
  );
}

/** The secret of a webhook, the only time that it is shown. */
export function SigningSecret({ of, title, onClose }: { of: IssuedWebhook; title: string; onClose: () => void }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="form">
        <p>
          Each request is signed with this secret, by the conventions of{' '}
          <a href="https://www.standardwebhooks.com" rel="noreferrer" target="_blank">
            Standard Webhooks
          </a>
          . Give it to the endpoint, which then knows that a request comes from this hub.
        </p>
        <Secret
          label="Signing secret"
          value={of.secret}
          testId="signing-secret"
          note="Keep it now: it is not shown again. If it gets lost, make another one."
        />
        <div class="actions">
          <button type="button" class="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
