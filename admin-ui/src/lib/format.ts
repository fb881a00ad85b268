import type { Value } from '../api/types';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const decimals = [0, 1, 2].map((n) => new Intl.NumberFormat('en', { maximumFractionDigits: n }));
const rate = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const clockMillis = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

export const count = (n: number) => whole.format(n);
/** Events a second: one decimal below 100, none above, so that the width hardly changes. */
export const perSecond = (n: number) => (Math.abs(n) < 99.95 ? rate : whole).format(n);

/** Date and time in the browser's zone. */
export const fullTime = (iso: string) => dateTime.format(new Date(iso));
export const clockTime = (ms: number) => clock.format(ms);
/** The date alone, in the browser's zone; of nothing it is nothing. */
export const dayOf = (iso: string | undefined) => (iso === undefined ? '' : day.format(new Date(iso)));
export const preciseTime = (iso: string) => clockMillis.format(new Date(iso));

/** A sentence of the hub with its ids cut to what the page calls jobs by. */
export const shortIds = (text: string) => text.replace(/\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '$1');

const UNITS: readonly [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A span in its largest two units, as "3 h 12 min"; below a second "0 s". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const first = UNITS.findIndex(([size]) => seconds >= size);
  if (first === -1) return '0 s';
  const [size, name] = UNITS[first]!;
  const head = `${Math.floor(seconds / size)} ${name}`;
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return next && rest > 0 ? `${head} ${rest} ${next[1]}` : head;
}

/** "12 s ago" in one unit; times a little in the future (clocks differ) read as "now". */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (Number.isNaN(ms)) return '–';
  if (ms < -60_000) return `in ${coarse(-ms)}`;
  return ms < 1_000 ? 'now' : `${coarse(ms)} ago`;
}

function coarse(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const [size, name] = UNITS.find(([s]) => seconds >= s) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${name}`;
}

export function millis(ms: number): string {
  const size = Math.abs(ms);
  if (size < 10) return `${ms.toFixed(1)} ms`;
  return size < 10_000 ? `${whole.format(ms)} ms` : `${ms < 0 ? '−' : ''}${span(size)}`;
}

/** As `millis`, with a sign: how far one clock is ahead of another. */
export const offset = (ms: number) => (ms > 0 ? '+' : '') + millis(ms).replace('-', '−');

const SUFFIXES: readonly [RegExp, string][] = [
  [/(^|[._-])celsius$/i, '°C'],
  [/(^|[._-])(millis|ms)$/i, 'ms'],
  [/(^|[._-])volts$/i, 'V'],
  [/(^|[._-])hz$/i, 'Hz'],
];
const PERCENT = /(^|[._-])(percent|pct)$/i;
const SECONDS = /(^|[._-])(seconds|secs)$/i;
/** From here on a number of seconds says little: "1 h 39 min" is read at once. */
const LONG_SECONDS = 120;
const BYTES = /(^|[._-])bytes([._-]?per[._-]?(s|sec|second))?$/i;
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A number as people read it; the unit is taken from a metric's name that ends in one, as `disk.free_bytes`. */
export function measure(metric: string, n: number): string {
  const bytes = BYTES.exec(metric);
  if (bytes) return binary(n) + (bytes[2] ? '/s' : '');
  if (PERCENT.test(metric)) return `${rate.format(n)}\u202f%`;
  if (SECONDS.test(metric)) return n >= LONG_SECONDS ? span(n * 1_000) : `${plain(n)}\u202fs`;
  const unit = SUFFIXES.find(([pattern]) => pattern.test(metric))?.[1];
  return plain(n) + (unit ? `\u202f${unit}` : '');
}

/** Whether a metric counts bytes, which are best read in steps of powers of two. */
export const isBytes = (metric: string) => BYTES.test(metric);

function binary(n: number): string {
  let step = 0;
  let left = n;
  while (Math.abs(left) >= 1_023.5 && step < BINARY.length - 1) {
    left /= 1_024;
    step++;
  }
  return `${left.toFixed(step === 0 || Math.abs(left) >= 100 ? 0 : 1)}\u202f${BINARY[step]}`;
}

function plain(n: number): string {
  const size = Math.abs(n);
  if (size !== 0 && (size >= 1e12 || size < 1e-4)) return n.toExponential(3);
  if (size < 10) return significant.format(n);
  return decimals[size < 100 ? 2 : size < 10_000 ? 1 : 0]!.format(n);
}

export function value(metric: string, v: Value): string {
  if (v === null) return 'not finite';
  if (typeof v === 'number') return measure(metric, v);
  return String(v);
}

export interface TextPart {
  text: string;
  /** The moment that the text names, where it names one. */
  at?: string;
}

const MOMENT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** The hub's sentences name moments in UTC; they are shown in the browser's zone, with the date only where it is another day. */
export function localTimes(sentence: string, now: number): TextPart[] {
  const today = day.format(now);
  return sentence.split(MOMENT).flatMap((text, i): TextPart[] => {
    if (i % 2 === 0) return text === '' ? [] : [{ text }];
    const at = new Date(text);
    return [{ text: day.format(at) === today ? clock.format(at) : dateTime.format(at), at: text }];
  });
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
