import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import type { EnrolmentKey, IssuedEnrolmentKey } from '../api/credentials';
import { Ago, Tags } from '../components/basics';
import { IssueDialog, Listing, RevokeButton, RevokeDialog } from '../components/credentials';
import { Field } from '../components/forms';
import { standing } from '../lib/expiry';
import { parseTags } from '../lib/tags';
import { now } from '../state/live';
import { useResource } from '../state/resource';
import { query, setQuery } from '../state/router';
import { mayAct } from '../state/session';

/** Keys with which new devices register themselves. */
export function EnrolmentKeys() {
  const keys = useResource('enrolment-keys', (abort) => hub.listEnrolmentKeys(abort));
  const [revoking, setRevoking] = useState<EnrolmentKey | undefined>(undefined);
  const create = mayAct.value && (
    <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
      New enrolment key
    </button>
  );
  const none = (
    <>
      <p>With an enrolment key new devices register themselves, each once, and get tokens of their own.</p>
      {create}
    </>
  );
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Enrolment keys</h1>
        {create}
      </div>
      <Listing of="enrolment keys" resource={keys} rows={4} empty={{ title: 'No enrolment keys yet', content: none }}>
        {(items) => <KeyTable keys={items} onRevoke={setRevoking} />}
      </Listing>
      {mayAct.value && query.value.has('new') && <CreateKey onClose={() => setQuery({ new: '' })} onCreated={keys.reload} />}
      {revoking && (
        <RevokeDialog
          of="key"
          title="Revoke this enrolment key?"
          word={revoking.name}
          wordLabel="Name of the key"
          revoke={() => hub.revokeEnrolmentKey(revoking.id)}
          onRevoked={keys.reload}
          onClose={() => setRevoking(undefined)}
        >
          No device can enrol with it from now on; those that have stay.
        </RevokeDialog>
      )}
    </div>
  );
}

function KeyTable({ keys, onRevoke }: { keys: EnrolmentKey[]; onRevoke: (key: EnrolmentKey) => void }) {
  return (
    <table class="table cards" data-testid="enrolment-keys">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Devices</th>
          <th scope="col">Ids</th>
          <th scope="col">Tags</th>
          <th scope="col">Last used</th>
          <th scope="col">Expires</th>
          <th scope="col">
            <span class="sr-only">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((k) => {
          const state = k.uses >= k.maxUses && standing(k, now.value) === 'valid' ? 'used up' : standing(k, now.value);
          return (
            <tr key={k.id} class={state === 'valid' ? '' : 'row-over'}>
              <th scope="row">
                {k.name}
                <span class="device-title mono">mre_{k.id}_…</span>
              </th>
              <td data-label="Devices">
                {k.uses} of {k.maxUses}
              </td>
              <td data-label="Ids" class={k.idPrefix === '' ? 'faint' : 'mono'}>
                {k.idPrefix === '' ? 'any' : `${k.idPrefix}…`}
              </td>
              <td data-label="Tags">{Object.keys(k.tags).length === 0 ? <span class="faint">–</span> : <Tags tags={k.tags} />}</td>
              <td data-label="Last used">
                <Ago at={k.lastUsedAt} />
              </td>
              <td data-label="Expires">{k.expiresAt ? <Ago at={k.expiresAt} /> : 'never'}</td>
              <td class="row-action">
                {(state === 'valid' || state === 'used up') && mayAct.value ? (
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
  const [uses, setUses] = useState('1');
  const [prefix, setPrefix] = useState('');
  const [typed, setTyped] = useState('');
  const parsed = parseTags(typed);
  const tags = 'tags' in parsed ? parsed.tags : undefined;
  return (
    <IssueDialog<IssuedEnrolmentKey>
      of="key"
      title="New enrolment key"
      name={{ label: 'Name', hint: 'What it is for, for example line 4', required: true }}
      days={30}
      issue={(wanted) =>
        hub.createEnrolmentKey({
          ...wanted,
          maxUses: Number(uses),
          tags: tags ?? {},
          ...(prefix === '' ? {} : { idPrefix: prefix }),
        })
      }
      onIssued={onCreated}
      onClose={onClose}
      secret={({ name, key }) => ({ title: `The enrolment key ${name}`, label: 'Enrolment key', value: key })}
      own={{
        pointer: '/maxUses',
        ready: tags !== undefined,
        fields: (error) => (
          <>
            <Field label="Devices" hint="How many may enrol with it" error={error}>
              {(described) => (
                <input
                  {...described}
                  class="input"
                  type="number"
                  min={1}
                  max={1_000_000}
                  required
                  value={uses}
                  onInput={(e) => setUses(e.currentTarget.value)}
                />
              )}
            </Field>
            <Field label="Ids begin with (optional)">
              {(described) => (
                <input
                  {...described}
                  class="input mono"
                  maxLength={64}
                  pattern="[A-Za-z0-9][A-Za-z0-9._:\-]*"
                  title="Letters, digits and . _ : -"
                  value={prefix}
                  onInput={(e) => setPrefix(e.currentTarget.value)}
                />
              )}
            </Field>
            <Field
              label="Tags (optional)"
              hint="That its devices get, as site=north, hall=7"
              error={'error' in parsed ? parsed.error : undefined}
            >
              {(described) => <input {...described} class="input" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />}
            </Field>
          </>
        ),
      }}
    />
  );
}
