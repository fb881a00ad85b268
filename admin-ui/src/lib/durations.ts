/** Durations as the API writes them, ISO 8601 such as PT1M30S or P7D, and as people read them. */

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds; undefined where the text is no such duration. */
export function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text);
  if (!parts || text === 'P' || text.endsWith('T')) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((p) => Number(p ?? 0)) as [number, number, number, number];
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
}

const UNITS: readonly [number, string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];

/** "1 hour", "90 seconds": in the largest unit that needs no fraction. */
export function durationText(text: string): string {
  const ms = durationMs(text);
  if (ms === undefined) return text;
  const [size, name] = UNITS.find(([s]) => ms >= s && ms % s === 0) ?? [1_000, 'second'];
  const n = ms / size;
  return `${n} ${name}${n === 1 ? '' : 's'}`;
}

/** How long a command may wait to be answered, as forms offer it. */
export const TTLS: readonly { ttl: string; label: string }[] = [
  { ttl: 'PT1M', label: '1 minute' },
  { ttl: 'PT10M', label: '10 minutes' },
  { ttl: 'PT1H', label: '1 hour' },
  { ttl: 'P1D', label: '1 day' },
  { ttl: 'P7D', label: '7 days' },
  { ttl: 'P30D', label: '30 days' },
];
