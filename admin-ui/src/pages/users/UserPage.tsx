import { useState } from 'preact/hooks';
import type { InvitedUser, User } from '../../api/access';
import { ApiError, type Versioned } from '../../api/http';
import * as hub from '../../api/hub';
import { Act, AskDialog } from '../../components/acts';
import { Ago, Empty, ErrorNote, Panel, Skeleton } from '../../components/basics';
import { Button } from '../../components/Button';
import { Fact } from '../../components/Fact';
import { ConfirmDialog, FormError, fieldError } from '../../components/forms';
import { fullTime } from '../../lib/format';
import { useFresh } from '../../state/fresh';
import { now } from '../../state/live';
import { useResource } from '../../state/resource';
import { navigate } from '../../state/router';
import { session } from '../../state/session';
import { useTask } from '../../state/task';
import { OneTimePassword } from './OneTimePassword';
import { RoleFields } from './roles';
import { signsIn } from './Users';

/** One user: what it may do, whether it may sign in, and the ways to change both. */
export function UserPage({ name }: { name: string }) {
  const user = useResource<Versioned<User>>(name, (abort) => hub.getUser(name, abort));
  useFresh(user);
  if (user.error instanceof ApiError && user.error.status === 404) {
    return (
      <Empty title={`There is no user ${name}`} page>
        <p>It may have been deleted. What it did stays in the audit log.</p>
        <a class="button" href="/users">
          All users
        </a>
      </Empty>
    );
  }
  const u = user.data;
  return (
    <div class="stack">
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/users">Users</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{name}</span>
      </nav>
      <div class="page-head">
        <h1>{u?.name ?? name}</h1>
        <div class="head-actions">
          <a class="button" href={`/audit?${new URLSearchParams({ who: name })}`}>
            What {name} did
          </a>
          <a class="button" href={`/audit?${new URLSearchParams({ target: `users/${name}` })}`}>
            What was done to {name}
          </a>
        </div>
      </div>
      {user.error !== undefined && <ErrorNote error={user.error} retry={user.reload} title="The user could not be fetched" />}
      {!u && user.error === undefined && <Skeleton label="Loading the user" rows={6} />}
      {u && (
        <div class="user-grid">
          <Facts user={u} />
          <RolePanel user={u} changed={(to) => user.update(() => to)} reload={user.reload} />
          <AccessPanel user={u} changed={(to) => user.update(() => to)} />
        </div>
      )}
    </div>
  );
}

const isSelf = (user: User) => user.name === session.value?.user;

function Facts({ user }: { user: User }) {
  return (
    <Panel title="Sign-in" id="user-facts">
      <dl class="facts">
        <Fact name="Signs in">{signsIn(user, now.value)}</Fact>
        {user.passwordChangeRequired && user.passwordExpiresAt !== undefined && (
          <Fact name="One-time">
            until <time dateTime={user.passwordExpiresAt}>{fullTime(user.passwordExpiresAt)}</time>
          </Fact>
        )}
        <Fact name="Last sign-in">{user.lastSignInAt === undefined ? 'never' : <Ago at={user.lastSignInAt} />}</Fact>
        <Fact name="Added">
          <Ago at={user.createdAt} />
        </Fact>
      </dl>
    </Panel>
  );
}

interface ChangeProps {
  user: Versioned<User>;
  changed: (to: Versioned<User>) => void;
}

/** Any change of a user ends its sessions, one's own among them: then the next call leads to the sign-in. */
function SelfNote({ user }: { user: User }) {
  return <p class="faint">{isSelf(user) ? 'This is you: you have to sign in again afterwards.' : 'Its sessions end at once.'}</p>;
}

function RolePanel({ user, changed, reload }: ChangeProps & { reload: () => void }) {
  // A choice is one against the role that was shown: what somebody else makes of it meanwhile is not overwritten by a second click.
  const [choice, setChoice] = useState({ against: user.role, role: user.role });
  const role = choice.against === user.role ? choice.role : user.role;
  const task = useTask();
  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      try {
        changed(await hub.changeUser(user.name, { role }, user.tag));
      } catch (e) {
        // Somebody was faster: what there is now takes the choice's place.
        if (e instanceof ApiError && e.status === 412) reload();
        throw e;
      }
    });
  };
  return (
    <Panel title="Role" id="user-role">
      <form class="form" onSubmit={submit}>
        <RoleFields titled role={role} choose={(it) => setChoice({ against: user.role, role: it })} error={fieldError(task.error, '/role')} />
        <FormError error={task.error} fields={['/role']} />
        {role !== user.role && (
          <p class="faint" data-testid="role-now">
            Now: {user.role}
          </p>
        )}
        {role !== user.role && <SelfNote user={user} />}
        <div class="actions">
          <Button type="submit" class="button button-primary" off={task.busy || role === user.role}>
            {task.busy ? 'Changing…' : 'Change the role'}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function AccessPanel({ user, changed }: ChangeProps) {
  const [asking, setAsking] = useState<'reset' | 'disable' | 'delete' | undefined>(undefined);
  const [invited, setInvited] = useState<InvitedUser | undefined>(undefined);
  const task = useTask();
  const enable = () => void task.run(async () => changed(await hub.changeUser(user.name, { enabled: true })));
  const close = () => setAsking(undefined);
  return (
    <Panel title="Access" id="user-access">
      {task.error !== undefined && <ErrorNote error={task.error} />}
      <ul class="acts">
        {isSelf(user) ? (
          <li>
            <span class="faint">This is you: you choose your own.</span>
            <a class="button" href="/password">
              Change the password
            </a>
          </li>
        ) : (
          <Act label="Reset the password" means="A one-time password takes its place." onClick={() => setAsking('reset')} />
        )}
        {user.enabled ? (
          <Act label="Disable" means="The user stays, and cannot sign in." onClick={() => setAsking('disable')} />
        ) : (
          <Act label="Enable" means="The user can sign in again, with the password it had." onClick={enable} />
        )}
        <Act label="Delete" means="What it did stays in the audit log; API keys that it issued stay valid." onClick={() => setAsking('delete')} />
      </ul>
      {asking === 'reset' && (
        <AskDialog
          title={`Reset the password of ${user.name}?`}
          action="Reset it"
          act={async () => {
            const it = await hub.resetPassword(user.name);
            setInvited(it);
            changed({ ...it, tag: user.tag });
          }}
          onClose={close}
        >
          <SelfNote user={user} />
        </AskDialog>
      )}
      {asking === 'disable' && (
        <AskDialog
          title={`Disable ${user.name}?`}
          action="Disable"
          act={async () => changed(await hub.changeUser(user.name, { enabled: false }))}
          onClose={close}
        >
          <SelfNote user={user} />
        </AskDialog>
      )}
      {asking === 'delete' && (
        <ConfirmDialog
          title={`Delete ${user.name}?`}
          word={user.name}
          wordLabel="Name of the user"
          action="Delete the user"
          onConfirm={async () => {
            await hub.deleteUser(user.name, user.tag);
            navigate('/users');
          }}
          onClose={close}
        >
          <p>It cannot sign in any more, and its sessions end at once. This cannot be undone.</p>
        </ConfirmDialog>
      )}
      {invited && <OneTimePassword of={invited} title={`A new password for ${user.name}`} onClose={() => setInvited(undefined)} />}
    </Panel>
  );
}
