import { call } from './http';
import type {
  Command,
  Device,
  Fleet,
  IssuedKey,
  IssuedToken,
  Key,
  Latest,
  NewCommand,
  NewDevice,
  NewKey,
  NewToken,
  Page,
  PresenceState,
  Series,
  Session,
  Token,
} from './types';

const BASE = '/api/v1';

type Params = Record<string, string | number | readonly string[] | undefined>;

/** A path with its parameters; absent and empty ones are left out, lists are repeated. */
export function url(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) query.append(name, one);
  }
  const text = query.toString();
  return BASE + path + (text ? `?${text}` : '');
}

const of = (device: string) => `/devices/${encodeURIComponent(device)}`;

export interface DeviceFilter {
  q: string;
  state: PresenceState | '';
  tags: readonly string[];
}

export interface SeriesQuery {
  metric: string;
  from: string;
  to?: string;
  bucket: string;
  agg: string;
}

export const getSession = () => call<Session>(url('/session'));
export const signIn = (user: string, password: string) =>
  call<Session>(url('/session'), { method: 'POST', body: { user, password }, keepUnauthorized: true });
export const changePassword = (currentPassword: string, newPassword: string) =>
  call<Session>(url('/session/password'), { method: 'POST', body: { currentPassword, newPassword } });
export const signOut = () => call<void>(url('/session'), { method: 'DELETE', keepUnauthorized: true });

export const getFleet = (signal?: AbortSignal) => call<Fleet>(url('/fleet'), signal ? { signal } : {});

export const listDevices = (filter: DeviceFilter, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<Device>>(url('/devices', { limit, cursor, q: filter.q, state: filter.state, tag: filter.tags }), { signal });
export const createDevice = (device: NewDevice) => call<Device>(url('/devices'), { method: 'POST', body: device });
export const getDevice = (id: string, signal: AbortSignal) => call<Device>(url(of(id)), { signal });

export const listTokens = (device: string, signal: AbortSignal) =>
  call<{ items: Token[] }>(url(`${of(device)}/tokens`), { signal });
export const createToken = (device: string, token: NewToken) =>
  call<IssuedToken>(url(`${of(device)}/tokens`), { method: 'POST', body: token });
export const revokeToken = (device: string, token: string) =>
  call<void>(url(`${of(device)}/tokens/${encodeURIComponent(token)}`), { method: 'DELETE' });

export const listCommands = (device: string, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<Command>>(url(`${of(device)}/commands`, { limit, cursor }), { signal });
export const sendCommand = (device: string, command: NewCommand, idempotencyKey: string) =>
  call<Command>(url(`${of(device)}/commands`), {
    method: 'POST',
    body: command,
    headers: { 'Idempotency-Key': idempotencyKey },
  });
export const getCommand = (device: string, command: string, signal?: AbortSignal) =>
  call<Command>(url(`${of(device)}/commands/${encodeURIComponent(command)}`), signal ? { signal } : {});

export const getLatest = (device: string, signal: AbortSignal) => call<Latest>(url(`${of(device)}/telemetry/latest`), { signal });
export const getSeries = (device: string, query: SeriesQuery, signal: AbortSignal) =>
  call<Series>(url(`${of(device)}/telemetry`, { ...query }), { signal });

export const listKeys = (signal: AbortSignal) => call<{ items: Key[] }>(url('/keys'), { signal });
export const createKey = (key: NewKey) => call<IssuedKey>(url('/keys'), { method: 'POST', body: key });
export const revokeKey = (id: string) => call<void>(url(`/keys/${encodeURIComponent(id)}`), { method: 'DELETE' });

/** How many events of the past a stream of the whole fleet begins with: a command makes four, and the list shows 60 rows. */
const EVENTS_PAST = 200;

/** Address of the event stream; without a device presence and commands of the whole fleet, with one its telemetry too. */
export function eventsUrl(device: string | undefined): string {
  return device === undefined ? url('/events', { last: EVENTS_PAST }) : url('/events', { device: [device], type: 'presence,command,telemetry' });
}
