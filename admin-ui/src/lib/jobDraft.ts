import type { NewCommand, NewJob, Rollout } from '../api/types';
import { parseTags } from './tags';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
/** How many wrong ids are named. */
const NAMED = 3;

/** A job as it is typed, all but its command. */
export interface JobDraft {
  title: string;
  by: 'tags' | 'list';
  tags: string;
  ids: string;
  waves: 'none' | 'size' | 'percent';
  waveSize: string;
  wavePercent: string;
  /** When the next wave begins: once the one before has ended, or after `every`. */
  next: 'ended' | 'interval';
  every: string;
  unit: 'S' | 'M' | 'H';
  perSecond: string;
  maxInFlight: string;
  abort: boolean;
  failurePercent: string;
  minimumEnded: string;
}

export const NO_JOB: JobDraft = {
  title: '',
  by: 'tags',
  tags: '',
  ids: '',
  waves: 'none',
  waveSize: '10',
  wavePercent: '10',
  next: 'ended',
  every: '5',
  unit: 'M',
  perSecond: '',
  maxInFlight: '',
  abort: true,
  failurePercent: '20',
  minimumEnded: '10',
};

/** What the address of the form brings along: `tag=hall=3`, several of them, or `device=pump-7`. */
export function draftOf(params: URLSearchParams): JobDraft {
  const ids = params.getAll('device');
  return { ...NO_JOB, by: ids.length > 0 ? 'list' : 'tags', ids: ids.join('\n'), tags: params.getAll('tag').join(', ') };
}

/** The ids of a list as people paste it: apart by blanks, commas, semicolons or lines; one that comes twice counts once. */
export function parseIds(text: string): { ids: string[] } | { error: string } {
  const ids = [...new Set(text.split(/[\s,;]+/).filter((id) => id !== ''))];
  const wrong = ids.filter((id) => !ID.test(id)).map((id) => `“${id}”`);
  if (wrong.length === 0) return { ids };
  const more = wrong.length > NAMED ? ` and ${wrong.length - NAMED} more` : '';
  const are = wrong.length === 1 ? 'is no id' : 'are no ids';
  return { error: `${wrong.slice(0, NAMED).join(', ')}${more} ${are} of a device.` };
}

/** What is wrong with the draft, by JSON pointers into the job; empty: nothing that can be seen from here. */
export type DraftErrors = Record<string, string>;

/** The job that is meant. What `errors` name is left out of it. */
export function jobOf(draft: JobDraft, command: NewCommand): { job: NewJob; errors: DraftErrors } {
  const errors: DraftErrors = {};
  const job: NewJob = { command, target: targetOf(draft, errors) };
  if (draft.title.trim() !== '') job.title = draft.title.trim();
  const rollout = rolloutOf(draft, errors);
  if (Object.keys(rollout).length > 0) job.rollout = rollout;
  if (draft.abort) {
    const failurePercent = whole(draft.failurePercent, 1, 100, '/abort/failurePercent', errors);
    const minimumEnded = whole(draft.minimumEnded, 1, Infinity, '/abort/minimumEnded', errors);
    if (failurePercent !== undefined && minimumEnded !== undefined) job.abort = { failurePercent, minimumEnded };
  }
  return { job, errors };
}

function targetOf(draft: JobDraft, errors: DraftErrors): NewJob['target'] {
  if (draft.by === 'tags') {
    const parsed = parseTags(draft.tags);
    if ('error' in parsed) errors['/target/tags'] = parsed.error;
    return { tags: 'error' in parsed ? {} : parsed.tags };
  }
  const parsed = parseIds(draft.ids);
  if ('error' in parsed) errors['/target/devices'] = parsed.error;
  return { devices: 'error' in parsed ? [] : parsed.ids };
}

function rolloutOf(draft: JobDraft, errors: DraftErrors): Rollout {
  const rollout: Rollout = {};
  const set = (field: 'waveSize' | 'wavePercent' | 'perSecond' | 'maxInFlight', most: number) => {
    const n = whole(draft[field], 1, most, `/rollout/${field}`, errors);
    if (n !== undefined) rollout[field] = n;
  };
  if (draft.waves === 'size') set('waveSize', Infinity);
  if (draft.waves === 'percent') set('wavePercent', 100);
  if (draft.waves !== 'none' && draft.next === 'interval') {
    const every = whole(draft.every, 1, Infinity, '/rollout/waveInterval', errors);
    if (every !== undefined) rollout.waveInterval = `PT${every}${draft.unit}`;
  }
  if (draft.perSecond.trim() !== '') set('perSecond', Infinity);
  if (draft.maxInFlight.trim() !== '') set('maxInFlight', Infinity);
  return rollout;
}

function whole(text: string, least: number, most: number, pointer: string, errors: DraftErrors): number | undefined {
  const n = Number(text);
  if (text.trim() !== '' && Number.isInteger(n) && n >= least && n <= most) return n;
  errors[pointer] = `A whole number, ${most === Infinity ? `${least} or more` : `${least} to ${most}`}.`;
  return undefined;
}

/** Whether somebody is meant at all. */
export const hasTarget = ({ target }: NewJob) =>
  'tags' in target ? Object.keys(target.tags).length > 0 : target.devices.length > 0;
