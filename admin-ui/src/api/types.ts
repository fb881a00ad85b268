/** The shapes of the hub's REST API, as its OpenAPI document states them. Times are RFC 3339 strings in UTC. */

export type PresenceState = 'online' | 'suspect' | 'offline' | 'never-seen';
export type CommandState =
  'queued' | 'sent' | 'received' | 'succeeded' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'undeliverable';
export type ValueType = 'number' | 'integer' | 'boolean' | 'text' | 'bytes';
export type Scope = 'devices:read' | 'devices:write' | 'commands:send' | 'telemetry:read' | 'admin';
export type Role = 'viewer' | 'operator' | 'admin';
/** A value of a reading; bytes come as base64, a number that is not finite as null. */
export type Value = number | boolean | string | null;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface FieldError {
  /** JSON pointer into the body, `?name` for a query parameter, or a header's name. */
  pointer: string;
  detail: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: FieldError[];
}

export interface Presence {
  state: PresenceState;
  since?: string;
  lastSeenAt?: string;
  epoch?: number;
  address?: string;
  agent?: string;
  closeCode?: number;
  closeReason?: string;
  droppedReadings?: number;
  roundTripMs?: number;
  clockOffsetMs?: number;
}

export interface Device {
  id: string;
  name: string;
  tags: Record<string, string>;
  enabled: boolean;
  createdAt: string;
  presence: Presence;
}

/** A session that a device had or has. */
export interface DeviceSession {
  epoch: number;
  node: string;
  address: string;
  agent: string;
  openedAt: string;
  /** Absent while it is open. */
  closedAt?: string;
  closeCode?: number;
  closeReason?: string;
}

/** What is absent stays as it is; tags are replaced as a whole. */
export interface DeviceChange {
  name?: string;
  tags?: Record<string, string>;
  enabled?: boolean;
}

export interface NewDevice {
  id: string;
  name?: string;
  tags?: Record<string, string>;
}

export interface Page<T> {
  items: T[];
  /** Cursor of the next page; absent on the last. */
  next?: string;
}

export interface Token {
  id: string;
  name: string;
  createdAt: string;
  notBefore: string;
  expiresAt?: string;
  revokedAt?: string;
  revokedCause?: 'operator' | 'rotated' | 'superseded';
  replaces?: string;
  unproven?: boolean;
  lastUsedAt?: string;
  lastUsedAddress?: string;
}

export interface NewToken {
  name?: string;
  /** From when on it is valid; by default at once. */
  notBefore?: string;
  expiresAt?: string;
}

export interface IssuedToken extends Token {
  token: string;
}

export interface Key {
  id: string;
  name: string;
  scopes: Scope[];
  createdAt: string;
  expiresAt?: string;
  revokedAt?: string;
  lastUsedAt?: string;
  lastUsedAddress?: string;
}

export interface NewKey {
  name: string;
  scopes: Scope[];
  expiresAt?: string;
}

export interface IssuedKey extends Key {
  key: string;
}

export interface Transition {
  state: CommandState;
  at: string;
  node: string;
  epoch?: number;
  cause: string;
}

export interface NewCommand {
  name: string;
  payload?: Json;
  ttl?: string;
}

export interface CommandResult {
  payload?: Json;
  contentType?: string;
  message?: string;
  /** On a failure: whether, by the device, it may go well another time; absent where it does not say. */
  retryable?: boolean;
}

export interface Progress {
  percent: number;
  message?: string;
  at: string;
}

export interface Command {
  id: string;
  device: string;
  name: string;
  payload?: Json;
  contentType?: string;
  state: CommandState;
  why: string;
  attempts: number;
  createdAt: string;
  changedAt: string;
  expiresAt: string;
  /** The ended command that this one tries again. */
  retryOf?: string;
  /** The newest command that tries this one again; only where a single command is asked for. */
  retriedBy?: string;
  job?: string;
  progress?: Progress;
  result?: CommandResult;
  transitions?: Transition[];
}

export type JobState = 'running' | 'paused' | 'completed' | 'cancelled' | 'aborted';
/** Where a device of a job is: waiting before release, then as its command, skipped where the job ended before. */
export type JobDeviceState = CommandState | 'waiting' | 'skipped';
export type JobCounts = { total: number } & Record<JobDeviceState, number>;

export interface Rollout {
  waveSize?: number;
  wavePercent?: number;
  waveInterval?: string;
  perSecond?: number;
  maxInFlight?: number;
}

export interface Abort {
  failurePercent: number;
  minimumEnded?: number;
}

export interface NewJob {
  title?: string;
  command: NewCommand;
  target: { devices: string[] } | { tags: Record<string, string> };
  rollout?: Rollout;
  abort?: Abort;
}

export interface Job {
  id: string;
  title?: string;
  command: { name: string; payload?: Json; contentType?: string; ttl: string };
  target: { tags?: Record<string, string>; listed?: number };
  rollout: Rollout;
  abort?: Abort;
  state: JobState;
  why: string;
  /** Only of jobs with waves, once the first has begun. */
  wave?: { number: number; of: number; beganAt: string };
  createdAt: string;
  createdBy: string;
  createdByName?: string;
  changedAt: string;
  endedAt?: string;
  counts: JobCounts;
}

export interface JobDevice {
  device: string;
  state: JobDeviceState;
  command?: string;
  changedAt: string;
  message?: string;
}

export interface MetricLatest {
  metric: string;
  type: ValueType;
  time: string;
  receivedAt: string;
  value: Value;
}

export interface Latest {
  device: string;
  metrics: MetricLatest[];
}

export interface SeriesItem {
  time: string;
  value?: Value;
  avg?: number | null;
  min?: number | null;
  max?: number | null;
  count?: number;
}

export interface Series {
  device: string;
  metric: string;
  bucket?: string;
  items: SeriesItem[];
  next?: string;
}

export interface Fleet {
  devices: { total: number; online: number; suspect: number; offline: number; neverSeen: number };
  readingsPerSecond: number;
  valuesPerSecond: number;
  commandsWaiting: number;
  version: string;
  startedAt: string;
}

export interface HubEvent {
  /** Absent on progress and telemetry events. */
  id?: string;
  type: 'presence' | 'command' | 'job' | 'progress' | 'telemetry';
  /** Absent on job events. */
  device?: string;
  at: string;
  /** PresenceState, CommandState, or what happened to a job. */
  state?: string;
  epoch?: number;
  cause?: string;
  /** The command's id, on command and progress events. */
  command?: string;
  /** The command's name; absent where the command is deleted already. */
  name?: string;
  /** On progress events. */
  percent?: number;
  message?: string;
  /** On job events, the job's id and its title where it has one. */
  job?: string;
  title?: string;
  readings?: { metric: string; time: string; value: Value }[];
}

export interface Session {
  user: string;
  role: Role;
  /** After a sign-in with a one-time password: nothing but the choice of another is open. */
  passwordChangeRequired: boolean;
}
