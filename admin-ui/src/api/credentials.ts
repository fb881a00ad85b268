import type { Page, PresenceState } from './types';

export type RotationState = 'asked' | 'unable' | 'handed-over' | 'stored' | 'done';

export interface Rotation {
  device: string;
  state: RotationState;
  askedAt: string;
  changedAt: string;
  handOvers: number;
  token?: string;
  presence: PresenceState;
}

export interface RotationPage extends Page<Rotation> {
  counts: Record<RotationState, number>;
}

export interface EnrolmentKey {
  id: string;
  name: string;
  tags: Record<string, string>;
  idPrefix: string;
  maxUses: number;
  uses: number;
  createdAt: string;
  expiresAt?: string;
  revokedAt?: string;
  lastUsedAt?: string;
  lastUsedAddress?: string;
}

export interface NewEnrolmentKey {
  name: string;
  tags: Record<string, string>;
  idPrefix?: string;
  maxUses: number;
  expiresAt?: string;
}

export interface IssuedEnrolmentKey extends EnrolmentKey {
  key: string;
}

/** By which a device may come in, beside its tokens. */
export interface Certificate {
  /** SHA-256 in hex. */
  fingerprint: string;
  name: string;
  createdAt: string;
}
