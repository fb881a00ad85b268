import { useState } from 'preact/hooks';
import * as api from '../../api/webhooks';
import type { IssuedWebhook, Webhook } from '../../api/webhooks';
import { Ago } from '../../components/basics';
import { Listing } from '../../components/credentials';
import { Dialog } from '../../components/forms';
import { count, plural } from '../../lib/format';
import { EMPTY, stateOf } from '../../lib/webhooks';
import { useIdempotencyKey } from '../../state/idempotency';
import { useFresh } from '../../state/fresh';
import { useResource } from '../../state/resource';
import { query, setQuery, webhookPath } from '../../state/router';
import { isAdmin } from '../../state/session';
import { Badge, SigningSecret, ToldOf } from './parts';
import { WebhookForm } from './WebhookForm';

/** Endpoints that are told of events, and how that goes. */
export function Webhooks() {
  const webhooks = useResource('webhooks', api.listWebhooks);
  useFresh(webhooks);
  const create = isAdmin.value && (
    <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
      New webhook
    </button>
  );
  const none = (
    <>
      <p>
        A webhook tells a program of yours what happens, by a signed request for each event, without the program asking.
        {!isAdmin.value && ' An admin can make one.'}
      </p>
      {create}
    </>
  );
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Webhooks</h1>
        {create}
      </div>
      <Listing of="webhooks" resource={webhooks} rows={4} empty={{ title: 'No webhooks yet', content: none }}>
        {(items) => <WebhookTable webhooks={items} />}
      </Listing>
      {isAdmin.value && query.value.has('new') && <CreateWebhook onClose={() => setQuery({ new: '' })} onCreated={webhooks.reload} />}
    </div>
  );
}

function WebhookTable({ webhooks }: { webhooks: Webhook[] }) {
  return (
    <table class="table cards webhook-table" data-testid="webhooks">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Told of</th>
          <th scope="col">State</th>
          <th scope="col">Last delivered</th>
          <th scope="col" class="num">
            Waiting
          </th>
          <th scope="col" class="num">
            Dead letters
          </th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map((w) => (
          <Row key={w.id} webhook={w} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ webhook: w }: { webhook: Webhook }) {
  const state = stateOf(w);
  return (
    <tr class={w.enabled ? '' : 'row-over'} data-testid={`webhook-${w.id}`} data-state={state}>
      <th scope="row" class="device-name">
        <a href={webhookPath(w.id)}>{w.name}</a>
        <span class="device-title mono">{w.url}</span>
      </th>
      <td data-label="Told of">
        <ToldOf webhook={w} />
      </td>
      <td data-label="State">
        <span class="webhook-state">
          <Badge state={state} />
          {state === 'failing' && (
            <span class="faint">
              since <Ago at={w.failingSince} />
            </span>
          )}
          {w.disabledBecause === 'gone' && <span class="faint">answered 410</span>}
          {w.disabledBecause === 'failing' && <span class="faint">failed for days</span>}
        </span>
      </td>
      <td data-label="Last delivered">{w.lastDeliveredAt === undefined ? <span class="faint">never</span> : <Ago at={w.lastDeliveredAt} />}</td>
      <td data-label="Waiting" class="num">
        {count(w.pending)}
      </td>
      <td data-label="Dead letters" class="num">
        {w.dead === 0 ? (
          <span class="faint">0</span>
        ) : (
          <a href={`${webhookPath(w.id)}?state=dead`} aria-label={`${plural(w.dead, 'dead letter')} of ${w.name}`}>
            {count(w.dead)}
          </a>
        )}
      </td>
    </tr>
  );
}

function CreateWebhook({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [issued, setIssued] = useState<IssuedWebhook | undefined>(undefined);
  const idempotency = useIdempotencyKey();
  if (issued) return <SigningSecret of={issued} title={`The webhook ${issued.name}`} onClose={onClose} />;
  return (
    <Dialog title="New webhook" onClose={onClose}>
      <WebhookForm
        draft={EMPTY}
        action="Make the webhook"
        send={async (webhook) => {
          setIssued(await api.createWebhook(webhook, idempotency.use(webhook)));
          onCreated();
        }}
        onClose={onClose}
      />
    </Dialog>
  );
}
