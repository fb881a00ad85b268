import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/http';
import * as hub from '../api/hub';
import { Button } from '../components/Button';
import { Field, FormError, PasswordField, fieldError } from '../components/forms';
import { Logo } from '../components/icons';
import { ThemeButton } from '../components/Shell';
import { navigate, query, returnPath } from '../state/router';
import { session } from '../state/session';
import { useTask } from '../state/task';

export function SignIn() {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const task = useTask();
  const first = useRef<HTMLInputElement>(null);
  const target = returnPath(query.value);

  useEffect(() => {
    if (session.value) navigate(target, { replace: true });
    else first.current?.focus();
  }, [session.value]);

  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      try {
        session.value = await hub.signIn(user, password);
      } catch (e) {
        setPassword('');
        throw e;
      }
    });
  };
  const refused = task.error instanceof ApiError && task.error.status === 401 && task.error.detail === undefined;

  return (
    <main class="alone">
      <div class="alone-corner">
        <ThemeButton />
      </div>
      <form class="sign-in form" onSubmit={submit} aria-labelledby="sign-in-title">
        <div class="sign-in-brand">
          <Logo />
          <h1 id="sign-in-title">Sign in to Mooring</h1>
        </div>
        {target !== '/' && <p class="faint">You come back to {target.split('?')[0]} afterwards.</p>}
        <Field label="User" error={fieldError(task.error, '/user')}>
          {(described) => (
            <input
              {...described}
              ref={first}
              class="input"
              name="user"
              autoComplete="username"
              autoCapitalize="none"
              spellcheck={false}
              required
              value={user}
              onInput={(e) => setUser(e.currentTarget.value)}
            />
          )}
        </Field>
        <PasswordField
          label="Password"
          kind="current"
          value={password}
          set={setPassword}
          error={fieldError(task.error, '/password')}
        />
        <FormError error={refused ? undefined : task.error} fields={['/user', '/password']} />
        {refused && (
          <p class="note note-error" role="alert">
            User or password is wrong. Try again.
          </p>
        )}
        <Button type="submit" class="button button-primary button-wide" off={task.busy}>
          {task.busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}
