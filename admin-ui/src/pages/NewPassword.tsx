import { useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../api/hub';
import { Field, FormError, fieldError } from '../components/forms';
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
  const first = useRef<HTMLInputElement>(null);
  const differs = again !== '' && again !== next;

  useEffect(() => first.current?.focus(), []);

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
        <Field label="One-time password" error={fieldError(task.error, '/currentPassword')}>
          {(described) => (
            <input
              {...described}
              ref={first}
              class="input"
              type="password"
              autoComplete="current-password"
              required
              value={current}
              onInput={(e) => setCurrent(e.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="New password" error={fieldError(task.error, '/newPassword')}>
          {(described) => (
            <input
              {...described}
              class="input"
              type="password"
              autoComplete="new-password"
              required
              value={next}
              onInput={(e) => setNext(e.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="New password again" error={differs ? 'Not the same yet.' : undefined}>
          {(described) => (
            <input
              {...described}
              class="input"
              type="password"
              autoComplete="new-password"
              required
              value={again}
              onInput={(e) => setAgain(e.currentTarget.value)}
            />
          )}
        </Field>
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
