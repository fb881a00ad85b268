// Plays the hub's API with made-up data, to look at pages without a hub: `npm run dev`, any user, password "mooring".
// `--empty` starts without devices, `--devices N` with so many (137), `--port N` changes the port (8123); the built page is served too, under the hub's CSP.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Access } from './access.mjs';
import { Commands } from './commands.mjs';
import { Jobs } from './jobs.mjs';
import { latest, series } from './telemetry.mjs';
import { Webhooks } from './webhooks.mjs';
import { iso, KINDS, makeDevice, METRICS, noise, sessionsOf, started, STATES } from './data.mjs';

const args = process.argv.slice(2);
const numberOf = (name, standard) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : standard);
const port = numberOf('--port', 8123);
const web = fileURLToPath(new URL('../target/classes/web/', import.meta.url));
const devices = new Map();
const tokens = new Map();
const commands = new Commands((event) => emit(event));
const jobs = new Jobs(commands, (event) => emit(event));
const access = new Access(args.includes('--empty'));
const webhooks = new Webhooks(args.includes('--empty'));
const certificates = new Map();
const rotations = new Map();
const sessions = new Map();
const streams = new Set();
let keys = [];
let nextEvent = 1;

function addDevice(id, i, state) {
  devices.set(id, makeDevice(id, i, state));
  const at = iso(started - 864e5);
  tokens.set(id, [{ id: randomBytes(4).toString('hex'), name: 'factory', createdAt: at, notBefore: at }]);
}

if (!args.includes('--empty')) {
  for (let i = 0; i < numberOf('--devices', 137); i++) addDevice(`${KINDS[i % 5]}-${i}`, i, STATES[i % STATES.length]);
  commands.fill([...devices.values()]);
  jobs.fill([...devices.values()]);
  keys = [
    {
      id: 'k3f9',
      name: 'billing',
      scopes: ['devices:read', 'telemetry:read'],
      createdAt: iso(started - 9e8),
      expiresAt: iso(Date.now() + 9e9),
    },
    { id: 'a71c', name: 'old exporter', scopes: ['admin'], createdAt: iso(started - 9e9), revokedAt: iso(started) },
  ];
}

function emit(event) {
  const data = { at: iso(Date.now()), ...event };
  if (event.type !== 'telemetry' && event.type !== 'progress') data.id = String(nextEvent++);
  for (const s of streams) {
    if (!s.types.includes(event.type) || (s.devices.length > 0 && !s.devices.includes(event.device))) continue;
    if (event.type === 'telemetry' && s.devices.length === 0) continue;
    s.response.write(`${data.id ? `id: ${data.id}\n` : ''}event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

setInterval(() => {
  const all = [...devices.values()];
  const readings = Object.entries(METRICS).map(([metric, f]) => ({ metric, time: iso(Date.now()), value: f(Date.now()) }));
  for (const d of all) {
    if (d.presence.state !== 'online') continue;
    d.presence.lastSeenAt = iso(Date.now());
    emit({ type: 'telemetry', device: d.id, readings });
  }
}, 1_000);
setInterval(() => {
  const all = [...devices.values()].filter((d) => d.presence.state !== 'never-seen' && d.id !== 'pump-0');
  const d = all[Math.floor(Math.random() * all.length)];
  if (!d) return;
  const state = d.presence.state === 'online' ? 'suspect' : d.presence.state === 'suspect' ? 'offline' : 'online';
  if (state === 'online') d.presence.epoch++;
  Object.assign(d.presence, { state, since: iso(Date.now()) });
  const cause = { online: 'connected', suspect: 'no heartbeat for 30 s', offline: 'no heartbeat for 90 s' }[state];
  emit({ type: 'presence', device: d.id, state, epoch: d.presence.epoch, cause });
}, 2_500);

class Refusal extends Error {
  constructor(status, title, detail, errors) {
    super(title);
    this.problem = { type: 'about:blank', status, title, detail, errors };
  }
}

function page(items, url) {
  const limit = Number(url.searchParams.get('limit') ?? 100);
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const next = start + limit < items.length ? { next: String(start + limit) } : {};
  return { items: items.slice(start, start + limit), ...next };
}

const SORTED_BY = {
  id: (d) => d.id,
  name: (d) => d.name.toLowerCase(),
  'last-seen': (d) => (d.presence.state === 'online' ? '9' : (d.presence.lastSeenAt ?? '')),
  state: (d) => ['online', 'suspect', 'offline', 'never-seen'].indexOf(d.presence.state),
};

/** The version of a device, as `ETag` and `If-Match` have it. */
const tagOf = (d) => `"${d.version ?? 0}"`;

function changeDevice(d, body, match) {
  if (match && match !== tagOf(d)) throw new Refusal(412, 'The device has been changed meanwhile', 'Read it again, and repeat the change.');
  Object.assign(d, body, { version: (d.version ?? 0) + 1 });
  return [200, d];
}

function onRotations(method, parts, url, body) {
  const device = url.searchParams.get('device');
  if (method === 'GET') {
    const items = [...rotations.values()].filter((r) => !device || r.device === device);
    return [200, { items, counts: { asked: items.length, unable: 0, 'handed-over': 0, stored: 0, done: 0 } }];
  }
  const ids = body.devices ?? [];
  const at = iso(Date.now());
  for (const id of ids) {
    if (parts[1] === 'cancel') rotations.delete(id);
    else rotations.set(id, { device: id, state: 'asked', askedAt: at, changedAt: at, handOvers: 0, presence: devices.get(id).presence.state });
  }
  return [202, { devices: ids.length }];
}

function listDevices(url) {
  const q = (url.searchParams.get('q') ?? '').toLowerCase();
  const state = url.searchParams.get('state');
  const enabled = url.searchParams.get('enabled');
  const tags = url.searchParams.getAll('tag').map((t) => [t.slice(0, t.indexOf('=')), t.slice(t.indexOf('=') + 1)]);
  const fits = (d) =>
    (d.id + d.name).toLowerCase().includes(q) &&
    (!state || d.presence.state === state) &&
    (!enabled || String(d.enabled) === enabled) &&
    tags.every(([k, v]) => d.tags[k] === v);
  const sort = url.searchParams.get('sort') ?? 'id';
  const by = SORTED_BY[sort.replace(/^-/, '')] ?? SORTED_BY.id;
  const sign = sort.startsWith('-') ? -1 : 1;
  return page(
    [...devices.values()].filter(fits).sort((a, b) => sign * (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : a.id < b.id ? -1 : 1)),
    url,
  );
}

function fleet() {
  const of = (s) => [...devices.values()].filter((d) => d.presence.state === s).length;
  const live = of('online') * (1 + 0.1 * noise(Date.now()));
  const counts = {
    total: devices.size,
    online: of('online'),
    suspect: of('suspect'),
    offline: of('offline'),
    neverSeen: of('never-seen'),
  };
  return {
    devices: counts,
    readingsPerSecond: live,
    valuesPerSecond: live * 7,
    commandsWaiting: commands.waiting(),
    version: '0.1.0',
    startedAt: iso(started),
  };
}

function onDevice(method, parts, url, body, match) {
  const d = devices.get(parts[1]);
  if (!d) throw new Refusal(404, 'There is no such device', `No device has the id ${parts[1]}.`);
  const [, , what, id, action] = parts;
  if (what === undefined && method === 'PATCH') return changeDevice(d, body, match);
  if (what === undefined && method === 'DELETE') return (devices.delete(d.id), [204]);
  if (what === undefined) return [200, d];
  if (id === 'export') return [200, 'time'];
  if (what === 'telemetry') return [200, id === 'latest' ? latest(d) : series(d.id, url)];
  if (what === 'certificates') {
    if (method === 'GET') return [200, { items: certificates.get(d.id) ?? [] }];
    certificates.set(d.id, method === 'POST' ? [{ name: 'certificate', createdAt: iso(Date.now()), ...body }] : []);
    return method === 'POST' ? [201, certificates.get(d.id)[0]] : [204];
  }
  if (what === 'sessions') return [200, page(sessionsOf(d), url)];
  if (what === 'tokens') {
    const list = tokens.get(d.id);
    if (method === 'GET') return [200, { items: list }];
    if (method === 'DELETE') return ((list.find((t) => t.id === id).revokedAt = iso(Date.now())), [204]);
    const token = {
      id: randomBytes(4).toString('hex'),
      name: 'token',
      createdAt: iso(Date.now()),
      notBefore: iso(Date.now()),
      ...body,
    };
    list.push(token);
    return [201, { ...token, token: `mrd_${token.id}_${randomBytes(32).toString('base64url')}` }];
  }
  if (id === undefined) {
    if (method === 'POST') return [202, commands.add(d, body)];
    url.searchParams.set('device', d.id);
    return [200, page(commands.list(url.searchParams), url)];
  }
  const command = commands.one(d.id, id);
  if (!command) throw new Refusal(404, 'There is no such resource', `No command of ${d.id} has this id.`);
  if (action === 'retry') return [202, commands.retry(d, command)];
  if (action === 'cancel' && !commands.cancel(command)) {
    throw new Refusal(409, 'The device has the command', `It is ${command.state}; wait for its answer.`);
  }
  return [200, command];
}

function onJob(method, [, id, what], url, body) {
  const state = url.searchParams.get('state');
  if (id === undefined && method === 'GET') {
    return [
      200,
      page(
        jobs.all.filter((j) => !state || j.state === state).map((j) => jobs.view(j)),
        url,
      ),
    ];
  }
  if (id === undefined) {
    const made = jobs.add(body, [...devices.values()]);
    if (made) return [201, made];
    throw new Refusal(400, 'The request is not valid', 'See errors.', [
      { pointer: body.target.tags ? '/target/tags' : '/target/devices/0', detail: 'No device fits.' },
    ]);
  }
  const job = jobs.all.find((j) => j.id === id);
  if (!job) throw new Refusal(404, 'There is no such resource', `No job has the id ${id}.`);
  if (what === 'devices') return [200, page(jobs.devices(job, state), url)];
  if (method === 'POST' && !jobs.act(job, what)) throw new Refusal(409, 'The job has ended', `It is ${job.state}.`);
  return [200, jobs.view(job)];
}

function answer(method, parts, url, body, match) {
  if (parts[0] === 'fleet') return [200, fleet()];
  if (['users', 'audit', 'nodes', 'settings'].includes(parts[0])) {
    const said = access.answer(method, parts, url, body);
    if (said) return said;
    throw new Refusal(404, 'There is no such resource', 'No user has this name.');
  }
  if (parts[0] === 'webhooks') {
    const said = webhooks.answer(method, parts, url, body);
    if (said) return said;
    throw new Refusal(404, 'There is no such resource', 'There is no webhook of this id.');
  }
  if (parts[0] === 'keys') {
    if (method === 'GET') return [200, { items: keys }];
    if (method === 'DELETE') return ((keys.find((k) => k.id === parts[1]).revokedAt = iso(Date.now())), [204]);
    const key = { id: randomBytes(3).toString('hex'), createdAt: iso(Date.now()), ...body };
    keys.push(key);
    return [201, { ...key, key: `mrk_${key.id}_${randomBytes(32).toString('base64url')}` }];
  }
  if (parts[0] === 'rotations') return onRotations(method, parts, url, body);
  if (parts[0] === 'jobs') return onJob(method, parts, url, body);
  if (parts[0] === 'commands') {
    const device = url.searchParams.get('device');
    if (device && !devices.has(device)) throw new Refusal(404, 'There is no such resource', `No device has the id ${device}.`);
    return [200, page(commands.list(url.searchParams), url)];
  }
  if (parts[0] !== 'devices') throw new Refusal(404, 'There is no such resource', 'See /api/openapi.yaml for what there is.');
  if (parts.length > 1) return onDevice(method, parts, url, body, match);
  if (method === 'GET') return [200, listDevices(url)];
  if (devices.has(body.id)) {
    throw new Refusal(409, 'The device is already there', 'Choose another id.', [
      { pointer: '/id', detail: `${body.id} is taken.` },
    ]);
  }
  addDevice(body.id, 1, 'never-seen');
  Object.assign(devices.get(body.id), { name: body.name ?? body.id, tags: body.tags ?? {}, createdAt: iso(Date.now()) });
  return [201, devices.get(body.id)];
}

async function api(request, response, url) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : {};
  const parts = url.pathname.split('/').slice(3).map(decodeURIComponent);
  const cookie = /mooring_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  if (parts[0] === 'session' && request.method === 'POST') {
    if (body.password !== 'mooring') throw new Refusal(401, 'User or password is wrong', 'Check both and try again.');
    const session = randomBytes(8).toString('hex');
    sessions.set(session, { user: body.user, role: body.user === 'viewer' ? 'viewer' : 'admin', passwordChangeRequired: false });
    response.setHeader('Set-Cookie', `mooring_session=${session}; Path=/; HttpOnly; SameSite=Strict`);
    return [200, sessions.get(session)];
  }
  if (!sessions.has(cookie)) throw new Refusal(401, 'Nobody is signed in', 'Sign in first.');
  if (parts[0] === 'session') return request.method === 'GET' ? [200, sessions.get(cookie)] : (sessions.delete(cookie), [204]);
  if (parts[0] === 'events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).flushHeaders();
    const types = (url.searchParams.get('type') ?? 'presence,command,job').split(',');
    const stream = { response, types, devices: url.searchParams.getAll('device') };
    streams.add(stream);
    response.on('close', () => streams.delete(stream));
    return undefined;
  }
  return answer(request.method, parts, url, body, request.headers['if-match']);
}

const MEDIA = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

async function file(response, url) {
  const name = extname(url.pathname) ? normalize(url.pathname) : '/index.html';
  const headers = {
    'Content-Type': MEDIA[extname(name)] ?? 'application/octet-stream',
    'Content-Security-Policy': "default-src 'self'",
  };
  const bytes = await readFile(join(web, name)).catch(() => undefined);
  if (bytes) response.writeHead(200, headers).end(bytes);
  else response.writeHead(404).end();
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith('/api/')) return file(response, url);
  try {
    const result = await api(request, response, url);
    if (!result) return;
    response
      .writeHead(result[0], { 'Content-Type': 'application/json', ...(result[1]?.presence && { ETag: tagOf(result[1]) }) })
      .end(result[1] === undefined ? undefined : JSON.stringify(result[1]));
  } catch (e) {
    const problem = e.problem ?? { type: 'about:blank', status: 500, title: 'The fixture failed', detail: String(e) };
    response.writeHead(problem.status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(problem));
  }
}).listen(port, '127.0.0.1', () => console.log(`Fixture on http://127.0.0.1:${port}`));
