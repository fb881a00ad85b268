// A small device written from PROTOCOL.md alone. It opens one session, sends telemetry, waits until all of it is
// acknowledged, answers commands (`ping` succeeds, others are rejected) and leaves.
//
//   node install.mjs                              # once: its libraries
//   MOORING_TOKEN=mrd_… node device.mjs --url ws://127.0.0.1:7070/device [--batches 3] [--readings 10] [--commands 0]
//                                       [--timeout 30]
//
// It prints one JSON object a line, `event` first. It ends when every batch and `--commands` results are
// acknowledged. Exit code: 0 done · 1 not done within --timeout seconds · 2 wrong use · 3 handshake refused
// · 4 session ended early. It never reconnects: that is what the tests look at.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import WebSocket from 'ws';
import { commandReceived, commandResult, heartbeat, hello, hubFrame, layout, telemetry } from './wire.mjs';

const PROTOCOL = 'mooring.device.v1';
const LAYOUT = {
  id: 1,
  metrics: [
    { name: 'temperature', type: 'number' },
    { name: 'pressure', type: 'number' },
    { name: 'count', type: 'integer' },
    { name: 'on', type: 'boolean' },
    { name: 'note', type: 'text' },
    { name: 'raw', type: 'bytes' },
  ],
};

const say = (event, details = {}) => console.log(JSON.stringify({ event, ...details }));
const nowUs = () => BigInt(Date.now()) * 1000n;
const sinceUs = (start) => (process.hrtime.bigint() - start) / 1000n;

function wrongUse(message) {
  say('wrong-use', { message });
  process.exit(2);
}

function options() {
  const text = (value) => ({ type: 'string', default: value });
  let given;
  try {
    given = parseArgs({
      options: { url: text(''), batches: text('3'), readings: text('10'), commands: text('0'), timeout: text('30') },
    }).values;
  } catch (error) {
    wrongUse(error.message);
  }
  const { url, ...counts } = given;
  if (!/^wss?:\/\//.test(url)) wrongUse('--url takes ws://host:port/device or wss://host/device');
  for (const [name, value] of Object.entries(counts)) {
    if (!/^\d{1,9}$/.test(value)) wrongUse(`--${name} takes a whole number, not "${value}"`);
    counts[name] = Number(value);
  }
  if (counts.readings === 0) wrongUse('--readings must be 1 or more');
  return { url, ...counts };
}

/** P-08 to P-10. */
function checkedToken() {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const token = process.env.MOORING_TOKEN ?? '';
  if (!/^mrd_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/.test(token)) wrongUse('MOORING_TOKEN is not a device token');
  let checksum = '';
  for (let rest = crc32(token.slice(0, -6)), i = 0; i < 6; i++, rest = Math.floor(rest / 62)) {
    checksum = digits[rest % 62] + checksum;
  }
  if (!token.endsWith(checksum)) wrongUse('MOORING_TOKEN is cut off or mistyped: its checksum is wrong');
  return token;
}

class Device {
  constructor(socket, wanted) {
    this.socket = socket;
    this.wanted = wanted;
    this.nextSeq = 1;
    this.acknowledged = 0;
    this.results = new Map(); // command id in hex -> the frame that answers it
    this.resultsAcknowledged = new Set();
  }

  open() {
    // Nothing outlives this process, so the stream is new each time (P-34); an id is never 0.
    const stream = { id: randomBytes(8).readBigUInt64LE() || 1n, firstSeq: 1, nextSeq: 1 };
    this.socket.send(hello({ agent: 'mooring-peer-js/1', streams: [stream] }));
    say('open', { stream: stream.id.toString(16).padStart(16, '0') });
  }

  receive(frame) {
    this.lastHeard = process.hrtime.bigint();
    switch (frame?.body) {
      case 'welcome': return this.start(frame);
      case 'telemetryAck': return this.acknowledge(frame);
      case 'heartbeatReply': return this.measure(frame);
      case 'command': return this.obey(frame);
      case 'commandResultAck': return this.finish(frame);
      default: return say('ignored'); // P-15
    }
  }

  start(welcome) {
    this.limits = welcome.limits;
    this.seeHubTime(welcome.hubTimeUs);
    say('welcome', {
      epoch: welcome.epoch, heartbeatIntervalMs: welcome.heartbeatIntervalMs, storedSeqs: welcome.storedSeqs,
      limits: welcome.limits,
    });
    this.timer = setInterval(() => this.beat(welcome.heartbeatIntervalMs), welcome.heartbeatIntervalMs);
    this.socket.send(layout(LAYOUT));
    this.beat(welcome.heartbeatIntervalMs);
    this.sendBatches();
  }

  seeHubTime(hubTimeUs) {
    this.hubTimeUs = hubTimeUs;
    this.hubTimeSeen = process.hrtime.bigint();
  }

  beat(intervalMs) {
    if (sinceUs(this.lastHeard) > BigInt(intervalMs) * 2500n) { // P-44
      say('dead-line');
      this.socket.terminate();
      return;
    }
    this.beatSent = process.hrtime.bigint();
    this.socket.send(heartbeat({ timeUs: nowUs(), hubTimeUs: this.hubTimeUs, heldUs: sinceUs(this.hubTimeSeen) }));
  }

  measure({ deviceTimeUs, hubTimeUs }) {
    const roundTripUs = sinceUs(this.beatSent);
    const offsetUs = deviceTimeUs + roundTripUs / 2n - hubTimeUs;
    this.seeHubTime(hubTimeUs);
    say('heartbeat-reply', { roundTripUs: Number(roundTripUs), offsetUs: Number(offsetUs) });
  }

  /** As many batches as the window allows (P-41). */
  sendBatches() {
    const { batches, readings } = this.wanted;
    while (this.nextSeq <= batches && this.nextSeq - 1 - this.acknowledged < this.limits.unacknowledgedBatches) {
      const seq = this.nextSeq++;
      const start = nowUs();
      const rows = Array.from({ length: readings }, (_, i) => ({
        timeUs: start + BigInt(i) * 1000n,
        values: [20 + i / 4, 1013.25 - seq, -seq * 1000 - i, i % 2 === 0, `${seq}/${i} °C`, Buffer.from([seq & 255, i & 255])],
      }));
      this.socket.send(telemetry({ seq, layout: LAYOUT, rows }));
      say('sent', { seq, readings });
    }
    this.leaveIfDone();
  }

  acknowledge({ seq }) {
    this.acknowledged = Math.max(this.acknowledged, seq);
    say('ack', { seq });
    this.sendBatches();
  }

  /** Carried out once; a repeated command gets the stored result (P-49). */
  obey(command) {
    const id = command.id.toString('hex');
    const repeated = this.results.has(id);
    say('command', { id, name: command.name, attempt: command.attempt, payload: command.payload.toString(), repeated });
    if (!repeated) {
      this.socket.send(commandReceived(command.id));
      const answer = command.name === 'ping'
        ? { status: 'succeeded', payload: '{"pong":true}' }
        : { status: 'rejected', message: `unknown command: ${command.name}` };
      this.results.set(id, commandResult({ id: command.id, ...answer }));
    }
    this.socket.send(this.results.get(id));
  }

  finish(ack) {
    const id = ack.id.toString('hex');
    this.resultsAcknowledged.add(id);
    say('result-ack', { id });
    this.leaveIfDone();
  }

  leaveIfDone() {
    const { batches, commands } = this.wanted;
    if (this.acknowledged < batches || this.resultsAcknowledged.size < commands) return;
    if (this.done) return;
    this.done = true;
    this.socket.close(1000);
  }
}

const wanted = options();
const socket = new WebSocket(wanted.url, [PROTOCOL], {
  headers: { Authorization: `Bearer ${checkedToken()}` },
  perMessageDeflate: false,
  followRedirects: false,
  maxPayload: 65536,
});
const device = new Device(socket, wanted);
const deadline = setTimeout(() => {
  say('timeout', { acknowledged: device.acknowledged, results: device.resultsAcknowledged.size });
  process.exitCode = 1;
  socket.terminate();
}, wanted.timeout * 1000);

socket.on('open', () => device.open());
socket.on('message', (data, isBinary) => {
  try {
    if (!isBinary) throw new Error('the hub sent a text message');
    device.receive(hubFrame(data));
  } catch (error) {
    say('bad-frame', { message: error.message, hex: Buffer.from(data).toString('hex') });
    socket.close(1002);
  }
});
socket.on('unexpected-response', (_, response) => {
  let body = '';
  response.on('data', (chunk) => { body += chunk; });
  response.on('end', () => {
    const { 'retry-after': retryAfter, 'sec-websocket-protocol': protocols, 'content-type': type } = response.headers;
    say('refused', { status: response.statusCode, retryAfter, protocols, type, body });
    process.exit(3);
  });
});
socket.on('error', (error) => say('error', { message: error.message }));
socket.on('close', (code, reason) => {
  clearTimeout(deadline);
  clearInterval(device.timer);
  say('closed', { code, reason: reason.toString(), done: device.done === true });
  if (!device.done && !process.exitCode) process.exitCode = 4;
});
