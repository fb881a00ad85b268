import { computed, signal } from '@preact/signals';

export type Route =
  | { page: 'overview' }
  | { page: 'devices' }
  | { page: 'device'; id: string }
  | { page: 'commands' }
  | { page: 'command'; device: string; id: string }
  | { page: 'jobs' }
  | { page: 'job'; id: string }
  | { page: 'new-job' }
  | { page: 'keys' }
  | { page: 'enrolment-keys' }
  | { page: 'rotations' }
  | { page: 'webhooks' }
  | { page: 'webhook'; id: string }
  | { page: 'users' }
  | { page: 'user'; name: string }
  | { page: 'audit' }
  | { page: 'settings' }
  | { page: 'password' }
  | { page: 'sign-in' }
  | { page: 'not-found' };

/** Pages whose address is one word. */
const PLAIN = [
  'devices',
  'commands',
  'jobs',
  'keys',
  'enrolment-keys',
  'rotations',
  'webhooks',
  'users',
  'audit',
  'settings',
  'password',
  'sign-in',
] as const;
const plain = (word: string | undefined) => PLAIN.find((page) => page === word);

export function match(path: string): Route {
  const parts = path
    .split('/')
    .filter((p) => p !== '')
    .map(decode);
  const [first, second, third, fourth] = parts;
  if (parts.length === 0) return { page: 'overview' };
  const page = plain(first);
  if (parts.length === 1 && page !== undefined) return { page };
  if (first === 'webhooks' && second !== undefined && parts.length === 2) return { page: 'webhook', id: second };
  if (first === 'users' && second !== undefined && parts.length === 2) return { page: 'user', name: second };
  if (first === 'devices' && second !== undefined) {
    if (parts.length === 2) return { page: 'device', id: second };
    if (parts.length === 4 && third === 'commands' && fourth !== undefined)
      return { page: 'command', device: second, id: fourth };
  }
  // No job has the id "new": ids are UUIDs.
  if (first === 'jobs' && second !== undefined && parts.length === 2) {
    return second === 'new' ? { page: 'new-job' } : { page: 'job', id: second };
  }
  return { page: 'not-found' };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

interface Place {
  path: string;
  search: string;
}

const here = (): Place => ({ path: location.pathname, search: location.search });
const place = signal<Place>(here());

export const path = computed(() => place.value.path);
export const route = computed(() => match(path.value));
/** The query; a new object each time it changes, never changed in place. */
export const query = computed(() => new URLSearchParams(place.value.search));

export function navigate(to: string, how: { replace?: boolean } = {}): void {
  const target = new URL(to, location.origin);
  const url = target.pathname + target.search;
  if (how.replace) history.replaceState(null, '', url);
  else if (url !== location.pathname + location.search) history.pushState(null, '', url);
  const moved = target.pathname !== place.peek().path;
  place.value = { path: target.pathname, search: target.search };
  if (moved) window.scrollTo(0, 0);
}

/** Changes the query of this page without a new entry in the history; an empty value takes the parameter out. */
export function setQuery(changes: Record<string, string | readonly string[]>): void {
  const next = new URLSearchParams(place.peek().search);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const one of typeof value === 'string' ? [value] : value) if (one !== '') next.append(name, one);
  }
  const text = next.toString();
  navigate(place.peek().path + (text ? `?${text}` : ''), { replace: true });
}

export const devicePath = (id: string) => `/devices/${encodeURIComponent(id)}`;

export const commandPath = (device: string, command: string) => `${devicePath(device)}/commands/${encodeURIComponent(command)}`;

/** The form for a job, its tags filled in. */
export const newJobPath = (tags: readonly string[]) => `/jobs/new?${new URLSearchParams(tags.map((t) => ['tag', t]))}`;
/** The same for these devices. */
export const newJobFor = (devices: readonly string[]) => `/jobs/new?${new URLSearchParams(devices.map((d) => ['device', d]))}`;
export const jobPath = (job: string) => `/jobs/${encodeURIComponent(job)}`;

export const webhookPath = (id: string) => `/webhooks/${encodeURIComponent(id)}`;
export const userPath = (name: string) => `/users/${encodeURIComponent(name)}`;

/** Where to go after signing in. Only a path of this page: a link must not lead a signed-in operator elsewhere. */
export function returnPath(search: URLSearchParams): string {
  const to = search.get('return') ?? '/';
  if (!to.startsWith('/')) return '/';
  const target = new URL(to, location.origin);
  if (target.origin !== location.origin || target.pathname === '/sign-in') return '/';
  return target.pathname + target.search;
}

/** The address of the sign-in page that comes back to where the operator is now. */
export function signInPath(): string {
  const { path: from, search } = place.peek();
  if (from === '/sign-in') return from + search;
  return from === '/' && search === '' ? '/sign-in' : `/sign-in?return=${encodeURIComponent(from + search)}`;
}

/** Makes plain links of this page change the route without loading it again. */
export function startRouter(): void {
  window.addEventListener('popstate', () => {
    place.value = here();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.pathname.startsWith('/api/') || link.getAttribute('href')?.startsWith('#'))
      return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
