import { computed, signal } from '@preact/signals';
import { ApiError, whenUnauthorized } from '../api/http';
import * as hub from '../api/hub';
import type { Session } from '../api/types';
import { navigate, signInPath } from './router';

/** undefined: not known yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);
/** Why it is not known who is signed in. */
export const sessionError = signal<unknown>(undefined);

export const mayAct = computed(() => session.value?.role === 'operator' || session.value?.role === 'admin');

/** Manages users and API keys, and reads the audit log and the settings. */
export const isAdmin = computed(() => session.value?.role === 'admin');

export function startSession(): Promise<void> {
  whenUnauthorized(() => {
    session.value = null;
    navigate(signInPath(), { replace: true });
  });
  return loadSession();
}

export async function loadSession(): Promise<void> {
  sessionError.value = undefined;
  try {
    session.value = await hub.getSession();
  } catch (e) {
    // A 401 has already led to the sign-in page.
    if (!(e instanceof ApiError && e.status === 401)) sessionError.value = e;
  }
}

export async function signOut(): Promise<void> {
  try {
    await hub.signOut();
  } catch (e) {
    // A session that is over already needs no ending.
    if (!(e instanceof ApiError && e.status === 401)) throw e;
  }
  session.value = null;
  navigate('/sign-in');
}
