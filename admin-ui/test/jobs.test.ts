import { describe, expect, it } from 'vitest';
import type { JobCounts } from '../src/api/types';
import { draftOf, hasTarget, jobOf, NO_JOB, parseIds, type JobDraft } from '../src/lib/jobDraft';
import {
  abortText,
  givesUp,
  ended,
  JOB_DEVICE_STATES,
  mayMove,
  percentEnded,
  rolloutTexts,
  stateText,
  targetText,
  underWay,
  unsuccessful,
} from '../src/lib/jobs';
import { job } from './jobSamples';

function counts(some: Partial<JobCounts>): JobCounts {
  const none = Object.fromEntries(JOB_DEVICE_STATES.map((s) => [s, 0])) as Omit<JobCounts, 'total'>;
  const total = Object.values(some).reduce((n, of) => n + of, 0);
  return { ...none, total, ...some };
}

describe('the counts of a job', () => {
  const some = counts({
    waiting: 4,
    queued: 3,
    sent: 2,
    received: 1,
    succeeded: 5,
    failed: 1,
    rejected: 1,
    expired: 1,
    skipped: 2,
  });
  it('are what waits, what is under way, what has ended and what was skipped, and nothing else', () =>
    expect([some.waiting, underWay(some), ended(some), some.skipped, some.total]).toEqual([4, 6, 8, 2, 20]));
  it('tell of a completed job what has not gone well', () => {
    const text = (some: Partial<JobCounts>, state: 'completed' | 'running' = 'completed') => stateText({ state, counts: counts(some) });
    expect(text({ succeeded: 7 })).toBe('completed');
    expect(text({ expired: 7 })).toBe('completed, 7 expired');
    expect(text({ failed: 2, expired: 1, succeeded: 4 })).toBe('completed, 3 unsuccessful');
    expect(text({ expired: 7 }, 'running')).toBe('running');
  });
  it('tell what went wrong from what somebody ended', () =>
    expect(unsuccessful(counts({ failed: 2, cancelled: 3, skipped: 4 }))).toBe(2));
  it.each([
    [{ succeeded: 999, received: 1 }, 99],
    [{ succeeded: 1000 }, 100],
    [{ succeeded: 3, skipped: 7 }, 30],
    [{ waiting: 1 }, 0],
    [{}, 100],
  ])('are %j, %i percent: 100 only once all has ended', (of, percent) => expect(percentEnded(counts(of))).toBe(percent));

  it('move on their own while it runs, and after its end while a device has the command', () => {
    expect(mayMove(job({ state: 'running' }))).toBe(true);
    expect(mayMove(job({ state: 'paused', counts: counts({ waiting: 3 }) }))).toBe(false);
    expect(mayMove(job({ state: 'cancelled', counts: counts({ received: 1, skipped: 2 }) }))).toBe(true);
    expect(mayMove(job({ state: 'cancelled', counts: counts({ skipped: 3 }) }))).toBe(false);
  });
});

describe('a job in words', () => {
  it('says whom it goes to', () => {
    expect(targetText(job({ target: { tags: { hall: '3', site: 'n' } }, counts: counts({ waiting: 2 }) }))).toBe(
      '2 devices with hall=3 and site=n',
    );
    expect(targetText(job({ target: { listed: 1 }, counts: counts({ waiting: 1 }) }))).toBe('1 device, listed by their ids');
  });
  it.each([
    [{}, []],
    [{ waveSize: 1 }, ['in waves of 1 device, each once all of the one before have ended']],
    [{ wavePercent: 10, waveInterval: 'PT1M' }, ['in waves of 10 % of the devices, a new one every minute']],
    [{ waveSize: 50, waveInterval: 'PT90M' }, ['in waves of 50 devices, a new one every 90 minutes']],
    [{ perSecond: 20, maxInFlight: 2_000 }, ['at most 20 a second', 'at most 2,000 under way at once']],
  ])('says how fast it goes: %j', (rollout, texts) => expect(rolloutTexts(rollout)).toEqual(texts));
  it('says when it stops by itself', () => {
    expect(givesUp('PT10S')).toBe("10 seconds after a device's release, whether it is connected or not");
    expect(abortText(undefined)).toBe('never by itself');
    expect(abortText({ failurePercent: 20, minimumEnded: 10 })).toBe(
      'when 20 % of those that ended were unsuccessful, once 10 have ended',
    );
  });
});

describe('parseIds', () => {
  it('takes a list however it is pasted, each id once', () =>
    expect(parseIds(' a, b;c\n d\tb ')).toEqual({ ids: ['a', 'b', 'c', 'd'] }));
  it('names what is no id', () => {
    expect(parseIds('a, -b')).toEqual({ error: '“-b” is no id of a device.' });
    expect(parseIds('ä ö ü ß')).toEqual({ error: '“ä”, “ö”, “ü” and 1 more are no ids of a device.' });
  });
});

describe('the form of a job', () => {
  const of = (some: Partial<JobDraft>) => jobOf({ ...NO_JOB, tags: 'hall=3', abort: false, ...some }, { name: 'ping' });

  it('means nothing more than what was filled in', () =>
    expect(of({})).toEqual({ job: { command: { name: 'ping' }, target: { tags: { hall: '3' } } }, errors: {} }));

  it('means all that was filled in', () => {
    const waves = { waves: 'size', waveSize: '50', next: 'interval', every: '2', unit: 'H' } as const;
    const { job, errors } = of({
      title: ' T ',
      by: 'list',
      ids: 'a b',
      ...waves,
      perSecond: '20',
      maxInFlight: '7',
      abort: true,
    });
    expect(errors).toEqual({});
    expect(job).toEqual({
      title: 'T',
      command: { name: 'ping' },
      target: { devices: ['a', 'b'] },
      rollout: { waveSize: 50, waveInterval: 'PT2H', perSecond: 20, maxInFlight: 7 },
      abort: { failurePercent: 20, minimumEnded: 10 },
    });
    expect(of({ waves: 'percent', wavePercent: '25' }).job.rollout).toEqual({ wavePercent: 25 });
  });

  it('says which field is wrong, by its pointer', () => {
    const numbers = { perSecond: '0', maxInFlight: '1.5', abort: true, failurePercent: '101', minimumEnded: '' };
    const { job, errors } = of({ tags: 'hall', waves: 'percent', wavePercent: 'x', next: 'interval', every: '', ...numbers });
    expect(Object.keys(errors).sort()).toEqual([
      '/abort/failurePercent',
      '/abort/minimumEnded',
      '/rollout/maxInFlight',
      '/rollout/perSecond',
      '/rollout/waveInterval',
      '/rollout/wavePercent',
      '/target/tags',
    ]);
    expect(errors['/abort/failurePercent']).toBe('A whole number, 1 to 100.');
    expect(errors['/rollout/perSecond']).toBe('A whole number, 1 or more.');
    expect(hasTarget(job)).toBe(false);
  });

  it('begins with what the address brings along', () => {
    const tags = draftOf(new URLSearchParams('tag=hall%3D3&tag=site%3Dn'));
    expect([tags.by, tags.tags]).toEqual(['tags', 'hall=3, site=n']);
    const list = draftOf(new URLSearchParams('device=a&device=b'));
    expect([list.by, list.ids]).toEqual(['list', 'a\nb']);
  });
});
