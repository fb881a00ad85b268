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
}

export interface NewToken {
  name?: string;
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
}

export interface Command {
  id: string;
  device: string;
  name: string;
  payload?: Json;
  state: CommandState;
  why: string;
  attempts: number;
  createdAt: string;
  changedAt: string;
  expiresAt: string;
  result?: CommandResult;
  transitions?: Transition[];
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
  /** Absent on telemetry events. */
  id?: string;
  type: 'presence' | 'command' | 'telemetry';
  device: string;
  at: string;
  /** PresenceState or CommandState. */
  state?: string;
  epoch?: number;
  cause?: string;
  /** The command's id, on command events. */
  command?: string;
  /** The command's name; absent where the command is deleted already. */
  name?: string;
  readings?: { metric: string; time: string; value: Value }[];
}

export interface Session {
  user: string;
  role: Role;
  /** After a sign-in with a one-time password: nothing but the choice of another is open. */
  passwordChangeRequired: boolean;
}
