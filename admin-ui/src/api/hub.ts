import type { AuditEntry, AuditQuery, InvitedUser, Node, Setting, User, UserChange } from './access';
import type { Certificate, EnrolmentKey, IssuedEnrolmentKey, NewEnrolmentKey, RotationPage } from './credentials';
import { call, callTagged, callVersioned } from './http';
import type {
  Command,
  CommandState,
  Device,
  DeviceChange,
  DeviceSession,
  Fleet,
  HubEvent,
  IssuedKey,
  IssuedToken,
  Job,
  JobDevice,
  JobDeviceState,
  JobState,
  Key,
  Latest,
  NewCommand,
  NewDevice,
  NewJob,
  NewKey,
  NewToken,
  Page,
  PresenceState,
  Role,
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

const ofJob = (job: string) => `/jobs/${encodeURIComponent(job)}`;
const of = (device: string) => `/devices/${encodeURIComponent(device)}`;

export interface DeviceFilter {
  q: string;
  state: PresenceState | '';
  /** `false`: those that operators have turned off. */
  enabled?: '' | 'true' | 'false';
  tags: readonly string[];
  /** In which order; in that of the ids where it does not say. */
  sort?: string;
}

export interface SeriesQuery {
  metric: string;
  from: string;
  to?: string;
  bucket: string;
  agg: string;
}

export interface CommandQuery {
  device: string;
  name: string;
  state: CommandState | '';
  job: string;
  from: string;
  to: string;
}

/** On the version that was read; without one on whatever there is. */
export const ifMatch = (tag: string | undefined) => (tag === undefined ? {} : { headers: { 'If-Match': tag } });

/** Makes something; sent again with the same key it makes nothing more. */
export const make = <T>(path: string, body: unknown, idempotencyKey: string) =>
  call<T>(url(path), { method: 'POST', body, headers: { 'Idempotency-Key': idempotencyKey } });

export const getSession = () => call<Session>(url('/session'));
export const signIn = (user: string, password: string) =>
  call<Session>(url('/session'), { method: 'POST', body: { user, password }, keepUnauthorized: true });
export const changePassword = (currentPassword: string, newPassword: string) =>
  call<Session>(url('/session/password'), { method: 'POST', body: { currentPassword, newPassword } });
export const signOut = () => call<void>(url('/session'), { method: 'DELETE', keepUnauthorized: true });

export const getFleet = (signal?: AbortSignal) => call<Fleet>(url('/fleet'), signal ? { signal } : {});

export const listDevices = (filter: DeviceFilter, limit: number, cursor: string | undefined, signal: AbortSignal) => {
  const { tags: tag, sort, ...rest } = filter;
  return call<Page<Device>>(url('/devices', { limit, cursor, ...rest, tag, sort: sort === 'id' ? '' : sort }), { signal });
};
export const createDevice = (device: NewDevice, key: string) => make<Device>('/devices', device, key);
export const getDevice = (id: string, signal: AbortSignal) => call<Device>(url(of(id)), { signal });
/** The same with its version, which a change names so that it overwrites nobody else's. */
export const readDevice = (id: string) => callTagged<Device>(url(of(id)));
export const changeDevice = (id: string, change: DeviceChange, tag?: string) =>
  call<Device>(url(of(id)), { method: 'PATCH', body: change, ...ifMatch(tag) });
export const deleteDevice = (id: string, tag: string) =>
  call<void>(url(of(id)), { method: 'DELETE', headers: { 'If-Match': tag } });

export const listSessions = (device: string, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<DeviceSession>>(url(`${of(device)}/sessions`, { limit, cursor }), { signal });

export const listTokens = (device: string, signal: AbortSignal) =>
  call<{ items: Token[] }>(url(`${of(device)}/tokens`), { signal });
export const createToken = (device: string, token: NewToken, key: string) =>
  make<IssuedToken>(`${of(device)}/tokens`, token, key);
export const revokeToken = (device: string, token: string) =>
  call<void>(url(`${of(device)}/tokens/${encodeURIComponent(token)}`), { method: 'DELETE' });

export const listCertificates = (device: string, signal: AbortSignal) =>
  call<{ items: Certificate[] }>(url(`${of(device)}/certificates`), { signal });
export const addCertificate = (device: string, certificate: { fingerprint: string; name?: string }) =>
  call<Certificate>(url(`${of(device)}/certificates`), { method: 'POST', body: certificate });
export const removeCertificate = (device: string, fingerprint: string) =>
  call<void>(url(`${of(device)}/certificates/${fingerprint}`), { method: 'DELETE' });

/** Asks the devices with these tags, or these devices, to take another token. */
export const askRotation = (whom: { tags: Record<string, string> } | { devices: string[] }) =>
  call<{ devices: number }>(url('/rotations'), { method: 'POST', body: whom });
export const cancelRotation = (device: string) =>
  call<{ devices: number }>(url('/rotations/cancel'), { method: 'POST', body: { devices: [device] } });
/** The rotation of one device that is under way; none where it is done, or was never asked for. */
export const getRotation = (device: string, signal: AbortSignal) =>
  call<RotationPage>(url('/rotations', { limit: 1, state: 'open', device }), { signal });
export const listRotations = (state: string, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<RotationPage>(url('/rotations', { limit, cursor, state }), { signal });

export const listEnrolmentKeys = (signal: AbortSignal) => call<{ items: EnrolmentKey[] }>(url('/enrolment-keys'), { signal });
export const createEnrolmentKey = (wanted: NewEnrolmentKey, key: string) =>
  make<IssuedEnrolmentKey>('/enrolment-keys', wanted, key);
export const revokeEnrolmentKey = (id: string) =>
  call<void>(url(`/enrolment-keys/${encodeURIComponent(id)}`), { method: 'DELETE' });

export const listCommands = (device: string, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<Command>>(url(`${of(device)}/commands`, { limit, cursor }), { signal });
export const sendCommand = (device: string, command: NewCommand, idempotencyKey: string) =>
  make<Command>(`${of(device)}/commands`, command, idempotencyKey);
export const listFleetCommands = (query: CommandQuery, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<Command>>(url('/commands', { limit, cursor, ...query }), { signal });
export const getCommand = (device: string, command: string, signal?: AbortSignal) =>
  call<Command>(url(`${of(device)}/commands/${encodeURIComponent(command)}`), signal ? { signal } : {});

export const cancelCommand = (device: string, command: string) =>
  call<Command>(url(`${of(device)}/commands/${encodeURIComponent(command)}/cancel`), { method: 'POST' });
export const retryCommand = (device: string, command: string, retry: { ttl?: string }, idempotencyKey: string) =>
  make<Command>(`${of(device)}/commands/${encodeURIComponent(command)}/retry`, retry, idempotencyKey);

export const createJob = (job: NewJob, idempotencyKey: string) => make<Job>('/jobs', job, idempotencyKey);
export const listJobs = (state: JobState | '', limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<Job>>(url('/jobs', { limit, cursor, state }), { signal });
export const getJob = (id: string, signal: AbortSignal) => call<Job>(url(ofJob(id)), { signal });
export const listJobDevices = (
  id: string,
  state: JobDeviceState | '',
  limit: number,
  cursor: string | undefined,
  signal: AbortSignal,
) => call<Page<JobDevice>>(url(`${ofJob(id)}/devices`, { limit, cursor, state }), { signal });
export const actOnJob = (id: string, act: 'pause' | 'resume' | 'cancel') =>
  call<Job>(url(`${ofJob(id)}/${act}`), { method: 'POST' });

export const getLatest = (device: string, signal: AbortSignal) => call<Latest>(url(`${of(device)}/telemetry/latest`), { signal });
/** Where a table of all readings of a range is downloaded from; no metrics: all of them. */
export const exportUrl = (device: string, query: { metric: string[]; from: string; to: string; format: string }) =>
  url(`${of(device)}/telemetry/export`, { ...query });
export const getSeries = (device: string, query: SeriesQuery, signal: AbortSignal) =>
  call<Series>(url(`${of(device)}/telemetry`, { ...query }), { signal });

export const listKeys = (signal: AbortSignal) => call<{ items: Key[] }>(url('/keys'), { signal });
export const createKey = (wanted: NewKey, key: string) => make<IssuedKey>('/keys', wanted, key);
export const revokeKey = (id: string) => call<void>(url(`/keys/${encodeURIComponent(id)}`), { method: 'DELETE' });

const ofUser = (name: string) => `/users/${encodeURIComponent(name)}`;
export const listUsers = (signal: AbortSignal) => call<{ items: User[] }>(url('/users'), { signal });
export const createUser = (user: { name: string; role: Role }, key: string) => make<InvitedUser>('/users', user, key);
export const getUser = (name: string, signal: AbortSignal) => callVersioned<User>(url(ofUser(name)), { signal });
/** Without a tag only `enabled` may change. */
export const changeUser = (name: string, change: UserChange, tag?: string) =>
  callVersioned<User>(url(ofUser(name)), { method: 'PATCH', body: change, ...ifMatch(tag) });
export const deleteUser = (name: string, tag: string | undefined) => call<void>(url(ofUser(name)), { method: 'DELETE', ...ifMatch(tag) });
export const resetPassword = (name: string) => call<InvitedUser>(url(`${ofUser(name)}/reset-password`), { method: 'POST' });

export const listAudit = (query: AuditQuery, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call<Page<AuditEntry>>(url('/audit', { limit, cursor, ...query }), { signal });

export const listNodes = (signal: AbortSignal) => call<{ items: Node[] }>(url('/nodes'), { signal });
const ofNode = (name: string, verb: string) => `/nodes/${encodeURIComponent(name)}/${verb}`;
export const drainNode = (name: string) => call<Node>(url(ofNode(name, 'drain')), { method: 'POST' });
export const resumeNode = (name: string) => call<Node>(url(ofNode(name, 'resume')), { method: 'POST' });
export const listSettings = (signal: AbortSignal) => call<{ items: Setting[] }>(url('/settings'), { signal });

/** How many events of the past a stream of the whole fleet begins with: a command makes four, and the list shows 60 rows. */
const EVENTS_PAST = 200;

/** Which events a page follows; of all devices without one. */
export interface Followed {
  device?: string;
  types?: readonly HubEvent['type'][];
}

/** Address of the event stream. Without types it is what the hub sends by itself, beginning with the past, as the overview shows it. */
export const eventsUrl = ({ device, types }: Followed) =>
  types === undefined ? url('/events', { last: EVENTS_PAST }) : url('/events', { device, type: types.join(',') });
