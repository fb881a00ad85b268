import WebSocket from 'ws';
import { commandProgress, commandReceived, commandResult, heartbeat, hello, hubFrame } from '../../peers/wire.mjs';
import { hub } from './stage.mjs';

/**
 * A device under the hand of a walk. It confirms each command and answers as `answer` says, with
 * `{ status, payload, message }`; where that gives nothing, the walk answers later by `finish`.
 */
export class Device {
  /** Commands that have come and are not answered, by their names; the hub repeats what is not confirmed. */
  #open = new Map();
  #socket;
  #timer;
  #answer;

  constructor(id, answer) {
    this.id = id;
    this.#answer = answer;
  }

  /** Registers a device and connects it; resolves once the hub has welcomed it. */
  static async connect(id, answer = () => undefined, tags = {}) {
    const device = new Device(id, answer);
    await hub.call('POST', '/devices', { id, tags });
    const { token } = await hub.call('POST', `/devices/${id}/tokens`, { name: 'walk' });
    await device.#connect(token);
    return device;
  }

  #connect(token) {
    const socket = new WebSocket(`${hub.url.replace(/^http/, 'ws')}/device`, ['mooring.device.v1'], {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.on('open', () => socket.send(hello({ agent: 'walk/1', streams: [] })));
      socket.on('error', reject);
      socket.on('close', (code) => {
        clearInterval(this.#timer);
        reject(new Error(`The hub closed the connection of ${this.id}: ${code}`));
      });
      socket.on('message', (data) => {
        const frame = hubFrame(data);
        if (frame?.body === 'welcome') {
          this.#timer = setInterval(() => this.#beat(frame), frame.heartbeatIntervalMs);
          this.#beat(frame);
          resolve();
        } else if (frame?.body === 'command') this.#obey(frame);
      });
    });
  }

  #beat({ hubTimeUs }) {
    this.#socket.send(heartbeat({ timeUs: BigInt(Date.now()) * 1000n, hubTimeUs, heldUs: 0 }));
  }

  #obey(command) {
    this.#socket.send(commandReceived(command.id));
    this.#open.set(command.name, command.id);
    const answer = this.#answer(command);
    if (answer) this.finish(command.name, answer);
  }

  progress(name, percent, message) {
    this.#socket.send(commandProgress({ id: this.#open.get(name), percent, message }));
  }

  finish(name, answer) {
    this.#socket.send(commandResult({ id: this.#open.get(name), ...answer }));
    this.#open.delete(name);
  }

  leave() {
    this.#socket.close(1000);
  }
}

export const succeeds = () => ({ status: 'succeeded', payload: '{"done":true}' });
export const fails = () => ({ status: 'failed', message: 'the valve did not close' });
