import { describe, expect, it } from 'vitest';
import { ago, localTimes, measure, millis, offset, perSecond, plural, shortIds, span, value } from '../src/lib/format';

describe('ago', () => {
  const at = '2026-01-02T03:04:05Z';
  const then = Date.parse(at);

  it.each([
    [0, 'now'],
    [999, 'now'],
    [1_000, '1 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [3_599_999, '59 min ago'],
    [3_600_000, '1 h ago'],
    [86_400_000, '1 d ago'],
  ])('%d ms later says %s', (ms, text) => expect(ago(at, then + ms)).toBe(text));

  it('takes a moment just ahead for now, because clocks differ', () => expect(ago(at, then - 30_000)).toBe('now'));
  it('says when something is to come', () => expect(ago(at, then - 7_200_000)).toBe('in 2 h'));
  it('has a dash for what is no time', () => expect(ago('soon', then)).toBe('–'));
});

it('calls jobs by the beginning of their ids', () => {
  expect(shortIds('released by job 01a2180f-84e2-7000-ba1e-4ec1c7a7ea2f')).toBe('released by job 01a2180f');
  expect(shortIds('answered by the device')).toBe('answered by the device');
});

describe('span', () => {
  it.each([
    [-5, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('%d ms is %s', (ms, text) => expect(span(ms)).toBe(text));
});

describe('measure', () => {
  it.each([
    ['disk.free_bytes', 182e9, '170\u202fGiB'],
    ['net.bytes_per_second', 1_536, '1.5\u202fKiB/s'],
    ['mem.bytes', 1_023, '1023\u202fB'],
    ['mem.bytes', 1_023.9, '1.0\u202fKiB'],
    ['cpu.load_percent', 41.3579, '41.4\u202f%'],
    ['cpu.percent', 7, '7.0\u202f%'],
    ['uptime.seconds', 119.5, '119.5\u202fs'],
    ['uptime.seconds', 5_979.4, '1 h 39 min'],
    ['starts', 123_456_789, '123,456,789'],
    ['starts', 1_500, '1,500'],
    ['p', 0.000012, '1.200e-5'],
    ['p', 0, '0'],
    ['bytesized', 2_048, '2,048'],
  ])('%s %d is %s', (metric, n, text) => expect(measure(metric, n)).toBe(text));
});

describe('localTimes', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const texts = (sentence: string) => localTimes(sentence, now).map((p) => p.text);

  it('names a moment of today by its time alone', () => {
    const parts = localTimes('Sent at 2026-11-22T11:58:03Z (attempt 1).', now);
    expect(parts.map((p) => p.at)).toEqual([undefined, '2026-11-22T11:58:03Z', undefined]);
    expect(parts[1]!.text).toMatch(/^\d\d:58:03$/);
  });
  it('adds the date of another day', () => expect(texts('expires at 2026-12-30T11:58:03.5Z')[1]).toMatch(/30 Dec 2026, \d\d:58:03/));
  it('leaves a sentence without moments alone', () => expect(texts('It waits.')).toEqual(['It waits.']));
});

it('tells what is not a number apart', () => {
  expect(value('x', null)).toBe('not finite');
  expect(value('x', false)).toBe('false');
  expect(value('x', '2.1')).toBe('2.1');
});

it('keeps rates about as wide', () => {
  expect(perSecond(9)).toBe('9.0');
  expect(perSecond(99.96)).toBe('100');
});

it('gives a clock offset its sign', () => {
  expect(offset(12)).toBe('+12 ms');
  expect(offset(-42)).toBe('−42 ms');
  expect(offset(-65_000)).toBe('−1 min 5 s');
  expect(millis(3.21)).toBe('3.2 ms');
});

it('counts in words', () => {
  expect(plural(1, 'device')).toBe('1 device');
  expect(plural(1_200, 'device')).toBe('1,200 devices');
});
