import { call, callVersioned } from './http';
import { ifMatch, make, url } from './hub';
import type { HubEvent, Page } from './types';

export type WebhookType = 'presence' | 'command' | 'job';

export interface Webhook {
  id: string;
  name: string;
  /** For those who may not change it only as far as its host. */
  url: string;
  types: WebhookType[];
  devices: string[];
  tags: Record<string, string>;
  enabled: boolean;
  disabledBecause?: 'operator' | 'gone' | 'failing';
  createdAt: string;
  failingSince?: string;
  /** Until then the former secret signs too. */
  previousSecretUntil?: string;
  /** Deliveries that have not ended, and dead letters. */
  pending: number;
  dead: number;
  lastDeliveredAt?: string;
}

export interface IssuedWebhook extends Webhook {
  /** Shown once. */
  secret: string;
}

export interface NewWebhook {
  name: string;
  url: string;
  types: WebhookType[];
  devices: string[];
  tags: Record<string, string>;
}

export type WebhookChange = Partial<NewWebhook> & { enabled?: boolean };

export interface WebhookTest {
  delivered: boolean;
  /** Absent: no answer came. */
  status?: number;
  answer?: string;
}

export type DeliveryState = 'pending' | 'succeeded' | 'dead';

export interface Delivery {
  id: string;
  state: DeliveryState;
  device?: string;
  attempts: number;
  createdAt: string;
  nextAttemptAt?: string;
  endedAt?: string;
  /** What the last attempt was answered. */
  status?: number;
  answer?: string;
  event: HubEvent;
}

const of = (id: string) => `/webhooks/${encodeURIComponent(id)}`;

export const listWebhooks = (signal: AbortSignal) => call<{ items: Webhook[] }>(url('/webhooks'), { signal });
export const createWebhook = (webhook: NewWebhook, idempotencyKey: string) => make<IssuedWebhook>('/webhooks', webhook, idempotencyKey);
export const getWebhook = (id: string, signal: AbortSignal) => callVersioned<Webhook>(url(of(id)), { signal });
/** Without a tag only `enabled` may change: to turn one off must not fail because somebody has edited it meanwhile. */
export const changeWebhook = (id: string, change: WebhookChange, tag?: string) =>
  callVersioned<Webhook>(url(of(id)), { method: 'PATCH', body: change, ...ifMatch(tag) });
export const deleteWebhook = (id: string, tag: string | undefined) => call<void>(url(of(id)), { method: 'DELETE', ...ifMatch(tag) });
export const rotateSecret = (id: string, overlap: string, idempotencyKey: string) =>
  make<IssuedWebhook>(`${of(id)}/rotate-secret`, { overlap }, idempotencyKey);
export const testWebhook = (id: string) => call<WebhookTest>(url(`${of(id)}/test`), { method: 'POST' });

export const listDeliveries = (
  id: string,
  state: DeliveryState | '',
  limit: number,
  cursor: string | undefined,
  signal: AbortSignal,
) => call<Page<Delivery>>(url(`${of(id)}/deliveries`, { limit, cursor, state }), { signal });
export const replayDelivery = (id: string, delivery: string) =>
  call<{ deliveries: number }>(url(`${of(id)}/deliveries/${encodeURIComponent(delivery)}/replay`), { method: 'POST' });
export const replayDead = (id: string) => call<{ deliveries: number }>(url(`${of(id)}/replay`), { method: 'POST' });
