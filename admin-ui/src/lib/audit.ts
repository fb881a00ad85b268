import type { AuditEntry, Side } from '../api/access';
import type { Json } from '../api/types';
import { commandPath, devicePath, jobPath, userPath, webhookPath } from '../state/router';
import { timesOf, type TimeFilter } from './times';

/** Which entries of the audit log are listed, as the address of the page says it. */
export interface AuditFilter extends TimeFilter {
  who: string;
  action: string;
  target: string;
}

/** Takes every filter out of the address. */
export const NO_FILTER = { who: '', action: '', target: '', within: '', from: '', to: '' };

export function filterOf(params: URLSearchParams): AuditFilter {
  const get = (name: string) => params.get(name) ?? '';
  return { who: get('who'), action: get('action'), target: get('target'), ...timesOf(params) };
}

/** The page about what an entry is about; undefined where there is none. */
export function pageOf(target: string): string | undefined {
  const [kind, id, part, below] = target.split('/');
  if (kind === 'devices' && id !== undefined) {
    return part === 'commands' && below !== undefined ? commandPath(id, below) : devicePath(id);
  }
  if (kind === 'users' && id !== undefined) return userPath(id);
  if (kind === 'webhooks' && id !== undefined) return webhookPath(id);
  if (kind === 'jobs' && id !== undefined) return jobPath(id);
  return kind === 'keys' || kind === 'enrolment-keys' || kind === 'rotations' || kind === 'commands' ? `/${kind}` : undefined;
}

export interface Changed {
  field: string;
  before: Json | undefined;
  after: Json | undefined;
  differs: boolean;
}

/** What an entry says of each field that is not blank before and after, those that have changed first. */
export function changes(before: Side, after: Side): Changed[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !isBlank(before[field]) || !isBlank(after[field]),
  );
  const all = fields.map((field) => ({
    field,
    before: before[field],
    after: after[field],
    differs: JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  }));
  return [...all.filter((c) => c.differs), ...all.filter((c) => !c.differs)];
}

/** Whether a value says nothing: as good as a field that is not there. */
export function isBlank(value: Json | undefined): value is undefined | null {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** A value as text; of lists and of tags without the signs of JSON. */
export function shown(value: Json | undefined): string {
  if (isBlank(value)) return '–';
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object')) return value.join(', ');
  if (typeof value === 'object' && Object.values(value).every((v) => typeof v !== 'object')) {
    return Object.entries(value)
      .map(([key, v]) => `${key}=${v}`)
      .join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The change in a few words, for the list. */
export function gist({ before, after }: AuditEntry): string {
  return changes(before, after)
    .filter((c) => c.differs)
    .map((c) => {
      if (isBlank(c.before)) return `${c.field} ${shown(c.after)}`;
      return isBlank(c.after) ? `no ${c.field} (${shown(c.before)})` : `${c.field} ${shown(c.before)} → ${shown(c.after)}`;
    })
    .join(', ');
}

/** The address of one entry: the moment it was made in, so that it is found however old it is. */
export function entryPath({ id, at }: AuditEntry): string {
  const ms = Date.parse(at);
  const iso = (t: number) => new Date(t).toISOString();
  return `/audit?${new URLSearchParams({ from: iso(ms), to: iso(ms + 1), entry: id })}`;
}

/** What was done to which kinds of things, for the choice of actions: each action, and all of a kind. */
export const actionsIn = (entries: readonly AuditEntry[]) =>
  [...new Set(entries.flatMap((e) => [e.action.split('.')[0]!, e.action]))].sort();
