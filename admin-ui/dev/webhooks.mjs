// Webhooks of the fixture: one of each state, and deliveries that stay as they are.
import { randomBytes } from 'node:crypto';
import { iso, started } from './data.mjs';

const secret = () => `whsec_${randomBytes(32).toString('base64')}`;
const id = () => randomBytes(6).toString('hex');

export class Webhooks {
  #all = [];
  #deliveries = new Map();

  constructor(empty) {
    if (empty) return;
    const add = (name, own) => this.#add({ name, url: `https://${name.toLowerCase()}.example.com/mooring`, types: ['command', 'job', 'presence'], devices: [], tags: {}, ...own });
    add('ERP', { types: ['command'], tags: { site: 'north' }, lastDeliveredAt: iso(Date.now() - 4e3), dead: 1 });
    add('Maintenance', { types: ['presence'], devices: ['pump-0', 'fan-1'], failingSince: iso(started - 72e5), pending: 14, dead: 3, lastDeliveredAt: iso(started - 73e5) });
    add('Archive', { enabled: false, disabledBecause: 'gone', dead: 1 });
  }

  #add(webhook) {
    const made = { id: id(), enabled: true, createdAt: iso(started - 9e8), pending: 0, dead: 0, ...webhook };
    this.#all.push(made);
    const states = ['succeeded', 'succeeded', ...Array(made.pending).fill('pending'), ...Array(made.dead).fill('dead')];
    this.#deliveries.set(
      made.id,
      made.lastDeliveredAt || made.dead > 0 ? states.map((state, i) => delivery(state, states.length - i)) : [],
    );
    return made;
  }

  /** What is answered; undefined: there is no such webhook. */
  answer(method, [, which, what, one], url, body) {
    if (which === undefined && method === 'GET') return [200, { items: this.#all }];
    if (which === undefined) return [201, { ...this.#add({ ...body, createdAt: iso(Date.now()) }), secret: secret() }];
    const webhook = this.#all.find((w) => w.id === which);
    if (!webhook) return undefined;
    const rows = this.#deliveries.get(which);
    if (what === 'test') return [200, webhook.failingSince ? { delivered: false, status: 503, answer: 'down for maintenance' } : { delivered: true, status: 204 }];
    if (what === 'rotate-secret') return [200, { ...Object.assign(webhook, { previousSecretUntil: iso(Date.now() + 864e5) }), secret: secret() }];
    if (what === 'deliveries' && one === undefined) {
      const state = url.searchParams.get('state');
      return [200, { items: rows.filter((d) => !state || d.state === state) }];
    }
    if (what === 'deliveries' || what === 'replay') {
      const again = rows.filter((d) => (one ? d.id === one : d.state === 'dead'));
      for (const d of again) Object.assign(d, { state: 'succeeded', attempts: 1, status: 204, endedAt: iso(Date.now()), answer: undefined });
      webhook.dead = rows.filter((d) => d.state === 'dead').length;
      return [202, { deliveries: again.length }];
    }
    if (method === 'DELETE') return ((this.#all = this.#all.filter((w) => w !== webhook)), [204]);
    if (method === 'PATCH') Object.assign(webhook, body, body.enabled === false ? { disabledBecause: 'operator' } : { disabledBecause: undefined });
    return [200, webhook];
  }
}

function delivery(state, i) {
  const at = iso(started - 1e6 + i * 6e4);
  const event = { id: String(4700 + i), type: 'presence', device: `pump-${i * 5}`, at, state: i % 2 ? 'offline' : 'online', epoch: i, cause: 'connected' };
  const row = { id: event.id, state, device: event.device, createdAt: at, event };
  if (state === 'succeeded') return { ...row, attempts: 1, status: 204, endedAt: at };
  if (state === 'dead') return { ...row, attempts: 11, status: 500, answer: 'column "site" does not exist', endedAt: at };
  return { ...row, attempts: i % 4, ...(i % 4 > 0 && { status: 503, answer: 'down for maintenance' }), nextAttemptAt: iso(Date.now() + i * 9e4) };
}
