// The jobs of the fixture: a few of the past, one that runs, and those that are made on the page.
import { randomUUID } from 'node:crypto';
import { iso, started } from './data.mjs';

const STATES = [
  'waiting',
  'queued',
  'sent',
  'received',
  'succeeded',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'undeliverable',
  'skipped',
];
const OVER = ['completed', 'cancelled', 'aborted'];

export class Jobs {
  all = [];
  #emit;
  #commands;

  constructor(commands, emit) {
    this.#commands = commands;
    this.#emit = emit;
    setInterval(() => this.all.forEach((job) => this.#step(job)), 700).unref();
  }

  fill(devices) {
    const command = { name: 'update-firmware', payload: { version: '2.15.0', channel: 'stable' }, ttl: 'P1D' };
    const waves = { waveSize: 10, waveInterval: 'PT5M', maxInFlight: 200 };
    const old = this.#make(
      { title: 'Firmware 2.14 on the north quay', command, target: { tags: { site: 'north quay' } } },
      devices.slice(0, 46),
      started,
    );
    old.lines.forEach((line) => this.#settle(line, line.at % 9 === 0 ? 'undeliverable' : 'succeeded'));
    this.#end(old, 'completed', 'Completed: all 46 devices have ended, 6 of them to a bad end.');
    const bad = this.#make(
      {
        title: 'Set the new interval everywhere',
        command: { name: 'set-interval', payload: { seconds: 0 }, ttl: 'PT1H' },
        target: { tags: { hall: '3' } },
        rollout: { wavePercent: 10 },
        abort: { failurePercent: 20, minimumEnded: 5 },
      },
      devices,
      started + 4e6,
    );
    bad.lines.forEach((line, i) => this.#settle(line, i < 11 ? 'succeeded' : i < 16 ? 'rejected' : 'skipped'));
    this.#end(
      bad,
      'aborted',
      'Aborted: 5 of 16 ended devices, 31 %, came to a bad end; at most 20 % were allowed. 121 devices were skipped.',
    );
    const cancelled = this.#make(
      { command: { name: 'reboot', ttl: 'PT10M' }, target: { devices: devices.slice(5, 9).map((d) => d.id) } },
      devices.slice(5, 9),
      started + 8e6,
    );
    cancelled.lines.forEach((line, i) => this.#settle(line, i < 1 ? 'succeeded' : 'cancelled'));
    this.#end(cancelled, 'cancelled', 'Cancelled by ann: 1 device has succeeded, 3 were cancelled.');
    const paused = this.#make(
      {
        title: 'Read the logs of all cranes',
        command: { name: 'read-log', ttl: 'PT1H' },
        target: { tags: { kind: 'crane' } },
        rollout: { perSecond: 2 },
      },
      devices.slice(20, 60),
      Date.now() - 9e5,
    );
    paused.lines.slice(0, 17).forEach((line, i) => this.#settle(line, i === 4 ? 'failed' : 'succeeded'));
    Object.assign(paused, {
      state: 'paused',
      why: `Paused by ann at ${iso(Date.now() - 6e5)}: 23 devices wait until it is resumed.`,
    });
    this.#make(
      {
        title: 'Firmware 2.15 on the south quay',
        command,
        target: { tags: { site: 'south quay' } },
        rollout: waves,
        abort: { failurePercent: 20, minimumEnded: 10 },
      },
      devices.slice(0, 90),
      Date.now() - 4e5,
    );
  }

  add(body, devices) {
    const target = body.target.tags
      ? devices.filter((d) => Object.entries(body.target.tags).every(([k, v]) => d.tags[k] === v))
      : devices.filter((d) => body.target.devices.includes(d.id));
    return target.length === 0 ? undefined : this.view(this.#make(body, target, Date.now()));
  }

  #make({ title, command, target, rollout = {}, abort }, devices, at) {
    const job = {
      id: randomUUID(),
      command: { contentType: 'application/json', ttl: 'P1D', ...command },
      rollout: { maxInFlight: 200, ...rollout },
    };
    Object.assign(job, { state: 'running', why: 'Running.', createdAt: iso(at), createdBy: 'key:k3f9', createdByName: 'billing', changedAt: iso(at) });
    Object.assign(job, { target: target.tags ? { tags: target.tags } : { listed: devices.length } });
    if (title) job.title = title;
    if (abort) job.abort = abort;
    job.lines = devices.map((d, i) => ({ device: d.id, known: d, state: 'waiting', changedAt: iso(at), at: i }));
    this.all.unshift(job);
    this.#tell(job, 'created', 'created by ann');
    return job;
  }

  #settle(line, state) {
    Object.assign(line, { state, changedAt: iso(Date.now() - 60_000 * (1 + (line.at % 7))) });
    if (state === 'failed' || state === 'rejected') line.message = 'the interval must be 1 s or more';
  }

  #step(job) {
    if (job.state !== 'running') return;
    const under = job.lines.filter((l) => ['queued', 'sent', 'received'].includes(l.state));
    for (const line of under) {
      const command = this.#commands.one(line.device, line.command);
      if (command.state === line.state) continue;
      Object.assign(line, { state: command.state, changedAt: command.changedAt });
      if (command.result?.message) line.message = command.result.message;
    }
    const waiting = job.lines.filter((l) => l.state === 'waiting');
    for (const line of waiting.slice(0, under.length > 12 ? 0 : 2)) {
      const command = this.#commands.add(line.known, job.command, { job: job.id });
      Object.assign(line, { state: 'queued', command: command.id, changedAt: command.createdAt });
    }
    const { counts } = this.view(job);
    if (job.rollout.waveSize) {
      const of = Math.ceil(counts.total / job.rollout.waveSize);
      const number = Math.min(of, 1 + Math.floor((counts.total - counts.waiting) / job.rollout.waveSize));
      if (job.wave?.number !== number) job.wave = { number, of, beganAt: iso(Date.now()) };
      job.why = `Running: wave ${number} of ${of} is under way; ${counts.waiting} devices wait for their turn.`;
    } else job.why = `Running: ${counts.waiting} of ${counts.total} devices wait for their turn.`;
    if (waiting.length === 0 && under.length === 0)
      this.#end(job, 'completed', `Completed: all ${counts.total} devices have ended.`);
  }

  #end(job, state, why) {
    Object.assign(job, { state, why, changedAt: iso(Date.now()), endedAt: iso(Date.now()) });
    this.#tell(job, state, `${state} by ann`);
  }

  #tell({ id, title }, state, cause) {
    this.#emit({ type: 'job', job: id, title, state, cause });
  }

  /** Whether it could be done. */
  act(job, what) {
    if (OVER.includes(job.state)) return what === 'cancel' && job.state === 'cancelled';
    if (what === 'cancel') {
      job.lines.filter((l) => l.state === 'waiting').forEach((l) => (l.state = 'skipped'));
      this.#end(job, 'cancelled', 'Cancelled by ann.');
    } else {
      job.state = what === 'pause' ? 'paused' : 'running';
      job.why = what === 'pause' ? `Paused by ann at ${iso(Date.now())}.` : 'Running.';
      this.#tell(job, `${what}d`, `${what}d by ann`);
    }
    return true;
  }

  view({ lines, ...job }) {
    const counts = { total: lines.length };
    for (const state of STATES) counts[state] = lines.filter((l) => l.state === state).length;
    return { ...job, counts };
  }

  devices(job, state) {
    return job.lines.filter((l) => !state || l.state === state).map(({ known, at, ...line }) => line);
  }
}
