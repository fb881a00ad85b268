import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { standing } from '../lib/expiry';
import { useFresh } from '../state/fresh';
import { now } from '../state/live';
import { useResource } from '../state/resource';
import { query, setQuery } from '../state/router';
import { Ago } from './basics';
import { Listing, RevokeButton, RevokeDialog } from './credentials';

interface AnyKey {
  id: string;
  name: string;
  expiresAt?: string;
  revokedAt?: string;
}

interface Column<T> {
  name: string;
  mono?: boolean;
  cell: (key: T) => ComponentChildren;
}

interface KeyPageProps<T> {
  /** The page's name, and what its parts are named by, as `keys`. */
  title: string;
  testId: string;
  /** Of one and of many, as in "New API key". */
  one: string;
  many: string;
  /** What the secrets begin with. */
  prefix: string;
  list: (abort: AbortSignal) => Promise<{ items: T[] }>;
  revoke: (id: string) => Promise<void>;
  /** What a key is for, where there is none yet; what it means to revoke one. */
  purpose: string;
  loss: string;
  /** Between name and expiry. */
  columns: readonly Column<T>[];
  /** Whether a valid key is of no use any more, though it can still be revoked. */
  usedUp?: (key: T) => boolean;
  create: (onClose: () => void, onCreated: () => void) => ComponentChildren;
}

/** Keys of one kind: listed, issued once, and revoked by their names. */
export function KeyPage<T extends AnyKey>(props: KeyPageProps<T>) {
  const { title, one, many } = props;
  const keys = useResource(props.testId, props.list);
  useFresh(keys);
  const [revoking, setRevoking] = useState<T | undefined>(undefined);
  const create = (
    <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
      New {one}
    </button>
  );
  const none = (
    <>
      <p>{props.purpose}</p>
      {create}
    </>
  );
  return (
    <div class="stack">
      <div class="page-head">
        <h1>{title}</h1>
        {create}
      </div>
      <Listing of={many} resource={keys} rows={4} empty={{ title: `No ${many} yet`, content: none }}>
        {(items) => <KeyTable {...props} keys={items} onRevoke={setRevoking} />}
      </Listing>
      {query.value.has('new') && props.create(() => setQuery({ new: '' }), keys.reload)}
      {revoking && (
        <RevokeDialog
          of="key"
          title={`Revoke this ${one}?`}
          word={revoking.name}
          wordLabel="Name of the key"
          revoke={() => props.revoke(revoking.id)}
          onRevoked={keys.reload}
          onClose={() => setRevoking(undefined)}
        >
          {props.loss}
        </RevokeDialog>
      )}
    </div>
  );
}

type TableProps<T> = KeyPageProps<T> & { keys: T[]; onRevoke: (key: T) => void };

function KeyTable<T extends AnyKey>({ testId, prefix, columns, usedUp, keys, onRevoke }: TableProps<T>) {
  return (
    <table class="table cards" data-testid={testId}>
      <thead>
        <tr>
          {['Name', ...columns.map((c) => c.name), 'Expires'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
          <th scope="col">
            <span class="sr-only">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((k) => {
          const valid = standing(k, now.value);
          const state = valid === 'valid' && usedUp?.(k) ? 'used up' : valid;
          return (
            <tr key={k.id} class={state === 'valid' ? '' : 'row-over'}>
              <th scope="row">
                {k.name}
                <span class="device-title mono">
                  {prefix}_{k.id}_…
                </span>
              </th>
              {columns.map((c) => (
                <td key={c.name} data-label={c.name} class={c.mono ? 'mono' : ''}>
                  {c.cell(k)}
                </td>
              ))}
              <td data-label="Expires">{k.expiresAt ? <Ago at={k.expiresAt} /> : 'never'}</td>
              <td class="row-action">
                {valid === 'valid' ? <RevokeButton name={k.name} onClick={() => onRevoke(k)} /> : <span class="faint">{state}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
