import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import { FormError, PasswordField, fieldError } from '../components/forms';
import { Logo } from '../components/icons';
import { ThemeButton } from '../components/Shell';
import { session, signOut } from '../state/session';
import { useTask } from '../state/task';

/** All that a one-time password opens: the choice of another one. */
export function NewPassword({ user }: { user: string }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const task = useTask();
  const leaving = useTask();
  const differs = again !== '' && again !== next;

  const submit = (e: Event) => {
    e.preventDefault();
    if (again !== next) return;
    void task.run(async () => {
      session.value = await hub.changePassword(current, next);
    });
  };

  return (
    <main class="alone">
      <div class="alone-corner">
        <ThemeButton />
      </div>
      <form class="sign-in form" onSubmit={submit} aria-labelledby="new-password-title">
        <div class="sign-in-brand">
          <Logo />
          <h1 id="new-password-title">Choose your password</h1>
        </div>
        <p class="faint">You signed in with a one-time password. Choose one that only you know.</p>
        <input type="hidden" name="user" autoComplete="username" value={user} />
        <PasswordField
          label="One-time password"
          kind="current"
          first
          value={current}
          set={setCurrent}
          error={fieldError(task.error, '/currentPassword')}
        />
        <PasswordField label="New password" kind="new" value={next} set={setNext} error={fieldError(task.error, '/newPassword')} />
        <PasswordField
          label="New password again"
          kind="new"
          value={again}
          set={setAgain}
          error={differs ? 'Not the same yet.' : undefined}
        />
        <FormError error={task.error ?? leaving.error} fields={['/currentPassword', '/newPassword']} />
        <button type="submit" class="button button-primary button-wide" disabled={task.busy || again !== next}>
          {task.busy ? 'Changing…' : 'Change password'}
        </button>
        <button
          type="button"
          class="button button-quiet button-wide"
          disabled={leaving.busy}
          onClick={() => void leaving.run(signOut)}
        >
          Sign out
        </button>
      </form>
    </main>
  );
}
