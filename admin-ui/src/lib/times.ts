/** The part of a filter that says when, as the address of a page holds it. */
export interface TimeFilter {
  /** One of WITHIN: in the last hour, for instance, whenever it is asked. Goes before `from` and `to`. */
  within: string;
  /** RFC 3339 in UTC. */
  from: string;
  to: string;
}

export const WITHIN: readonly { within: string; label: string; ms: number }[] = [
  { within: '15m', label: 'Last 15 minutes', ms: 900_000 },
  { within: '1h', label: 'Last hour', ms: 3_600_000 },
  { within: '24h', label: 'Last 24 hours', ms: 86_400_000 },
  { within: '7d', label: 'Last 7 days', ms: 604_800_000 },
];

export function timesOf(params: URLSearchParams): TimeFilter {
  const get = (name: string) => params.get(name) ?? '';
  const within = WITHIN.some((w) => w.within === get('within')) ? get('within') : '';
  return { within, from: within === '' ? moment(get('from')) : '', to: within === '' ? moment(get('to')) : '' };
}

/** The parameters of the call at the hub's time `now`. */
export function queryOf<T extends TimeFilter>({ within, ...filter }: T, now: number): Omit<T, 'within'> {
  const span = WITHIN.find((w) => w.within === within);
  return span ? { ...filter, from: new Date(now - span.ms).toISOString(), to: '' } : filter;
}

export const isFiltered = (filter: object) => Object.values(filter).some((value) => value !== '');

const moment = (text: string) => (Number.isNaN(Date.parse(text)) ? '' : new Date(text).toISOString());

/** A moment as a field of type `datetime-local` holds it: in the browser's zone, to the minute. */
export function toLocalField(iso: string): string {
  if (iso === '') return '';
  const at = new Date(iso);
  const pad = (n: number, size = 2) => String(n).padStart(size, '0');
  const date = `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The moment that such a field means; empty where it means none. */
export const fromLocalField = (text: string) => moment(text);
