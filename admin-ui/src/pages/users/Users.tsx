import { useState } from 'preact/hooks';
import type { InvitedUser, User } from '../../api/access';
import * as hub from '../../api/hub';
import type { Role } from '../../api/types';
import { Ago } from '../../components/basics';
import { Button } from '../../components/Button';
import { Listing } from '../../components/credentials';
import { Dialog, Field, FormError, fieldError } from '../../components/forms';
import { useFresh } from '../../state/fresh';
import { now } from '../../state/live';
import { useIdempotencyKey } from '../../state/idempotency';
import { useResource } from '../../state/resource';
import { query, setQuery, userPath } from '../../state/router';
import { session } from '../../state/session';
import { useTask } from '../../state/task';
import { OneTimePassword } from './OneTimePassword';
import { RoleFields } from './roles';

/** Who may sign in to this page, and as what. */
export function Users() {
  const users = useResource('users', hub.listUsers);
  useFresh(users);
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Users</h1>
        <button type="button" class="button button-primary" onClick={() => setQuery({ new: '1' })}>
          New user
        </button>
      </div>
      {/* Whoever sees this list is on it: it is never empty. */}
      <Listing of="users" resource={users} rows={4} empty={{ title: 'No users', content: undefined }}>
        {(items) => <UserTable users={items} />}
      </Listing>
      {query.value.has('new') && <CreateUser onClose={() => setQuery({ new: '' })} onCreated={users.reload} />}
    </div>
  );
}

function UserTable({ users }: { users: User[] }) {
  return (
    <table class="table cards user-table" data-testid="users">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Role</th>
          <th scope="col">Signs in</th>
          <th scope="col">Last sign-in</th>
          <th scope="col">Added</th>
        </tr>
      </thead>
      <tbody>
        {users.map((u) => (
          <tr key={u.name} class={u.enabled ? '' : 'row-over'}>
            <th scope="row" class="device-name">
              <a href={userPath(u.name)}>{u.name}</a>
              {u.name === session.value?.user && <span class="faint"> you</span>}
            </th>
            <td>{u.role}</td>
            <td data-label="Signs in">{signsIn(u, now.value)}</td>
            <td data-label="Last sign-in">{u.lastSignInAt === undefined ? <span class="faint">never</span> : <Ago at={u.lastSignInAt} />}</td>
            <td data-label="Added">
              <Ago at={u.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Whether and how a user can sign in. */
export function signsIn(user: User, at: number): string {
  if (!user.enabled) return 'disabled';
  if (!user.passwordChangeRequired) return 'with a password';
  const over = user.passwordExpiresAt !== undefined && Date.parse(user.passwordExpiresAt) <= at;
  return over ? 'not: the one-time password has expired' : 'with the one-time password';
}

function CreateUser({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [invited, setInvited] = useState<InvitedUser | undefined>(undefined);
  const task = useTask();
  const idempotency = useIdempotencyKey();
  if (invited) return <OneTimePassword of={invited} title={`${invited.name} may sign in`} onClose={onClose} />;
  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      const user = { name: name.trim(), role };
      setInvited(await hub.createUser(user, idempotency.use(user)));
      onCreated();
    });
  };
  return (
    <Dialog title="New user" onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <Field label="Name" hint="What the user signs in with, for example eve" error={fieldError(task.error, '/name')}>
          {(described) => (
            <input
              {...described}
              class="input"
              autoFocus
              autoCapitalize="none"
              autoComplete="off"
              spellcheck={false}
              required
              maxLength={64}
              value={name}
              onInput={(e) => setName(e.currentTarget.value)}
            />
          )}
        </Field>
        <RoleFields role={role} choose={setRole} error={fieldError(task.error, '/role')} />
        <FormError error={task.error} fields={['/name', '/role']} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <Button type="submit" class="button button-primary" off={task.busy}>
            {task.busy ? 'Adding…' : 'Add the user'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
