import type { Json, Role } from './types';

export interface User {
  name: string;
  role: Role;
  enabled: boolean;
  createdAt: string;
  lastSignInAt?: string;
  /** The password is a one-time one. */
  passwordChangeRequired: boolean;
  passwordExpiresAt?: string;
}

export interface InvitedUser extends User {
  /** Shown once. */
  oneTimePassword: string;
}

export interface UserChange {
  role?: Role;
  enabled?: boolean;
}

export type Side = { [field: string]: Json };

export interface AuditEntry {
  id: string;
  at: string;
  actor: { kind: 'user' | 'key' | 'system' | 'enrolment'; id: string; name: string };
  /** Absent for what came over no network. */
  address?: string;
  action: string;
  /** The path of the thing below `/api/v1/`. */
  target: string;
  before: Side;
  after: Side;
}

export interface AuditQuery {
  who: string;
  action: string;
  target: string;
  from: string;
  to: string;
}

/** One of the hubs that share the database. */
export interface Node {
  name: string;
  version: string;
  state: 'up' | 'draining' | 'lost';
  startedAt: string;
  sessions: number;
  readingsPerSecond?: number;
  /** Absent where it has the database for itself. */
  renewedAt?: string;
  /** Why it hears nothing of the others. */
  problem?: string;
}

export interface Setting {
  key: string;
  /** A mask for secrets; absent where it is not set. */
  value?: string;
  /** `default`, `file NAME`, `environment NAME`, `option` or `not set`. */
  from: string;
  standard?: string;
  type: string;
  does: string;
}
