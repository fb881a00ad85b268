import { describe, expect, it } from 'vitest';
import type { Device, HubEvent, MetricLatest } from '../src/api/types';
import { expiresAt, standing } from '../src/lib/expiry';
import { parsePayload } from '../src/lib/payload';
import { applyPresence } from '../src/lib/presence';
import { uuid } from '../src/lib/random';
import { addLive, columns, replaceTail, summary, type Bucket } from '../src/lib/series';
import { append, points, SPARK_POINTS } from '../src/lib/sparkline';
import { parseTags } from '../src/lib/tags';
import { applyReadings } from '../src/pages/device/Telemetry';

describe('parsePayload', () => {
  it('takes nothing for no payload, and null for null', () => {
    expect(parsePayload('  ')).toEqual({ ok: true, value: undefined });
    expect(parsePayload('null')).toEqual({ ok: true, value: null });
  });
  it('says where it is wrong, or at least what to look for', () => {
    const parsed = parsePayload('{"a": 1,\n "b" 2}');
    expect(parsed.ok ? '' : parsed.error).toMatch(/^Not valid JSON: (see line 2, column \d+\.|names and text)/);
  });
  it('counts bytes, not letters', () => {
    expect(parsePayload(JSON.stringify('ä'.repeat(16_383))).ok).toBe(true);
    expect(parsePayload(JSON.stringify('ä'.repeat(16_384)))).toEqual({
      ok: false,
      error: 'The payload has 32770 bytes; at most 32768 are allowed.',
    });
  });
});

describe('parseTags', () => {
  it('reads pairs', () => expect(parseTags('site = north, hall=7=8,')).toEqual({ tags: { site: 'north', hall: '7=8' } }));
  it('names what is no pair', () => expect(parseTags('site')).toEqual({ error: '“site” is not key=value.' }));
  it('refuses a key twice', () => expect(parseTags('a=1,a=2')).toHaveProperty('error'));
});

describe('applyPresence', () => {
  const device: Device = {
    id: 'd',
    name: 'd',
    tags: {},
    enabled: true,
    createdAt: '2026-01-01T00:00:00Z',
    presence: { state: 'online', epoch: 4, since: '2026-01-01T00:00:10Z', lastSeenAt: '2026-01-01T00:00:20Z' },
  };
  const event = (more: Partial<HubEvent>): HubEvent => ({
    type: 'presence',
    device: 'd',
    at: '2026-01-01T00:01:00Z',
    state: 'offline',
    epoch: 4,
    ...more,
  });

  it('changes state and since', () => {
    const { presence } = applyPresence(device, event({}));
    expect(presence).toMatchObject({ state: 'offline', since: '2026-01-01T00:01:00Z', lastSeenAt: '2026-01-01T00:00:20Z' });
  });
  it('has seen a device that is online', () => {
    expect(applyPresence(device, event({ state: 'online', epoch: 5 })).presence.lastSeenAt).toBe('2026-01-01T00:01:00Z');
  });
  it.each([
    ['an older session', { epoch: 3 }],
    ['an older moment', { at: '2026-01-01T00:00:09Z' }],
    ['another device', { device: 'e' }],
    ['an unknown state', { state: 'floating' }],
    ['a command', { type: 'command' as const }],
  ])('is left alone by %s', (_, more) => expect(applyPresence(device, event(more))).toBe(device));
});

describe('series', () => {
  const bucket = (t: number, avg: number | null, count = 1): Bucket => ({ t, avg, min: avg, max: avg, count });

  it('adds a live reading to its bucket, or opens one, on the same grid', () => {
    const one = addLive([bucket(10_000, 2, 1)], 12_000, 4, 5_000);
    expect(one).toEqual([{ t: 10_000, avg: 3, min: 2, max: 4, count: 2 }]);
    expect(addLive(one, 21_000, 9, 5_000)[1]).toEqual({ t: 20_000, avg: 9, min: 9, max: 9, count: 1 });
    expect(addLive(one, 9_999, 9, 5_000)).toBe(one);
    expect(addLive([], 12_345, 1, 5_000)[0]!.t).toBe(10_000);
  });

  it('replaces the tail by what was fetched and keeps what is newer still', () => {
    const all = [bucket(0, 1), bucket(5, 2), bucket(10, 3), bucket(15, 4)];
    expect(replaceTail(all, [bucket(5, 8), bucket(10, 9)]).map((b) => b.avg)).toEqual([1, 8, 9, 4]);
    expect(replaceTail(all, [])).toBe(all);
  });

  it('leaves a hole where readings are missing', () => {
    const [times, avg] = columns([bucket(0, 1), bucket(5_000, 2), bucket(10_000, 3), bucket(60_000, 4)], 5_000);
    expect(times).toEqual([0, 5, 10, 35, 60]);
    expect(avg).toEqual([1, 2, 3, null, 4]);
  });

  it('leaves none where the device only reports more rarely than a bucket is wide', () => {
    expect(columns([bucket(0, 1), bucket(60_000, 2), bucket(120_000, 3)], 5_000)[1]).toEqual([1, 2, 3]);
  });

  it('sums up', () => {
    expect(summary([{ t: 0, avg: 2, min: 1, max: 3, count: 2 }, bucket(5, 9), bucket(10, null)])).toEqual({
      min: 1,
      max: 9,
    });
    expect(summary([bucket(0, null)])).toBeUndefined();
  });
});

describe('sparkline', () => {
  it('holds the last values', () => {
    const full = Array.from({ length: SPARK_POINTS }, (_, i) => i);
    expect(append(full, 99)).toHaveLength(SPARK_POINTS);
    expect(append(full, 99).at(-1)).toBe(99);
  });
  it('ends at the right edge and is flat in the middle', () => {
    expect(points([5, 5], 59, 24)).toBe('58.0,12.0 59.0,12.0');
    expect(points([0, 10], 59, 24)).toBe('58.0,22.5 59.0,1.5');
    expect(points([1], 59, 24)).toBe('');
  });
});

it('applies the newest reading of each metric and no older one', () => {
  const at = (s: number) => new Date(s * 1_000).toISOString();
  const metric = (name: string): MetricLatest => ({ metric: name, type: 'number', time: at(10), receivedAt: at(10), value: 1 });
  const readings = [
    { metric: 'a', time: at(12), value: 3 },
    { metric: 'a', time: at(11), value: 2 },
    { metric: 'b', time: at(9), value: 0 },
  ];
  expect(applyReadings([metric('a'), metric('b')], readings).map((m) => m.value)).toEqual([3, 1]);
});

it('knows what a token is good for', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  expect(standing({}, now)).toBe('valid');
  expect(standing({ expiresAt: '2026-06-01T00:00:00Z' }, now)).toBe('expired');
  expect(standing({ notBefore: '2026-06-02T00:00:00Z' }, now)).toBe('not yet valid');
  expect(standing({ revokedAt: '2026-01-01T00:00:00Z', expiresAt: '2027-01-01T00:00:00Z' }, now)).toBe('revoked');
  expect(expiresAt(0, now)).toEqual({});
  expect(expiresAt(30, now)).toEqual({ expiresAt: '2026-07-01T00:00:00.000Z' });
});

it('makes version 4 UUIDs', () => {
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuid()).not.toBe(uuid());
});
