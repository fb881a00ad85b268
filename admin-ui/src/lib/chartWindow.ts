import { hubNow } from '../api/http';
import { span } from './format';
import { RANGES, type Range } from './series';

/** What a chart shows: the last while, which moves on, or a fixed time that was zoomed to. */
export interface ChartWindow {
  range: Range;
  /** Absent where the window follows the present. */
  fixed?: { from: number; to: number };
}

const S = 1_000;
const HOUR = 3_600 * S;
/** Widths of buckets, of which the least is taken that makes no more buckets than this. */
const BUCKETS = [1, 2, 5, 15, 30, 90, 300, 1_800, 7_200, 21_600, 86_400];
const MOST_BUCKETS = 340;
const LEAST_MS = 10 * S;
const MOST_MS = 366 * 24 * HOUR;

export function windowOf(params: URLSearchParams): ChartWindow {
  const from = Date.parse(params.get('from') ?? '');
  const to = Date.parse(params.get('to') ?? '');
  if (from < to) return fixedWindow(from, Math.min(to, from + MOST_MS));
  return { range: RANGES.find((r) => r.id === params.get('range')) ?? RANGES[0]! };
}

function fixedWindow(from: number, to: number): ChartWindow {
  const seconds = BUCKETS.find((b) => (to - from) / (b * S) <= MOST_BUCKETS) ?? BUCKETS.at(-1)!;
  const range = { id: `${from}-${to}`, label: span(to - from), spanMs: to - from, bucketMs: seconds * S, bucket: `PT${seconds}S` };
  return { range, fixed: { from, to } };
}

/** From when to when it shows now, ms since 1970. */
export const bounds = ({ range, fixed }: ChartWindow) => fixed ?? { from: hubNow() - range.spanMs, to: hubNow() };

/** The same window moved by shares of its width, or made so many times as wide around its middle; never into the future. */
export function moved(window: ChartWindow, by: number, wider = 1): { from: string; to: string } {
  const now = hubNow();
  const { from, to } = bounds(window);
  const width = Math.min(MOST_MS, Math.max(LEAST_MS, (to - from) * wider));
  const middle = (from + to) / 2 + by * (to - from);
  const end = Math.min(now, middle + width / 2);
  return between(end - width, end);
}

export function between(from: number, to: number): { from: string; to: string } {
  const middle = (from + to) / 2;
  const half = Math.max(LEAST_MS, to - from) / 2;
  return { from: new Date(Math.round(middle - half)).toISOString(), to: new Date(Math.round(middle + half)).toISOString() };
}
