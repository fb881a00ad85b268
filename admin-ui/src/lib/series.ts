import type { SeriesItem } from '../api/types';

export interface Range {
  id: string;
  label: string;
  spanMs: number;
  bucketMs: number;
  /** The same as the API wants it. */
  bucket: string;
}

const MIN = 60_000;
const HOUR = 60 * MIN;

/** 180 to 336 buckets each: about one for every 3 px of a wide chart, and well under a page of 1000. */
export const RANGES: readonly Range[] = [
  { id: '15m', label: '15 min', spanMs: 15 * MIN, bucketMs: 5_000, bucket: 'PT5S' },
  { id: '1h', label: '1 h', spanMs: HOUR, bucketMs: 15_000, bucket: 'PT15S' },
  { id: '6h', label: '6 h', spanMs: 6 * HOUR, bucketMs: 90_000, bucket: 'PT90S' },
  { id: '24h', label: '24 h', spanMs: 24 * HOUR, bucketMs: 5 * MIN, bucket: 'PT5M' },
  { id: '7d', label: '7 d', spanMs: 168 * HOUR, bucketMs: 30 * MIN, bucket: 'PT30M' },
];

export interface Bucket {
  /** Start, ms since 1970. */
  t: number;
  avg: number | null;
  min: number | null;
  max: number | null;
  /** How many readings; only a guess in a bucket that live readings were added to. */
  count: number;
}

export function bucketOf(item: SeriesItem): Bucket {
  return {
    t: Date.parse(item.time),
    avg: item.avg ?? null,
    min: item.min ?? null,
    max: item.max ?? null,
    count: item.count ?? 1,
  };
}

/** Adds a live reading to the newest buckets, until the hub is asked for them again. Readings older than the last but one are left out. */
export function addLive(buckets: Bucket[], t: number, v: number, bucketMs: number): Bucket[] {
  const last = buckets[buckets.length - 1];
  const start = last ? last.t + Math.floor((t - last.t) / bucketMs) * bucketMs : Math.floor(t / bucketMs) * bucketMs;
  if (!last || start > last.t) return [...buckets, { t: start, avg: v, min: v, max: v, count: 1 }];
  if (start < last.t) return buckets;
  const n = last.count;
  const merged: Bucket = {
    t: last.t,
    avg: last.avg === null ? v : (last.avg * n + v) / (n + 1),
    min: last.min === null ? v : Math.min(last.min, v),
    max: last.max === null ? v : Math.max(last.max, v),
    count: n + 1,
  };
  return buckets.with(buckets.length - 1, merged);
}

/** Replaces everything from the first fetched bucket on; buckets that live readings opened after the last fetched one stay. */
export function replaceTail(buckets: Bucket[], fetched: Bucket[]): Bucket[] {
  const first = fetched[0];
  const last = fetched[fetched.length - 1];
  if (!first || !last) return buckets;
  return [...buckets.filter((b) => b.t < first.t), ...fetched, ...buckets.filter((b) => b.t > last.t)];
}

export const since = (buckets: Bucket[], from: number) =>
  buckets.length === 0 || buckets[0]!.t >= from ? buckets : buckets.filter((b) => b.t >= from);

type Column = (number | null)[];
/** Columns of a chart: times in seconds, then average, maximum, minimum. */
export type Columns = [number[], Column, Column, Column];

/**
 * The buckets as columns, with a hole wherever readings are missing. A device may well report less often than a bucket is wide,
 * so a hole is a distance of more than three buckets and of more than two and a half times the usual distance.
 */
export function columns(buckets: Bucket[], bucketMs: number): Columns {
  const out: Columns = [[], [], [], []];
  const limit = Math.max(3 * bucketMs, 2.5 * usualDistance(buckets));
  let before: number | undefined;
  for (const b of buckets) {
    if (before !== undefined && b.t - before > limit) push(out, (before + b.t) / 2, null, null, null);
    push(out, b.t, b.avg, b.max, b.min);
    before = b.t;
  }
  return out;
}

function push(out: Columns, t: number, avg: number | null, max: number | null, min: number | null): void {
  out[0].push(t / 1_000);
  out[1].push(avg);
  out[2].push(max);
  out[3].push(min);
}

function usualDistance(buckets: Bucket[]): number {
  const distances = buckets.slice(1).map((b, i) => b.t - buckets[i]!.t);
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 0;
}

/** Lowest and highest of all buckets, to say in words what a chart shows. */
export function summary(buckets: Bucket[]): { min: number; max: number } | undefined {
  const full = buckets.filter((b) => b.avg !== null);
  if (full.length === 0) return undefined;
  return {
    min: full.reduce((m, b) => Math.min(m, b.min ?? b.avg!), Infinity),
    max: full.reduce((m, b) => Math.max(m, b.max ?? b.avg!), -Infinity),
  };
}
