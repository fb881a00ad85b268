import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../bin/hub', import.meta.url));
const START_MS = 90_000;
const STOP_MS = 20_000;

/** Short, so that a device that falls silent is suspected and given up within seconds: 2.5 intervals make 5 s. */
export const HEARTBEAT = '2s';

/** `bin/hub demo` as a child process, with data of its own that goes with it. */
export class DemoHub {
  /** The folder of the data: PostgreSQL may run as another user and has to be let through. */
  #home = mkdtempSync(join(tmpdir(), 'mooring-browser-'));
  #child;
  #output = '';

  async start() {
    chmodSync(this.#home, 0o755);
    const ready = join(this.#home, 'ready.json');
    rmSync(ready, { force: true });
    const port = this.url ? new URL(this.url).port : '0';
    const child = spawn(PROGRAM, ['demo', '--port', port, '--data', join(this.#home, 'demo'), '--ready-file', ready], {
      env: { ...process.env, MOORING_SESSION_HEARTBEAT_INTERVAL: HEARTBEAT, MOORING_WEBHOOKS_ALLOW_PRIVATE: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    process.once('exit', () => child.kill());
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.#output += text));
    const deadline = Date.now() + START_MS;
    while (!existsSync(ready)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`bin/hub demo did not get ready; it said:\n${this.#output}`);
      }
      await pause(50);
    }
    const said = JSON.parse(readFileSync(ready, 'utf8'));
    this.url = said.url.replace(/\/$/, '');
    this.user = said.adminUser;
    this.password = said.adminPassword;
    this.pid = said.pid;
    this.key = said.apiKey;
    const devices = await this.call('GET', '/devices?tag=demo%3Dthis-machine');
    this.device = devices.items[0].id;
  }

  /** As Ctrl-C does. */
  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(forced);
  }

  async end() {
    await this.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Calls the API as another program does. */
  async call(method, path, body, headers = {}) {
    const response = await this.ask(method, path, this.key, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** A command as the hub knows it now. */
  command({ device, id }) {
    return this.call('GET', `/devices/${encodeURIComponent(device)}/commands/${id}`);
  }

  ask(method, path, key, body, headers = {}) {
    const init = { method, headers: { authorization: `Bearer ${key}`, ...headers } };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers['content-type'] = 'application/json';
    }
    return fetch(`${this.url}/api/v1${path}`, init);
  }

  /** Asks the demo device to report every so many seconds. */
  setInterval(seconds) {
    return this.call(
      'POST',
      `/devices/${encodeURIComponent(this.device)}/commands`,
      { name: 'set-interval', payload: { seconds } },
      { prefer: 'wait=10' },
    );
  }

  /** Sends a signal to the process of the demo device. */
  signalDevice(signal) {
    process.kill(this.#demoDevice().pid, signal);
  }

  /** Registers devices, many at a time. */
  async register(devices) {
    const rest = devices.values();
    const one = async () => {
      for (const device of rest) await this.call('POST', '/devices', device);
    };
    await Promise.all(Array.from({ length: 16 }, one));
  }

  /** A process that starts, with the SDK, the device of a token file: started as the demo starts its own. Ends with this one. */
  startDevice(tokenFile) {
    const [program, ...args] = this.#demoDevice().command;
    args[args.indexOf('--token-file') + 1] = tokenFile;
    return spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  }

  /** A file with a token of a device, readable by this user alone. */
  async tokenFile(device) {
    const file = join(this.#home, `${device}.token`);
    const { token } = await this.call('POST', `/devices/${encodeURIComponent(device)}/tokens`, { name: 'factory' });
    writeFileSync(file, token, { mode: 0o600 });
    return file;
  }

  #demoDevice() {
    const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    const processes = lines.map((line) => line.trim().split(/\s+/));
    const found = processes.find((p) => p.includes('io.mooring.demo.DemoDevice') && p[1] === String(this.pid));
    if (!found) throw new Error(`The hub (process ${this.pid}) has no device process`);
    return { pid: Number(found[0]), command: found.slice(2) };
  }
}
