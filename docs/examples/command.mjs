// Sends a command to a device and follows what becomes of it, across breaks of the line and of the hub.
//
//     MOORING_URL=http://127.0.0.1:7070 MOORING_KEY=mrk_… node command.mjs DEVICE NAME [PAYLOAD]
//
// Needs Node.js 20 and nothing else, and a key with the scopes commands:send and devices:read.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const { MOORING_URL: address, MOORING_KEY: key } = process.env;
const [device, name, text, ...more] = process.argv.slice(2);
if (!address || !key || name === undefined || more.length > 0) {
  wrong('usage: MOORING_URL=… MOORING_KEY=… node command.mjs DEVICE NAME [PAYLOAD, which is JSON]');
}
const payload = parsed(text);
const hub = address.replace(/\/$/, '') + '/api/v1';
const authorization = { Authorization: `Bearer ${key}` };
const ends = ['succeeded', 'failed', 'rejected', 'expired', 'cancelled', 'undeliverable'];
const passing = [429, 500, 502, 503, 504];
const longestWait = 30; // seconds

function wrong(why) {
  console.error(why);
  process.exit(2);
}

function parsed(json) {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch (failure) {
    return wrong(`PAYLOAD is not JSON: ${failure.message}`);
  }
}

async function refused(answer) {
  console.error('refused:', await answer.text());
  process.exit(1);
}

/** Tries until the hub has it. One idempotency key for all tries makes it one command. */
async function send() {
  const headers = { ...authorization, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
  const body = JSON.stringify({ name, payload });
  for (let wait = 1; ; wait = Math.min(2 * wait, longestWait)) {
    try {
      const url = `${hub}/devices/${encodeURIComponent(device)}/commands`;
      const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) });
      if (answer.ok) return await answer.json();
      if (!passing.includes(answer.status)) await refused(answer);
      wait = Number(answer.headers.get('Retry-After')) || wait; // a proxy may send a date
    } catch (failure) {
      console.log(`again in ${wait} s: ${failure.message}`);
    }
    await sleep(1000 * wait);
  }
}

/** Each event once and in order: after a break from behind the last one that came whole. */
async function* events() {
  let last;
  for (;;) {
    const broken = new AbortController();
    // A comment comes every 15 s at the latest: a line that says nothing for longer is dead.
    const silence = setTimeout(() => broken.abort(new Error('silent')), 45_000);
    try {
      const headers = last === undefined ? authorization : { ...authorization, 'Last-Event-ID': last };
      const url = `${hub}/events?last=500&device=${encodeURIComponent(device)}`;
      const answer = await fetch(url, { headers, signal: broken.signal });
      if (!answer.ok && !passing.includes(answer.status)) await refused(answer);
      let text = '';
      for await (const part of answer.ok ? answer.body.pipeThrough(new TextDecoderStream()) : []) {
        silence.refresh();
        text += part;
        const whole = text.split('\n\n');
        text = whole.pop();
        for (const block of whole) {
          const data = /^data: (.*)$/m.exec(block);
          if (!data) continue;
          last = /^id: (.*)$/m.exec(block)?.[1] ?? last;
          yield JSON.parse(data[1]);
        }
      }
    } catch (failure) {
      console.log(`reconnecting: ${failure.message}`);
    } finally {
      clearTimeout(silence);
      broken.abort();
    }
    await sleep(1000);
  }
}

const command = await send();
console.log(`sent ${command.id}`);
for await (const event of events()) {
  if (event.command !== command.id) continue;
  console.log(event.state);
  if (ends.includes(event.state)) process.exit(event.state === 'succeeded' ? 0 : 1);
}
