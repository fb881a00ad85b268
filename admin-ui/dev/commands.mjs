// The commands of the fixture's devices: they go their way by themselves, some slowly, some to a bad end.
import { randomUUID } from 'node:crypto';
import { iso, started } from './data.mjs';

const NAMES = ['set-interval', 'ping', 'top-processes', 'update-firmware', 'read-log', 'reboot', 'calibrate'];
const OPEN = ['queued', 'sent', 'received'];
const ENDS = {
  succeeded: ['answered by the device', 'Answered by the device after 412 ms.'],
  failed: [
    'answered by the device: the valve did not close',
    'Failed by the device: the valve did not close. By the device, it may go well another time.',
  ],
  rejected: ['the device does not know it', 'Rejected by the device: it does not know this command.'],
  expired: ['its time was up', 'Expired before the device connected.'],
  cancelled: ['cancelled by ann', 'Cancelled before it was sent.'],
  undeliverable: ['sent 5 times without an answer', 'Given up: sent 5 times, as often as allowed, without an answer.'],
};

/** Version 7, so that a later command has the greater id. */
let count = 0;
const idAt = (ms) => {
  const time = Math.floor(ms).toString(16).padStart(12, '0');
  const tail = (count++).toString(16).padStart(4, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(-3)}-8000-${randomUUID().slice(24)}`;
};

export class Commands {
  all = [];
  #emit;

  constructor(emit) {
    this.#emit = emit;
  }

  /** A past of some hours, one of them still under way. */
  fill(devices) {
    const ends = ['succeeded', 'succeeded', 'succeeded', 'failed', 'succeeded', 'succeeded', 'expired', 'succeeded', 'cancelled'];
    for (let i = 180; i >= 0; i--) {
      const device = devices[(i * 7) % devices.length];
      const end = i % 53 === 50 ? 'undeliverable' : i % 41 === 40 ? 'rejected' : ends[i % ends.length];
      this.#past(device, NAMES[(i * 5) % NAMES.length], started + (180 - i) * 58_000, end);
    }
    const slow = this.#past(devices[0], 'update-firmware', Date.now() - 95_000, 'received');
    this.#advance(slow, 44);
  }

  #past(device, name, at, end) {
    const command = this.add(device, { name, payload: { seconds: 5, channel: 'stable' } }, { at });
    const way = end === 'expired' || end === 'cancelled' ? [end] : ['sent', 'received', end];
    if (end === 'undeliverable') way.splice(1, 1, 'queued', 'sent', 'queued', 'sent', 'received');
    way.forEach((state, i) => state !== command.state && this.#move(command, state, undefined, at + (i + 1) * 137 + i * i * 900));
    return command;
  }

  add(device, body, more = {}) {
    const { at = Date.now(), ...rest } = more;
    const times = { createdAt: iso(at), changedAt: iso(at), expiresAt: iso(at + 3_600_000) };
    const command = { id: idAt(at), device: device.id, name: body.name, state: 'queued', attempts: 0, ...times, ...rest };
    Object.assign(command, { contentType: 'application/json', why: '', transitions: [] });
    if (body.payload !== undefined) command.payload = body.payload;
    this.all.push(command);
    this.#move(command, 'queued', 'accepted', at, device);
    if (more.at === undefined && device.presence.state === 'online') this.#deliver(command);
    return command;
  }

  #move(command, state, cause, at = Date.now(), device = undefined) {
    const told = { queued: ['no answer in time'], sent: ['sent in session 4'], received: ['the device has it'], ...ENDS }[state];
    Object.assign(command, { state, changedAt: iso(at) });
    if (state === 'sent') command.attempts++;
    command.why = told[1] ?? this.#why(command, device);
    const step = { state, at: command.changedAt, node: 'hub-1', cause: cause ?? told[0] };
    if (state !== 'queued' && state !== 'expired' && state !== 'cancelled') step.epoch = 4;
    command.transitions.push(step);
    if (state === 'succeeded' || state === 'failed') command.result = resultOf(state);
    const { id, name } = command;
    this.#emit({
      type: 'command',
      device: command.device,
      command: id,
      name,
      state,
      cause: step.cause,
      epoch: step.epoch,
      at: step.at,
    });
  }

  #why({ state, device, changedAt, expiresAt }, known) {
    if (state === 'sent') return `Sent to ${device} at ${changedAt} (attempt 1 of 5); the device has not confirmed it yet.`;
    if (state === 'received') return `${device} has had it since ${changedAt} (attempt 1 of 5) and has not answered yet.`;
    if (known?.presence.state === 'online')
      return `Queued: ${device} is online and nothing stands before it; it is sent in a moment.`;
    return `Queued: ${device} has been offline since ${changedAt}; it is sent when the device reconnects, or expires at ${expiresAt}.`;
  }

  #deliver(command) {
    const go = (ms, state) => setTimeout(() => OPEN.includes(command.state) && this.#move(command, state), ms);
    go(700, 'sent');
    go(1_500, 'received');
    if (command.name === 'update-firmware') setTimeout(() => this.#advance(command, 0), 1_600);
    else go(2_400, command.name === 'reboot' ? 'failed' : 'succeeded');
  }

  #advance(command, percent) {
    if (command.state !== 'received') return;
    if (percent >= 100) return this.#move(command, 'succeeded');
    command.progress = { percent, message: percent < 60 ? 'downloading' : 'writing', at: iso(Date.now()) };
    const { id, name, device } = command;
    this.#emit({ type: 'progress', device, command: id, name, percent, message: command.progress.message });
    setTimeout(() => this.#advance(command, percent + 3), 1_500);
  }

  list(params) {
    const [device, name, state, job] = ['device', 'name', 'state', 'job'].map((p) => params.get(p));
    const from = Date.parse(params.get('from') ?? '') || 0;
    const to = Date.parse(params.get('to') ?? '') || Infinity;
    const fits = (c) =>
      (!device || c.device === device) && (!name || c.name === name) && (!state || c.state === state) && (!job || c.job === job);
    return this.all
      .filter((c) => fits(c) && Date.parse(c.createdAt) >= from && Date.parse(c.createdAt) < to)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .map(({ transitions, retriedBy, ...c }) => c);
  }

  one(device, id) {
    return this.all.find((c) => c.device === device && c.id === id);
  }

  /** Whether it could be cancelled. */
  cancel(command) {
    if (command.state === 'received' || !OPEN.includes(command.state)) return command.state === 'cancelled';
    this.#move(command, 'cancelled');
    return true;
  }

  retry(device, old) {
    const made = this.add(device, old, { retryOf: old.id });
    old.retriedBy = made.id;
    return made;
  }

  waiting() {
    return this.all.filter((c) => OPEN.includes(c.state)).length;
  }
}

function resultOf(state) {
  if (state === 'failed') return { contentType: 'application/json', message: 'the valve did not close', retryable: true };
  return { contentType: 'application/json', payload: { ok: true, took: 412, channel: 'stable' }, message: 'done' };
}
