import { useState } from 'preact/hooks';
import { hubNow } from '../api/http';
import * as hub from '../api/hub';
import type { IssuedKey, Key, Scope } from '../api/types';
import { Ago, Empty, ErrorNote, Skeleton } from '../components/basics';
import { ConfirmDialog, Dialog, Field, FormError, Secret, fieldError, useTask } from '../components/forms';
import { EXPIRIES, expiresAt, standing } from '../lib/expiry';
import { now } from '../state/live';
import { useResource } from '../state/resource';
import { query, setQuery } from '../state/router';
import { mayAct } from '../state/session';

const SCOPES: readonly { scope: Scope; means: string }[] = [
  { scope: 'devices:read', means: 'see devices and their presence' },
  { scope: 'devices:write', means: 'register devices, issue and revoke their tokens' },
  { scope: 'commands:send', means: 'send commands and follow them' },
  { scope: 'telemetry:read', means: 'read what devices sent' },
  { scope: 'admin', means: 'everything, keys included' },
];

export function Keys() {
  const keys = useResource('keys', (abort) => hub.listKeys(abort));
  const [revoking, setRevoking] = useState<Key | undefined>(undefined);
  const items = keys.data?.items;
  const open = () => setQuery({ new: '1' });
  return (
    <div class="stack">
      <div class="page-head">
        <h1>API keys</h1>
        {mayAct.value && (
          <button type="button" class="button button-primary" onClick={open}>
            New key
          </button>
        )}
      </div>
      {keys.error !== undefined && <ErrorNote error={keys.error} retry={keys.reload} title="The keys could not be listed" />}
      {!items && keys.error === undefined && <Skeleton label="Loading keys" rows={4} />}
      {items && items.length === 0 && (
        <Empty title="No API keys yet">
          <p>A key lets another program use the hub's API, within the scopes you give it.</p>
          {mayAct.value && (
            <button type="button" class="button button-primary" onClick={open}>
              New key
            </button>
          )}
        </Empty>
      )}
      {items && items.length > 0 && <KeyTable keys={items} onRevoke={setRevoking} />}
      {mayAct.value && query.value.has('new') && <CreateKey onClose={() => setQuery({ new: '' })} onCreated={keys.reload} />}
      {revoking && (
        <ConfirmDialog
          title="Revoke this key?"
          word={revoking.name}
          wordLabel="Name of the key"
          action="Revoke the key"
          onClose={() => setRevoking(undefined)}
          onConfirm={async () => {
            await hub.revokeKey(revoking.id);
            setRevoking(undefined);
            keys.reload();
          }}
        >
          <p>Every program that uses it is refused from now on. This cannot be undone.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function KeyTable({ keys, onRevoke }: { keys: Key[]; onRevoke: (key: Key) => void }) {
  return (
    <table class="table cards" data-testid="keys">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Scopes</th>
          <th scope="col">Created</th>
          <th scope="col">Expires</th>
          <th scope="col">
            <span class="sr-only">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((k) => {
          const state = standing(k, now.value);
          return (
            <tr key={k.id} class={state === 'valid' ? '' : 'row-over'}>
              <th scope="row">
                {k.name}
                <span class="device-title mono">mrk_{k.id}_…</span>
              </th>
              <td data-label="Scopes" class="mono">
                {k.scopes.join(', ')}
              </td>
              <td data-label="Created">
                <Ago at={k.createdAt} />
              </td>
              <td data-label="Expires">{k.expiresAt ? <Ago at={k.expiresAt} /> : 'never'}</td>
              <td class="row-action">
                {state === 'valid' && mayAct.value ? (
                  <button type="button" class="button button-quiet" aria-label={`Revoke ${k.name}`} onClick={() => onRevoke(k)}>
                    Revoke
                  </button>
                ) : (
                  <span class="faint">{state}</span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function CreateKey({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [issued, setIssued] = useState<IssuedKey | undefined>(undefined);
  if (!issued) {
    const created = (key: IssuedKey) => {
      setIssued(key);
      onCreated();
    };
    return (
      <Dialog title="New API key" onClose={onClose}>
        <KeyForm onClose={onClose} onCreated={created} />
      </Dialog>
    );
  }
  return (
    <Dialog title={`The key ${issued.name}`} onClose={onClose}>
      <div class="form">
        <Secret label="API key" value={issued.key} testId="issued-key" />
        <div class="actions">
          <button type="button" class="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function KeyForm({ onClose, onCreated }: { onClose: () => void; onCreated: (key: IssuedKey) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['devices:read']);
  const [days, setDays] = useState(365);
  const task = useTask();
  const submit = (e: Event) => {
    e.preventDefault();
    if (scopes.length === 0) return;
    const key = { name: name.trim(), scopes: [...scopes], ...expiresAt(days, hubNow()) };
    void task.run(async () => onCreated(await hub.createKey(key)));
  };
  const toggle = (scope: Scope, on: boolean) =>
    setScopes(SCOPES.map((s) => s.scope).filter((s) => (s === scope ? on : scopes.includes(s))));
  return (
    <form class="form" onSubmit={submit}>
      <Field label="Name" hint="Who uses it, for example billing" error={fieldError(task.error, '/name')}>
        {(described) => (
          <input
            {...described}
            class="input"
            required
            autoFocus
            maxLength={128}
            pattern=".*\S.*"
            title="At least one letter or digit"
            value={name}
            onInput={(e) => setName(e.currentTarget.value)}
          />
        )}
      </Field>
      <fieldset class="scopes">
        <legend>It may</legend>
        {SCOPES.map((s) => (
          <label key={s.scope} class="check">
            <input
              type="checkbox"
              checked={scopes.includes(s.scope)}
              onChange={(e) => toggle(s.scope, e.currentTarget.checked)}
            />
            <span>
              {s.means} <code>{s.scope}</code>
            </span>
          </label>
        ))}
        <p class="field-error" aria-live="polite">
          {fieldError(task.error, '/scopes') ?? (scopes.length === 0 ? 'Choose at least one.' : '')}
        </p>
      </fieldset>
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
      <FormError error={task.error} fields={['/name', '/scopes', '/expiresAt']} />
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" disabled={task.busy || scopes.length === 0}>
          {task.busy ? 'Issuing…' : 'Issue the key'}
        </button>
      </div>
    </form>
  );
}
