// The fixture's users, audit log, nodes and settings.
import { randomBytes } from 'node:crypto';
import { iso, started } from './data.mjs';

const DAY = 864e5;
const password = () => randomBytes(18).toString('base64url');

export class Access {
  users = [
    { name: 'admin', role: 'admin', enabled: true, createdAt: iso(started - 90 * DAY), lastSignInAt: iso(Date.now() - 60e3), passwordChangeRequired: false },
    { name: 'eve', role: 'operator', enabled: true, createdAt: iso(started - 40 * DAY), lastSignInAt: iso(started - 2e7), passwordChangeRequired: false },
    { name: 'harbour-office@quay.example', role: 'viewer', enabled: false, createdAt: iso(started - 30 * DAY), passwordChangeRequired: false },
    { name: 'sam', role: 'viewer', enabled: true, createdAt: iso(started), passwordChangeRequired: true, passwordExpiresAt: iso(Date.now() + 5 * DAY) },
  ];
  entries = [];

  constructor(empty) {
    if (empty) return;
    const acts = [
      ['user.change', 'users/eve', { role: 'viewer', enabled: true }, { role: 'operator', enabled: true }],
      ['device.create', 'devices/pump-7', {}, { name: 'pump in hall 1', tags: { site: 'north quay', hall: '1' }, enabled: true }],
      ['command.send', 'devices/pump-7/commands/0198c1f2-7c8e-7d3a-9b00-4b6f6f2d7a11', {}, { name: 'set-interval', ttl: 'PT1H', state: 'queued' }],
      ['token.revoke', 'devices/tide-gauge-14/tokens/4fzN', { name: 'factory' }, { revokedAt: iso(started) }],
      ['session.open', 'users/admin', {}, {}],
      ['key.create', 'keys/k3f9', {}, { name: 'billing', scopes: ['devices:read', 'telemetry:read'], expiresAt: iso(Date.now() + 9e9) }],
      ['enrolment-key.create', 'enrolment-keys/e1', {}, { name: 'line 4', maxUses: 500, idPrefix: 'pump-' }],
    ];
    const who = [
      { kind: 'user', id: 'admin', name: 'admin' },
      { kind: 'key', id: 'k3f9', name: 'billing' },
      { kind: 'system', id: 'command-line', name: 'root' },
      { kind: 'user', id: 'eve', name: 'eve' },
    ];
    for (let i = 0; i < 130; i++) {
      const [action, target, before, after] = acts[i % acts.length];
      const actor = who[i % who.length];
      const address = actor.kind === 'system' ? {} : { address: `10.20.0.${i % 30}` };
      this.entries.push({ id: String(900 - i), at: iso(Date.now() - i * i * 40e3), actor, ...address, action, target, before, after });
    }
  }

  /** What was asked for, or undefined where there is no such thing. */
  answer(method, [kind, name, what], url, body) {
    if (kind === 'audit') return [200, this.#audit(url.searchParams)];
    if (kind === 'nodes') return [200, { items: [{ name: 'quay-1', version: '0.1.0', startedAt: iso(started), sessions: 85 }] }];
    if (kind === 'settings') return [200, { items: SETTINGS }];
    if (name === undefined && method === 'GET') return [200, { items: this.users }];
    if (name === undefined) {
      const made = { ...body, enabled: true, createdAt: iso(Date.now()) };
      this.users.push(made);
      return [201, this.#invite(made)];
    }
    const user = this.users.find((u) => u.name === name);
    if (!user) return undefined;
    if (what === 'reset-password') return [200, this.#invite(user)];
    if (method === 'DELETE') return ((this.users = this.users.filter((u) => u !== user)), [204]);
    return [200, Object.assign(user, method === 'PATCH' ? body : {})];
  }

  #invite(user) {
    Object.assign(user, { passwordChangeRequired: true, passwordExpiresAt: iso(Date.now() + 7 * DAY) });
    return { ...user, oneTimePassword: password() };
  }

  #audit(params) {
    const below = (text, asked, mark) => !asked || text === asked || text.startsWith(asked + mark);
    const fits = (e) =>
      below(e.action, params.get('action'), '.') &&
      below(e.target, params.get('target'), '/') &&
      (!params.get('who') || [e.actor.id, e.actor.name].includes(params.get('who'))) &&
      (!params.get('from') || e.at >= params.get('from')) &&
      (!params.get('to') || e.at < params.get('to'));
    const found = this.entries.filter(fits);
    const start = Number(params.get('cursor') ?? 0);
    const end = start + Number(params.get('limit') ?? 100);
    return { items: found.slice(start, end), ...(end < found.length && { next: String(end) }) };
  }
}

const setting = (key, standard, type, does, value = standard, from = value === undefined ? 'not set' : 'default') => ({ key, value, from, standard, type, does });
const SETTINGS = [
  setting('listen.host', '127.0.0.1', 'IP address or host name', 'Address to listen on. 0.0.0.0 means every network of this machine.', '0.0.0.0', 'environment MOORING_LISTEN_HOST'),
  setting('listen.port', '7070', 'whole number from 0 to 65535', 'TCP port to listen on; 0 takes a free one.'),
  setting('database.url', undefined, 'JDBC URL, jdbc:postgresql://host:port/database', 'Your own PostgreSQL, 15 or newer. Not set: an embedded one under data.dir.', 'jdbc:postgresql://db.quay.example:5432/mooring', 'file /etc/mooring/hub.properties'),
  setting('database.password', undefined, 'text', 'Password for database.url.', '********', 'file /etc/mooring/hub.properties'),
  setting('database.password-file', undefined, 'file', 'File that holds the password for database.url; instead of database.password.'),
  setting('session.heartbeat-interval', '15s', 'duration from 1s to 10m', 'How often a device must send something. Silent for 2.5 intervals, it is offline.'),
  setting('telemetry.retention-days', '0', 'whole number from 0 to 36500 days', 'How long telemetry is kept; 0 keeps it for ever.', '400', 'file /etc/mooring/hub.properties'),
];
