import type { Job, JobCounts } from '../src/api/types';

const COUNTS: JobCounts = {
  total: 3,
  waiting: 2,
  queued: 0,
  sent: 0,
  received: 0,
  succeeded: 1,
  failed: 0,
  rejected: 0,
  expired: 0,
  cancelled: 0,
  undeliverable: 0,
  skipped: 0,
};

export function job(more: Partial<Job> = {}): Job {
  return {
    id: 'j1',
    title: 'Spring cleaning',
    command: { name: 'rinse', ttl: 'PT1H', contentType: 'application/json' },
    target: { tags: { hall: '3' } },
    rollout: { maxInFlight: 200 },
    state: 'running',
    why: 'Running: 2 devices wait.',
    createdAt: '2026-01-01T10:00:00Z',
    createdBy: 'user:ann',
    changedAt: '2026-01-01T10:00:00Z',
    counts: COUNTS,
    ...more,
  };
}
