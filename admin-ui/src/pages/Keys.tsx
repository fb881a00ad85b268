import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import type { IssuedKey, Key, Scope } from '../api/types';
import { Ago } from '../components/basics';
import { IssueDialog, Listing, RevokeButton, RevokeDialog } from '../components/credentials';
import { standing } from '../lib/expiry';
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
  const create = mayAct.value && (
    <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
      New key
    </button>
  );
  const none = (
    <>
      <p>A key lets another program use the hub's API, within the scopes you give it.</p>
      {create}
    </>
  );
  return (
    <div class="stack">
      <div class="page-head">
        <h1>API keys</h1>
        {create}
      </div>
      <Listing of="keys" resource={keys} rows={4} empty={{ title: 'No API keys yet', content: none }}>
        {(items) => <KeyTable keys={items} onRevoke={setRevoking} />}
      </Listing>
      {mayAct.value && query.value.has('new') && <CreateKey onClose={() => setQuery({ new: '' })} onCreated={keys.reload} />}
      {revoking && (
        <RevokeDialog
          of="key"
          title="Revoke this key?"
          word={revoking.name}
          wordLabel="Name of the key"
          revoke={() => hub.revokeKey(revoking.id)}
          onRevoked={keys.reload}
          onClose={() => setRevoking(undefined)}
        >
          Every program that uses it is refused from now on.
        </RevokeDialog>
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
                  <RevokeButton name={k.name} onClick={() => onRevoke(k)} />
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
  const [scopes, setScopes] = useState<readonly Scope[]>(['devices:read']);
  return (
    <IssueDialog<IssuedKey>
      of="key"
      title="New API key"
      name={{ label: 'Name', hint: 'Who uses it, for example billing', required: true }}
      days={365}
      issue={(wanted) => hub.createKey({ ...wanted, scopes: [...scopes] })}
      onIssued={onCreated}
      onClose={onClose}
      secret={({ name, key }) => ({ title: `The key ${name}`, label: 'API key', value: key })}
      own={{
        pointer: '/scopes',
        ready: scopes.length > 0,
        fields: (error) => <Scopes chosen={scopes} choose={setScopes} error={error} />,
      }}
    />
  );
}

interface ScopesProps {
  chosen: readonly Scope[];
  choose: (scopes: Scope[]) => void;
  error: string | undefined;
}

function Scopes({ chosen, choose, error }: ScopesProps) {
  const toggle = (scope: Scope, on: boolean) =>
    choose(SCOPES.map((s) => s.scope).filter((s) => (s === scope ? on : chosen.includes(s))));
  return (
    <fieldset class="scopes">
      <legend>It may</legend>
      {SCOPES.map((s) => (
        <label key={s.scope} class="check">
          <input type="checkbox" checked={chosen.includes(s.scope)} onChange={(e) => toggle(s.scope, e.currentTarget.checked)} />
          <span>
            {s.means} <code>{s.scope}</code>
          </span>
        </label>
      ))}
      <p class="field-error" aria-live="polite">
        {error ?? (chosen.length === 0 ? 'Choose at least one.' : '')}
      </p>
    </fieldset>
  );
}
