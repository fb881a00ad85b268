// Plays the hub's API with made-up data, to look at pages without a hub: `npm run dev`, any user, password "mooring".
// `--empty` starts without devices, `--port N` changes the port (8123); the built page is served too, under the hub's CSP.
import { createServer } from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { iso, KINDS, makeDevice, METRICS, noise, started, STATES } from './data.mjs';

const args = process.argv.slice(2);
const port = args.includes('--port') ? Number(args[args.indexOf('--port') + 1]) : 8123;
const web = fileURLToPath(new URL('../target/classes/web/', import.meta.url));
const devices = new Map();
const tokens = new Map();
const commands = new Map();
const sessions = new Map();
const streams = new Set();
let keys = [];
let nextEvent = 1;

function addDevice(id, i, state) {
  devices.set(id, makeDevice(id, i, state));
  const at = iso(started - 864e5);
  tokens.set(id, [{ id: randomBytes(4).toString('hex'), name: 'factory', createdAt: at, notBefore: at }]);
  commands.set(id, []);
}

if (!args.includes('--empty')) {
  for (let i = 0; i < 137; i++) addDevice(`${KINDS[i % 5]}-${i}`, i, STATES[i % STATES.length]);
  for (const name of ['set-interval', 'ping', 'top-processes', 'reboot'])
    advance(newCommand('pump-0', { name, payload: { seconds: 5 } }), false);
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
  if (event.type !== 'telemetry') data.id = String(nextEvent++);
  for (const s of streams) {
    if (!s.types.includes(event.type) || (s.devices.length > 0 && !s.devices.includes(event.device))) continue;
    if (event.type === 'telemetry' && s.devices.length === 0) continue;
    s.response.write(`${data.id ? `id: ${data.id}\n` : ''}event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function newCommand(device, body) {
  const at = iso(Date.now());
  const command = { id: randomUUID(), device, name: body.name, state: 'queued', attempts: 0, createdAt: at, changedAt: at };
  Object.assign(command, { expiresAt: iso(Date.now() + 3_600_000), why: 'It waits for its turn.', history: [] });
  if (body.payload !== undefined) command.payload = body.payload;
  commands.get(device).unshift(command);
  move(command, 'queued', 'accepted by the API');
  return command;
}

function move(command, state, cause) {
  Object.assign(command, { state, changedAt: iso(Date.now()), why: `${cause[0].toUpperCase()}${cause.slice(1)}.` });
  if (state === 'sent') command.attempts++;
  command.history.push({ state, at: command.changedAt, node: 'hub-1', epoch: 4, cause });
  emit({ type: 'command', device: command.device, command: command.id, name: command.name, state, cause, at: command.changedAt });
}

function advance(command, slowly = true) {
  const end = command.name.startsWith('reboot') ? 'failed' : 'succeeded';
  const steps = [
    ['sent', 'written to session 4'],
    ['received', 'the device has it'],
    [end, 'answered by the device'],
  ];
  const step = ([state, cause]) => {
    if (state === end)
      command.result = { contentType: 'application/json', payload: { ok: end === 'succeeded', seconds: 5 }, message: 'done' };
    move(command, state, cause);
  };
  if (!slowly) steps.forEach(step);
  else if (devices.get(command.device).presence.state === 'online') steps.forEach((s, i) => setTimeout(step, 900 * (i + 1), s));
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

function listDevices(url) {
  const q = (url.searchParams.get('q') ?? '').toLowerCase();
  const state = url.searchParams.get('state');
  const tags = url.searchParams.getAll('tag').map((t) => [t.slice(0, t.indexOf('=')), t.slice(t.indexOf('=') + 1)]);
  const fits = (d) =>
    (d.id + d.name).toLowerCase().includes(q) &&
    (!state || d.presence.state === state) &&
    tags.every(([k, v]) => d.tags[k] === v);
  return page(
    [...devices.values()].filter(fits).sort((a, b) => (a.id < b.id ? -1 : 1)),
    url,
  );
}

function series(device, url) {
  const metric = url.searchParams.get('metric');
  const width = { PT5S: 5e3, PT15S: 15e3, PT90S: 90e3, PT5M: 300e3, PT30M: 1800e3 }[url.searchParams.get('bucket')];
  const items = [];
  for (let t = Date.parse(url.searchParams.get('from')); t < Date.now(); t += width) {
    if (Math.floor(t / 3e6) % 5 === 2) continue; // The device was away.
    const avg = METRICS[metric](t);
    const spread = Math.abs(avg) * 0.04 * (1 + noise(t));
    items.push({ time: iso(t), avg, min: avg - spread, max: avg + spread, count: 5 });
  }
  return { device, metric, bucket: url.searchParams.get('bucket'), items };
}

function fleet() {
  const of = (s) => [...devices.values()].filter((d) => d.presence.state === s).length;
  const live = of('online') * (1 + 0.1 * noise(Date.now()));
  const waiting = [...commands.values()].flat().filter((c) => ['queued', 'sent', 'received'].includes(c.state)).length;
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
    commandsWaiting: waiting,
    version: '0.1.0',
    startedAt: iso(started),
  };
}

function latest(d) {
  const metrics = d.presence.state === 'never-seen' ? {} : METRICS;
  const entry = ([metric, f]) => ({
    metric,
    type: 'number',
    time: iso(Date.now()),
    receivedAt: iso(Date.now()),
    value: f(Date.now()),
  });
  const version = { metric: 'firmware.version', type: 'text', time: iso(started), receivedAt: iso(started), value: '2.14.1-rc3' };
  const found = Object.entries(metrics).map(entry);
  return { device: d.id, metrics: found.length > 0 ? [...found, version] : [] };
}

function onDevice(method, parts, url, body) {
  const d = devices.get(parts[1]);
  if (!d) throw new Refusal(404, 'There is no such device', `No device has the id ${parts[1]}.`);
  const [, , what, id] = parts;
  if (what === undefined) return [200, d];
  if (what === 'telemetry') return [200, id === 'latest' ? latest(d) : series(d.id, url)];
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
  if (method === 'POST') {
    const command = newCommand(d.id, body);
    advance(command);
    return [202, command];
  }
  return [
    200,
    id
      ? commands.get(d.id).find((c) => c.id === id)
      : page(
          commands.get(d.id).map(({ history, ...c }) => c),
          url,
        ),
  ];
}

function answer(method, parts, url, body) {
  if (parts[0] === 'fleet') return [200, fleet()];
  if (parts[0] === 'keys') {
    if (method === 'GET') return [200, { items: keys }];
    if (method === 'DELETE') return ((keys.find((k) => k.id === parts[1]).revokedAt = iso(Date.now())), [204]);
    const key = { id: randomBytes(3).toString('hex'), createdAt: iso(Date.now()), ...body };
    keys.push(key);
    return [201, { ...key, key: `mrk_${key.id}_${randomBytes(32).toString('base64url')}` }];
  }
  if (parts[0] !== 'devices') throw new Refusal(404, 'There is no such resource', 'See /api/openapi.yaml for what there is.');
  if (parts.length > 1) return onDevice(method, parts, url, body);
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
    const types = (url.searchParams.get('type') ?? 'presence,command').split(',');
    const stream = { response, types, devices: url.searchParams.getAll('device') };
    streams.add(stream);
    response.on('close', () => streams.delete(stream));
    return undefined;
  }
  return answer(request.method, parts, url, body);
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
      .writeHead(result[0], { 'Content-Type': 'application/json' })
      .end(result[1] === undefined ? undefined : JSON.stringify(result[1]));
  } catch (e) {
    const problem = e.problem ?? { type: 'about:blank', status: 500, title: 'The fixture failed', detail: String(e) };
    response.writeHead(problem.status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(problem));
  }
}).listen(port, '127.0.0.1', () => console.log(`Fixture on http://127.0.0.1:${port}`));
