import type { Delivery, DeliveryState, NewWebhook, Webhook, WebhookChange, WebhookTest, WebhookType } from '../api/webhooks';
import { LINES, parseTags, tagLines } from './tags';

export type WebhookState = 'working' | 'failing' | 'disabled';

export const TYPES: readonly { type: WebhookType; means: string }[] = [
  { type: 'presence', means: 'devices come and go' },
  { type: 'command', means: 'commands are accepted, sent, answered' },
  { type: 'job', means: 'jobs begin, pause and end' },
];

export const DELIVERY_STATES: readonly { state: DeliveryState; label: string }[] = [
  { state: 'pending', label: 'waiting' },
  { state: 'succeeded', label: 'delivered' },
  { state: 'dead', label: 'dead letters' },
];
export const isDeliveryState = (state: string | null): state is DeliveryState => DELIVERY_STATES.some((s) => s.state === state);

export function stateOf({ enabled, failingSince }: Webhook): WebhookState {
  if (!enabled) return 'disabled';
  return failingSince === undefined ? 'working' : 'failing';
}

/** What its state means, and what to do about it. Moments stand in it as the hub writes them. */
export function whyOf(webhook: Webhook): string {
  const goesOn = 'Enabled again, it goes on with the event at which it was disabled.';
  if (!webhook.enabled) {
    if (webhook.disabledBecause === 'gone') return `Disabled, as the endpoint answered 410: it wants no more. ${goesOn}`;
    if (webhook.disabledBecause === 'failing') return `Disabled, as nothing could be delivered for days. Mend the endpoint first. ${goesOn}`;
    return `Disabled by hand: nothing is sent. ${goesOn}`;
  }
  if (webhook.failingSince !== undefined) {
    return `Failing since ${webhook.failingSince}: what is not delivered is tried again for a day, more and more seldom.`;
  }
  return webhook.pending > 0 ? 'Working, with events under way.' : 'Working: each event is sent as it happens.';
}

/** What came of a test, in a sentence. */
export function testResult({ delivered, status, answer }: WebhookTest): string {
  const said = answer === undefined ? '' : ` “${answer}”`;
  if (delivered) return `The test was delivered, and answered ${status}.`;
  return status === undefined ? `The test was not delivered. ${answer ?? 'No answer came.'}` : `The test was refused with ${status}.${said}`;
}

/** What happened, in as few words as a list has room for. */
export function gistOf({ event }: Delivery): string {
  const what = event.name ?? event.title ?? (event.type === 'presence' ? '' : event.type);
  return [what, event.state].filter((part) => part !== undefined && part !== '').join(' ');
}

/** What the form holds, as typed. */
export interface Draft {
  name: string;
  url: string;
  types: readonly WebhookType[];
  devices: string;
  tags: string;
}

export const EMPTY: Draft = { name: '', url: 'https://', types: TYPES.map((t) => t.type), devices: '', tags: '' };

export const draftOf = (webhook: Webhook): Draft => ({
  name: webhook.name,
  url: webhook.url,
  types: webhook.types,
  devices: webhook.devices.join(', '),
  tags: tagLines(webhook.tags),
});

/** The draft as the hub takes it, or what is wrong with its tags. */
export function wanted(draft: Draft): { webhook: NewWebhook } | { error: string } {
  const parsed = parseTags(draft.tags, LINES);
  if ('error' in parsed) return parsed;
  return {
    webhook: {
      name: draft.name.trim(),
      url: draft.url.trim(),
      // In the hub's order, so that `changeOf` finds no difference where there is none.
      types: [...draft.types].sort(),
      devices: draft.devices.split(/[\s,]+/).filter((id) => id !== ''),
      tags: parsed.tags,
    },
  };
}

/** Only what differs: what another admin changed meanwhile stays. */
export function changeOf(before: NewWebhook, after: NewWebhook): WebhookChange {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return Object.fromEntries(
    Object.entries(after).filter(([field, value]) => !same(value, before[field as keyof NewWebhook])),
  );
}
