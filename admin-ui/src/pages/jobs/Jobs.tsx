import * as hub from '../../api/hub';
import type { Job } from '../../api/types';
import { Ago, Empty, ErrorNote, JobBadge, Skeleton } from '../../components/basics';
import { ListEnd } from '../../components/ListEnd';
import { Shares } from '../../components/Shares';
import { count } from '../../lib/format';
import {
  ended,
  isJobState,
  JOB_DEVICE_STATES,
  JOB_STATES,
  mayMove,
  nameOf,
  percentEnded,
  targetText,
  unsuccessful,
} from '../../lib/jobs';
import { useEvery, useStream } from '../../state/live';
import { usePages } from '../../state/pages';
import { useReloadSoon } from '../../state/resource';
import { jobPath, query, setQuery } from '../../state/router';
import { mayAct } from '../../state/session';

const PAGE = 25;
const AFTER_EVENT_MS = 300;
/** The counts of running jobs change without events. */
const REFRESH_MS = 2_000;

export function Jobs() {
  const asked = query.value.get('state');
  const state = isJobState(asked) ? asked : '';
  const list = usePages<Job>(state, PAGE, (limit, cursor, abort) => hub.listJobs(state, limit, cursor, abort));
  const reloadSoon = useReloadSoon(list);
  useStream({
    opened: list.reload,
    events: (batch) => batch.some((e) => e.type === 'job') && reloadSoon(AFTER_EVENT_MS),
  });
  useEvery(REFRESH_MS, () => {
    if (list.data?.items.some(mayMove) && !list.loading) list.reload();
  });

  const jobs = list.data?.items;
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Jobs</h1>
        <NewJobLink />
      </div>
      <div class="filters" role="search">
        <label>
          <span class="sr-only">State</span>
          <select class="input" value={state} onChange={(e) => setQuery({ state: e.currentTarget.value })}>
            <option value="">Any state</option>
            {JOB_STATES.map((s) => (
              <option key={s} value={s}>
                {s}
              </option>
            ))}
          </select>
        </label>
      </div>
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The jobs are not up to date" />}
      {!jobs && list.error === undefined && <Skeleton label="Loading jobs" rows={5} />}
      {jobs?.length === 0 && <NoJobs filtered={state !== ''} />}
      {jobs && jobs.length > 0 && (
        <>
          <JobTable jobs={jobs} />
          <ListEnd list={list} of="job" />
        </>
      )}
    </div>
  );
}

function NewJobLink() {
  if (!mayAct.value) return null;
  return (
    <a class="button button-primary" href="/jobs/new">
      New job
    </a>
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No job is in this state">
        <button type="button" class="button" onClick={() => setQuery({ state: '' })}>
          Show all jobs
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="No jobs yet">
      <p>A job sends one command to many devices, in waves if you like, and counts what becomes of it on each.</p>
      <NewJobLink />
    </Empty>
  );
}

function JobTable({ jobs }: { jobs: Job[] }) {
  return (
    <table class="table cards job-table" data-testid="jobs">
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">State</th>
          <th scope="col">Progress</th>
          <th scope="col" class="num">
            Created
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <Row key={job.id} job={job} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ job }: { job: Job }) {
  return (
    <tr data-testid={`job-${job.id}`}>
      <th scope="row" class="job-name">
        <a href={jobPath(job.id)}>{nameOf(job)}</a>
        <span class="device-title">
          <span class="mono">{job.command.name}</span> to {targetText(job)}
        </span>
      </th>
      <td class="command-state">
        <JobBadge job={job} />
      </td>
      <td class="job-progress">
        <JobProgress job={job} />
      </td>
      <td class="command-at faint num">
        <Ago at={job.createdAt} />
      </td>
    </tr>
  );
}

/** The shares of all states, and in words how much has ended, and how. */
export function JobProgress({ job: { counts } }: { job: Job }) {
  const failures = unsuccessful(counts);
  return (
    <>
      <Shares shares={JOB_DEVICE_STATES.map((state) => ({ state, n: counts[state] }))} total={counts.total} class="job-bar" />
      <span class="job-said">
        <span>
          {count(ended(counts))} of {count(counts.total)} ended, {percentEnded(counts)}&#8239;%
        </span>
        {counts.skipped > 0 && <span>{count(counts.skipped)} skipped</span>}
        {failures > 0 && <span class="job-bad">{count(failures)} unsuccessful</span>}
      </span>
    </>
  );
}
