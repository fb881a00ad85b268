// The hand-written encoding against the golden frames, which other implementations wrote.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { commandProgress, commandReceived, commandResult, heartbeat, hello, hubFrame, layout, telemetry } from './wire.mjs';

const START_US = 1795348800000000n; // 2026-11-22T12:00:00Z
const STREAM = 0x1122334455667788n;
const COMMAND = Buffer.from('019aab0f3c007a118f005de1f00dcafe', 'hex');
const FIVE = {
  id: 1,
  metrics: ['temperature', 'pressure', 'humidity', 'voltage', 'current'].map((name) => ({ name, type: 'number' })),
};
const ALL = {
  id: 2,
  metrics: [
    { name: 'temperature', type: 'number' }, { name: 'pump/running', type: 'boolean' },
    { name: 'pump/starts', type: 'integer' }, { name: 'pressure', type: 'number' },
    { name: 'note', type: 'text' }, { name: 'raw', type: 'bytes' },
  ],
};

function golden(name) {
  const file = new URL(`../../protocol/src/test/resources/golden/${name}.hex`, import.meta.url);
  return Buffer.from(readFileSync(file, 'ascii').replace(/\s/g, ''), 'hex');
}

const tenRows = Array.from({ length: 10 }, (_, i) => ({
  timeUs: START_US + BigInt(i + 1) * 1000000n,
  values: [20 + 0.25 * i, 1013.25 - 0.5 * i, 40 + i, 12 + 0.125 * i, 1.5 - 0.0625 * i],
}));

const sent = {
  'hello-no-streams': hello({ agent: 'example/1.0', streams: [] }),
  'hello-one-stream': hello({ agent: 'example/1.0', streams: [{ id: STREAM, firstSeq: 1, nextSeq: 1 }] }),
  'hello-resuming': hello({
    agent: 'example/1.0',
    streams: [
      { id: STREAM, firstSeq: 40, nextSeq: 43, oldestTimeUs: START_US - 3600000000n, droppedReadings: 7 },
      { id: 0xfedcba9876543210n, firstSeq: 9, nextSeq: 9 },
    ],
  }),
  'layout-five-numbers': layout(FIVE),
  'layout-all-types': layout(ALL),
  'telemetry-one-reading': telemetry({
    seq: 2, layout: FIVE, rows: [{ timeUs: START_US + 11000000n, values: [22.5, 1008.25, 50, 13.25, 0.875] }],
  }),
  'telemetry-ten-readings': telemetry({ seq: 1, layout: FIVE, rows: tenRows }),
  'telemetry-all-types': telemetry({
    seq: 9, stream: 1, layout: ALL,
    rows: [
      { timeUs: START_US, values: [20.5, true, 41, 1013.25, '', Buffer.from('00ff', 'hex')] },
      { timeUs: START_US - 500000n, values: [20.75, false, -42, 1013, 'Ölstand niedrig', Buffer.alloc(0)] },
    ],
  }),
  heartbeat: heartbeat({ timeUs: START_US + 30270000n, hubTimeUs: START_US, heldUs: 30000000 }),
  'command-received': commandReceived(COMMAND),
  'command-progress': commandProgress({ id: COMMAND, percent: 40, message: 'rinsing' }),
  'command-result-succeeded': commandResult({ id: COMMAND, status: 'succeeded', payload: '{"seconds":5}' }),
  'command-result-failed': commandResult({
    id: COMMAND, status: 'failed', contentType: 'text/plain', payload: 'E42', message: 'valve stuck',
  }),
  'command-result-rejected': commandResult({
    id: COMMAND, status: 'rejected', message: 'unknown command: set-interval',
  }),
};

for (const [name, bytes] of Object.entries(sent)) {
  test(`encodes ${name}`, () => assert.equal(bytes.toString('hex'), golden(name).toString('hex')));
}

const limits = {
  frameBytes: 65536, batchReadings: 1000, batchValues: 8000, unacknowledgedBatches: 64, layouts: 64,
  commandPayloadBytes: 32768,
};
const received = {
  welcome: { body: 'welcome', epoch: 7, hubTimeUs: START_US, heartbeatIntervalMs: 30000, storedSeqs: [0], limits },
  'welcome-resuming': {
    body: 'welcome', epoch: 8, hubTimeUs: START_US, heartbeatIntervalMs: 30000, storedSeqs: [41, 0], limits,
  },
  'telemetry-ack': { body: 'telemetryAck', seq: 1, stream: 0 },
  'telemetry-ack-second-stream': { body: 'telemetryAck', seq: 300, stream: 1 },
  'heartbeat-reply': {
    body: 'heartbeatReply', deviceTimeUs: START_US + 30270000n, hubTimeUs: START_US + 30040000n,
  },
  command: {
    body: 'command', id: COMMAND, name: 'set-interval', contentType: 'application/json',
    payload: Buffer.from('{"seconds":5}'), attempt: 1, expiresAtUs: START_US + 3600000000n,
  },
  'command-result-ack': { body: 'commandResultAck', id: COMMAND },
  'hub-unknown-body': undefined,
};

for (const [name, expected] of Object.entries(received)) {
  test(`decodes ${name}`, () => assert.deepEqual(hubFrame(golden(name)), expected));
}

test('a cut-off frame is an error', () => {
  assert.throws(() => hubFrame(golden('welcome').subarray(0, 20)), /cut off/);
});
