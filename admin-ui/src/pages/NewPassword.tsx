import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import { Button } from '../components/Button';
import { FormError, PasswordField, fieldError } from '../components/forms';
import { Logo } from '../components/icons';
import { ThemeButton } from '../components/Shell';
import { navigate } from '../state/router';
import { session, signOut } from '../state/session';
import { useTask } from '../state/task';

/** The choice of another password: all that a one-time one opens, and open to everybody. */
export function NewPassword({ user, oneTime }: { user: string; oneTime: boolean }) {
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
      if (!oneTime) navigate('/');
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
        <p class="faint">
          {oneTime
            ? 'You signed in with a one-time password. Choose one that only you know.'
            : `For ${user}. You are signed out everywhere else.`}
        </p>
        <input type="hidden" name="user" autoComplete="username" value={user} />
        <PasswordField
          label={oneTime ? 'One-time password' : 'Password until now'}
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
        <Button type="submit" class="button button-primary button-wide" off={task.busy || again !== next}>
          {task.busy ? 'Changing…' : 'Change password'}
        </Button>
        {oneTime ? (
          <Button
            class="button button-quiet button-wide"
            off={leaving.busy}
            onClick={() => void leaving.run(signOut)}
          >
            Sign out
          </Button>
        ) : (
          <a class="button button-quiet button-wide" href="/">
            Keep it as it is
          </a>
        )}
      </form>
    </main>
  );
}
