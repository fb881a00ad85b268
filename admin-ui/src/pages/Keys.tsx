import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import type { IssuedKey, Key, Scope } from '../api/types';
import { Ago } from '../components/basics';
import { IssueDialog } from '../components/credentials';
import { KeyPage } from '../components/KeyPage';

const SCOPES: readonly { scope: Scope; means: string }[] = [
  { scope: 'devices:read', means: 'see devices and their presence' },
  { scope: 'devices:write', means: 'register devices, issue and revoke their tokens' },
  { scope: 'commands:send', means: 'send commands and follow them' },
  { scope: 'telemetry:read', means: 'read what devices sent' },
  { scope: 'admin', means: 'everything, keys included' },
];

export function Keys() {
  return (
    <KeyPage<Key>
      title="API keys"
      testId="keys"
      one="API key"
      many="API keys"
      prefix="mrk"
      list={hub.listKeys}
      revoke={hub.revokeKey}
      purpose="A key lets another program use the hub's API, within the scopes you give it."
      loss="Every program that uses it is refused from now on."
      columns={[
        { name: 'Scopes', mono: true, cell: (k) => k.scopes.join(', ') },
        { name: 'Created', cell: (k) => <Ago at={k.createdAt} /> },
        {
          name: 'Last used',
          cell: (k) => (
            <span title={k.lastUsedAddress && `from ${k.lastUsedAddress}`}>
              <Ago at={k.lastUsedAt} />
            </span>
          ),
        },
      ]}
      create={(onClose, onCreated) => <CreateKey onClose={onClose} onCreated={onCreated} />}
    />
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
      issue={(wanted, key) => hub.createKey({ ...wanted, scopes: [...scopes] }, key)}
      onIssued={onCreated}
      onClose={onClose}
      secret={({ name, key }) => ({ title: `The key ${name}`, label: 'API key', value: key })}
      own={{
        pointer: '/scopes',
        ready: scopes.length > 0,
        content: scopes,
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
