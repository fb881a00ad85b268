// DeviceFrame out, HubFrame in: Protobuf by hand, as PROTOCOL.md section 4 describes it.

const KIND = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 };

/** Type numbers of VALUE_TYPE_*, and the Telemetry field that holds their values. */
export const TYPES = {
  number: { type: 1, field: 6 },
  integer: { type: 2, field: 7 },
  boolean: { type: 3, field: 8 },
  text: { type: 4, field: 9 },
  bytes: { type: 5, field: 10 },
};

export const STATUS = { succeeded: 1, failed: 2, rejected: 3 };

function varint(value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function zigzag(value) {
  const n = BigInt(value);
  return varint((n << 1n) ^ (n >> 63n));
}

function eightBytes(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}

function double(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const tag = (field, kind) => varint(field * 8 + kind);
const block = (field, bytes) => Buffer.concat([tag(field, KIND.BYTES), varint(bytes.length), bytes]);

// Fields with their type's zero value are left out.
const uint = (field, value) => (BigInt(value) === 0n ? [] : [tag(field, KIND.VARINT), varint(value)]);
const fixed = (field, value) => (BigInt(value) === 0n ? [] : [tag(field, KIND.FIXED64), eightBytes(value)]);
const blob = (field, bytes) => (bytes.length === 0 ? [] : [block(field, bytes)]);
const text = (field, value) => blob(field, Buffer.from(value));
const packed = (field, values, encode) => blob(field, Buffer.concat(values.map(encode)));
const each = (field, values) => values.map((value) => block(field, Buffer.from(value)));
const frame = (field, parts) => block(field, Buffer.concat(parts.flat()));

export function hello({ agent, streams }) {
  const stream = (s) => [
    fixed(1, s.id), uint(2, s.firstSeq), uint(3, s.nextSeq), fixed(4, s.oldestTimeUs ?? 0), uint(5, s.droppedReadings ?? 0),
  ];
  return frame(1, [text(1, agent), streams.map((s) => frame(2, stream(s)))].flat());
}

/** metrics: [{ name, type }] with type a key of TYPES. */
export function layout({ id, metrics }) {
  return frame(2, [uint(1, id), metrics.map((m) => frame(2, [text(1, m.name), uint(2, TYPES[m.type].type)]))]);
}

/** rows: [{ timeUs, values }], values in the order of the layout's metrics. */
export function telemetry({ seq, stream = 0, layout: { id, metrics }, rows }) {
  const column = (type) =>
    metrics.flatMap((metric, i) => (metric.type === type ? rows.map((row) => row.values[i]) : []));
  const deltas = rows.slice(1).map((row, i) => BigInt(row.timeUs) - BigInt(rows[i].timeUs));
  return frame(3, [
    uint(1, seq),
    uint(2, stream),
    uint(3, id),
    fixed(4, rows[0].timeUs),
    packed(5, deltas, zigzag),
    packed(TYPES.number.field, column('number'), double),
    packed(TYPES.integer.field, column('integer'), zigzag),
    packed(TYPES.boolean.field, column('boolean'), (value) => varint(value ? 1 : 0)),
    each(TYPES.text.field, column('text')),
    each(TYPES.bytes.field, column('bytes')),
  ]);
}

export const heartbeat = ({ timeUs, hubTimeUs, heldUs }) =>
  frame(4, [fixed(1, timeUs), fixed(2, hubTimeUs), uint(3, heldUs)]);

export const commandReceived = (id) => frame(5, [blob(1, id)]);

export const commandResult = ({ id, status, contentType = '', payload = '', message = '' }) =>
  frame(6, [blob(1, id), uint(2, STATUS[status]), text(3, contentType), text(4, payload), text(5, message)]);

/** How far a command is, `percent` from 0 to 100. */
export const commandProgress = ({ id, percent, message = '' }) =>
  frame(7, [blob(1, id), uint(2, percent), text(3, message)]);

/** All fields of one message: Map of field number to the list of its values (BigInt or Buffer). */
function fields(bytes) {
  const found = new Map();
  let at = 0;
  const take = (length) => {
    if (at + length > bytes.length) throw new Error('message is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new Error('varint is longer than 10 bytes');
  };
  const read = (kind) => {
    switch (kind) {
      case KIND.VARINT: return number();
      case KIND.FIXED64: return take(8).readBigInt64LE();
      case KIND.BYTES: return take(Number(number()));
      case KIND.FIXED32: return take(4);
      default: throw new Error(`unknown kind ${kind}`);
    }
  };
  while (at < bytes.length) {
    const key = Number(number());
    found.set(key >> 3, [...(found.get(key >> 3) ?? []), read(key & 7)]);
  }
  return found;
}

function varints(bytes) {
  const values = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte < 128) {
      values.push(value);
      value = 0n;
      shift = 0n;
    }
  }
  return values;
}

const last = (map, field, missing) => map.get(field)?.at(-1) ?? missing;
const int = (map, field) => Number(last(map, field, 0n));
const bytesOf = (map, field) => last(map, field, Buffer.alloc(0));

const BODIES = {
  1: (map) => {
    const limits = fields(bytesOf(map, 5));
    return {
      body: 'welcome',
      epoch: int(map, 1),
      hubTimeUs: last(map, 2, 0n),
      heartbeatIntervalMs: int(map, 3),
      storedSeqs: (map.get(4) ?? []).flatMap((v) => (typeof v === 'bigint' ? [v] : varints(v))).map(Number),
      limits: {
        frameBytes: int(limits, 1), batchReadings: int(limits, 2), batchValues: int(limits, 3),
        unacknowledgedBatches: int(limits, 4), layouts: int(limits, 5), commandPayloadBytes: int(limits, 6) || 32768,
      },
    };
  },
  2: (map) => ({ body: 'telemetryAck', seq: int(map, 1), stream: int(map, 2) }),
  3: (map) => ({ body: 'heartbeatReply', deviceTimeUs: last(map, 1, 0n), hubTimeUs: last(map, 2, 0n) }),
  4: (map) => ({
    body: 'command', id: bytesOf(map, 1), name: bytesOf(map, 2).toString(),
    contentType: bytesOf(map, 3).toString() || 'application/json', payload: bytesOf(map, 4),
    attempt: int(map, 5), expiresAtUs: last(map, 6, 0n),
  }),
  5: (map) => ({ body: 'commandResultAck', id: bytesOf(map, 1) }),
};

/** A HubFrame as an object with `body`; undefined for a body this device does not know. */
export function hubFrame(bytes) {
  for (const [field, values] of fields(bytes)) {
    if (BODIES[field]) return BODIES[field](fields(values.at(-1)));
  }
  return undefined;
}
