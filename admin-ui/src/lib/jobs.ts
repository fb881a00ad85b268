import type { Abort, Job, JobCounts, JobDeviceState, JobState, Rollout } from '../api/types';
import { durationText } from './durations';
import { count, plural } from './format';

export const JOB_STATES: readonly JobState[] = ['running', 'paused', 'completed', 'cancelled', 'aborted'];
/** In the order in which counts and shares are shown: what is done, what is under way, what is to come or never will. */
export const JOB_DEVICE_STATES: readonly JobDeviceState[] = [
  'succeeded',
  'failed',
  'rejected',
  'undeliverable',
  'expired',
  'cancelled',
  'received',
  'sent',
  'queued',
  'waiting',
  'skipped',
];
const UNDER_WAY: readonly JobDeviceState[] = ['queued', 'sent', 'received'];
const UNSUCCESSFUL: readonly JobDeviceState[] = ['failed', 'rejected', 'undeliverable', 'expired'];

const sum = (counts: JobCounts, states: readonly JobDeviceState[]) => states.reduce((n, state) => n + counts[state], 0);

export const underWay = (counts: JobCounts) => sum(counts, UNDER_WAY);
/** Devices whose command ended otherwise than by success, and not because somebody wanted it. */
export const unsuccessful = (counts: JobCounts) => sum(counts, UNSUCCESSFUL);
/** Released and ended, one way or the other: what was skipped is not. */
export const ended = (counts: JobCounts) => counts.total - counts.waiting - counts.skipped - underWay(counts);
/** How much has ended; 100 only once all has. */
export const percentEnded = (counts: JobCounts) => (counts.total === 0 ? 100 : Math.floor((ended(counts) * 100) / counts.total));

export const isOver = (state: JobState) => state !== 'running' && state !== 'paused';
/** Whether the counts may change by themselves. A job that has ended lets those devices go on that have the command. */
export const mayMove = ({ state, counts }: Job) => state === 'running' || underWay(counts) > 0;

/** The job's state; of a completed one also what has not gone well: "completed, 7 expired". */
export function stateText({ state, counts }: Pick<Job, 'state' | 'counts'>): string {
  const kinds = UNSUCCESSFUL.filter((kind) => counts[kind] > 0);
  if (state !== 'completed' || kinds.length === 0) return state;
  return `${state}, ${count(unsuccessful(counts))} ${kinds.length === 1 ? kinds[0] : 'unsuccessful'}`;
}

export function isJobState(state: string | null): state is JobState {
  return JOB_STATES.includes(state as JobState);
}

export function isJobDeviceState(state: string | null): state is JobDeviceState {
  return JOB_DEVICE_STATES.includes(state as JobDeviceState);
}

export const nameOf = (job: Pick<Job, 'title' | 'command'>) => job.title ?? job.command.name;

/** Whom it goes to, as "120 devices with hall=3 and site=north". */
export function targetText({ target, counts }: Pick<Job, 'target' | 'counts'>): string {
  const devices = plural(counts.total, 'device');
  if (!target.tags) return `${devices}, listed by their ids`;
  const tags = Object.entries(target.tags).map(([key, value]) => `${key}=${value}`);
  return `${devices} with ${tags.join(' and ')}`;
}

/** How fast it goes, one phrase each. */
export function rolloutTexts({ waveSize, wavePercent, waveInterval, perSecond, maxInFlight }: Rollout): string[] {
  const texts: string[] = [];
  if (waveSize !== undefined || wavePercent !== undefined) {
    const size = waveSize !== undefined ? plural(waveSize, 'device') : `${wavePercent} % of the devices`;
    const next = waveInterval ? `a new one every ${everyText(waveInterval)}` : 'each once all of the one before have ended';
    texts.push(`in waves of ${size}, ${next}`);
  }
  if (perSecond !== undefined) texts.push(`at most ${count(perSecond)} a second`);
  if (maxInFlight !== undefined) texts.push(`at most ${count(maxInFlight)} under way at once`);
  return texts;
}

/** "minute" for one of them, else "5 minutes". */
const everyText = (interval: string) => durationText(interval).replace(/^1 /, '');

/** When a command of a job ends without an answer: it is made, and its time begins, when the job releases the device. */
export const givesUp = (ttl: string) => `${durationText(ttl)} after a device's release, whether it is connected or not`;

export function abortText(abort: Abort | undefined): string {
  if (!abort) return 'never by itself';
  const least = abort.minimumEnded === undefined ? '' : `, once ${count(abort.minimumEnded)} have ended`;
  return `when ${abort.failurePercent} % of those that ended were unsuccessful${least}`;
}
