import { useState } from 'preact/hooks';
import { ApiError, type Versioned } from '../../api/http';
import * as api from '../../api/webhooks';
import type { Webhook } from '../../api/webhooks';
import { Ago, Empty, ErrorNote, Panel, Sentence, Skeleton } from '../../components/basics';
import { Button } from '../../components/Button';
import { Fact } from '../../components/Fact';
import { Dialog } from '../../components/forms';
import { count } from '../../lib/format';
import { changeOf, draftOf, stateOf, testResult, whyOf } from '../../lib/webhooks';
import { useFresh } from '../../state/fresh';
import { useResource } from '../../state/resource';
import { query, setQuery } from '../../state/router';
import { isAdmin } from '../../state/session';
import { useTask } from '../../state/task';
import { useTitle } from '../../state/title';
import { Deliveries } from './Deliveries';
import { Badge, ToldOf } from './parts';
import { SecretPanel } from './SecretPanel';
import { WebhookForm } from './WebhookForm';

/** How its deliveries go is told by no event; while some are under way it is fetched more often than other things. */
const UNDER_WAY_MS = 2_000;

/** One webhook: what it is, how it is, and what it was told. */
export function WebhookPage({ id }: { id: string }) {
  const webhook = useResource<Versioned<Webhook>>(id, (abort) => api.getWebhook(id, abort));
  useFresh(webhook, (webhook.data?.pending ?? 0) > 0 ? UNDER_WAY_MS : undefined);
  const { data, error } = webhook;
  useTitle(data?.name, 'Webhook');
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Empty title="There is no such webhook" page>
        <p>It may have been deleted. What was done with it stays in the audit log.</p>
        <a class="button" href="/webhooks">
          All webhooks
        </a>
      </Empty>
    );
  }
  return (
    <div class="stack">
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/webhooks">Webhooks</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{data?.name ?? id}</span>
      </nav>
      {error !== undefined && <ErrorNote error={error} retry={webhook.reload} title="This webhook is not up to date" />}
      {data ? (
        <Whole webhook={data} changed={(to) => webhook.update(() => to)} reload={webhook.reload} />
      ) : (
        error === undefined && <Skeleton label="Loading the webhook" rows={6} />
      )}
    </div>
  );
}

interface WholeProps {
  webhook: Versioned<Webhook>;
  changed: (to: Versioned<Webhook>) => void;
  reload: () => void;
}

function Whole({ webhook, changed, reload }: WholeProps) {
  const close = () => setQuery({ edit: '' });
  return (
    <>
      <div class="page-head">
        <h1>{webhook.name}</h1>
        <Badge state={stateOf(webhook)} />
        {isAdmin.value && <Actions webhook={webhook} changed={changed} />}
      </div>
      <p class="why" data-testid="why">
        <Sentence text={whyOf(webhook)} />
      </p>
      <div class="device-grid">
        <Deliveries webhook={webhook} changed={reload} />
        <div class="device-side stack">
          <Facts webhook={webhook} />
          {isAdmin.value && <SecretPanel webhook={webhook} tag={webhook.tag} changed={(to) => changed({ ...to, tag: webhook.tag })} />}
        </div>
      </div>
      {isAdmin.value && query.value.has('edit') && (
        <Dialog title={`Edit ${webhook.name}`} onClose={close}>
          <Edit webhook={webhook} changed={changed} onClose={close} />
        </Dialog>
      )}
    </>
  );
}

function Edit({ webhook, changed, onClose }: Omit<WholeProps, 'reload'> & { onClose: () => void }) {
  // As it was when the form was opened, though the page goes on looking: only what was touched since is sent.
  const [before] = useState(webhook);
  const [tag, setTag] = useState(webhook.tag);
  const [meanwhile, setMeanwhile] = useState<Webhook | undefined>(undefined);
  const save = async (change: ReturnType<typeof changeOf>) => {
    try {
      changed(await api.changeWebhook(webhook.id, change, tag));
    } catch (e) {
      if (e instanceof ApiError && e.status === 412) {
        const now = await api.getWebhook(webhook.id, new AbortController().signal);
        setMeanwhile(now);
        setTag(now.tag);
      }
      throw e;
    }
  };
  return (
    <>
      {meanwhile && (
        <p class="note" data-testid="meanwhile">
          It is now {meanwhile.name}, calls {meanwhile.url}, and is {meanwhile.enabled ? 'enabled' : 'disabled'}. Save again to put what
          you changed on top of that; what you left alone stays as it is there.
        </p>
      )}
      <WebhookForm
        draft={draftOf(before)}
        action="Save"
        send={async (wanted) => {
          const change = changeOf(before, wanted);
          if (Object.keys(change).length > 0) await save(change);
          onClose();
        }}
        onClose={onClose}
      />
    </>
  );
}

function Actions({ webhook, changed }: Omit<WholeProps, 'reload'>) {
  const [said, setSaid] = useState('');
  const task = useTask();
  const test = () =>
    void task.run(async () => {
      setSaid('');
      setSaid(testResult(await api.testWebhook(webhook.id)));
    });
  const turn = (enabled: boolean) =>
    void task.run(async () => changed(await api.changeWebhook(webhook.id, { enabled })));
  return (
    <div class="head-actions">
      <Button class="button" off={task.busy} onClick={test}>
        Send a test
      </Button>
      <button type="button" class="button" onClick={() => setQuery({ edit: '1' })}>
        Edit
      </button>
      <Button
        class={webhook.enabled ? 'button' : 'button button-primary'}
        off={task.busy}
        onClick={() => turn(!webhook.enabled)}
      >
        {webhook.enabled ? 'Disable' : 'Enable'}
      </Button>
      <div class={task.error !== undefined || said !== '' ? 'toast' : ''} role="status" data-testid="said">
        {task.error !== undefined && <ErrorNote error={task.error} />}
        {task.error === undefined && said !== '' && (
          <div class="note">
            <p>{said}</p>
            <button type="button" class="button" onClick={() => setSaid('')}>
              Close
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

function Facts({ webhook: w }: { webhook: Webhook }) {
  return (
    <Panel title="Endpoint" id="webhook-facts">
      <dl class="facts">
        <Fact name="URL">
          <span class="mono">{w.url}</span>
        </Fact>
        <Fact name="Told of">
          <ToldOf webhook={w} />
        </Fact>
        <Fact name="Delivered">{w.lastDeliveredAt === undefined ? 'never' : <Ago at={w.lastDeliveredAt} />}</Fact>
        <Fact name="Waiting">{count(w.pending)}</Fact>
        <Fact name="Dead letters">{w.dead === 0 ? '0' : <a href="?state=dead">{count(w.dead)}</a>}</Fact>
        <Fact name="Made">
          <Ago at={w.createdAt} />
        </Fact>
        <Fact name="Id">
          <span class="mono">{w.id}</span>
        </Fact>
      </dl>
    </Panel>
  );
}
