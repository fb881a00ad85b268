import { useState } from 'preact/hooks';
import { hubNow } from '../../api/http';
import * as hub from '../../api/hub';
import type { IssuedToken, NewToken, Token } from '../../api/types';
import { Ago, Empty, ErrorNote, Panel, Skeleton } from '../../components/basics';
import { ConfirmDialog, Dialog, Field, FormError, Secret, fieldError, useTask } from '../../components/forms';
import { EXPIRIES, expiresAt, standing } from '../../lib/expiry';
import { now } from '../../state/live';
import { useResource } from '../../state/resource';
import { mayAct } from '../../state/session';

export function Tokens({ device }: { device: string }) {
  const tokens = useResource(device, (abort) => hub.listTokens(device, abort));
  const [issuing, setIssuing] = useState(false);
  const [revoking, setRevoking] = useState<Token | undefined>(undefined);
  const items = tokens.data?.items;
  const issue = mayAct.value && (
    <button type="button" class="button button-quiet" onClick={() => setIssuing(true)}>
      Issue a token
    </button>
  );
  return (
    <Panel title="Tokens" id="tokens" aside={issue}>
      {tokens.error !== undefined && (
        <ErrorNote error={tokens.error} retry={tokens.reload} title="The tokens could not be listed" />
      )}
      {!items && tokens.error === undefined && <Skeleton label="Loading tokens" rows={2} />}
      {items && items.length === 0 && (
        <Empty title="No tokens">
          <p>Without one the device cannot connect.</p>
        </Empty>
      )}
      {items && items.length > 0 && (
        <ul class="tokens">
          {items.map((t) => (
            <TokenRow key={t.id} token={t} onRevoke={() => setRevoking(t)} />
          ))}
        </ul>
      )}
      {issuing && <IssueToken device={device} onClose={() => setIssuing(false)} onIssued={tokens.reload} />}
      {revoking && (
        <ConfirmDialog
          title={`Revoke ${revoking.name}?`}
          word={device}
          wordLabel="Id of the device"
          action="Revoke the token"
          onClose={() => setRevoking(undefined)}
          onConfirm={async () => {
            await hub.revokeToken(device, revoking.id);
            setRevoking(undefined);
            tokens.reload();
          }}
        >
          <p>The session it opened ends at once, and the device cannot come back with it. This cannot be undone.</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const state = standing(token, now.value);
  return (
    <li class={state === 'valid' || state === 'not yet valid' ? '' : 'row-over'} data-testid={`token-${token.id}`}>
      <div>
        <b>{token.name}</b> <span class="mono faint">{token.id}</span>
        <p class="faint">
          issued <Ago at={token.createdAt} />
          {state !== 'valid' && ` · ${state}`}
          {token.expiresAt && state === 'valid' && (
            <>
              {' · expires '}
              <Ago at={token.expiresAt} />
            </>
          )}
        </p>
      </div>
      {mayAct.value && (state === 'valid' || state === 'not yet valid') && (
        <button type="button" class="button button-quiet" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
          Revoke
        </button>
      )}
    </li>
  );
}

function IssueToken({ device, onClose, onIssued }: { device: string; onClose: () => void; onIssued: () => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState(0);
  const [issued, setIssued] = useState<IssuedToken | undefined>(undefined);
  const task = useTask();
  const submit = (e: Event) => {
    e.preventDefault();
    const token: NewToken = expiresAt(days, hubNow());
    if (name.trim() !== '') token.name = name.trim();
    void task.run(async () => {
      setIssued(await hub.createToken(device, token));
      onIssued();
    });
  };
  if (issued) {
    return (
      <Dialog title={`A token for ${device}`} onClose={onClose}>
        <div class="form">
          <Secret label="Token" value={issued.token} testId="issued-token" />
          <div class="actions">
            <button type="button" class="button button-primary" onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={`Issue a token for ${device}`} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <Field label="Name (optional)" hint="Where it is used, for example factory" error={fieldError(task.error, '/name')}>
          {(described) => (
            <input
              {...described}
              class="input"
              maxLength={128}
              autoFocus
              value={name}
              onInput={(e) => setName(e.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Expires" error={fieldError(task.error, '/expiresAt')}>
          {(described) => (
            <select {...described} class="input" value={String(days)} onChange={(e) => setDays(Number(e.currentTarget.value))}>
              {EXPIRIES.map((x) => (
                <option key={x.days} value={String(x.days)}>
                  {x.label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FormError error={task.error} fields={['/name', '/expiresAt']} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" disabled={task.busy}>
            {task.busy ? 'Issuing…' : 'Issue the token'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
