import { useState } from 'preact/hooks';
import { ApiError } from '../../api/http';
import * as hub from '../../api/hub';
import type { Job } from '../../api/types';
import { Empty, ErrorNote, JobBadge, Sentence, Skeleton } from '../../components/basics';
import { Button } from '../../components/Button';
import { ConfirmDialog } from '../../components/forms';
import { count, plural } from '../../lib/format';
import { isJobDeviceState, isOver, JOB_DEVICE_STATES, mayMove, nameOf } from '../../lib/jobs';
import { useEvery, useStream } from '../../state/live';
import { useResource, type Resource } from '../../state/resource';
import { query } from '../../state/router';
import { mayAct } from '../../state/session';
import { useTask } from '../../state/task';
import { useTitle } from '../../state/title';
import { JobDetails } from './JobDetails';
import { JobDevices } from './JobDevices';
import { JobProgress } from './Jobs';

/** The counts change without events; the hub reads one row for them. */
const REFRESH_MS = 1_000;

/** One job: how far it is, exactly counted, and where each of its devices is. */
export function JobPage({ id }: { id: string }) {
  const job = useResource<Job>(id, (abort) => hub.getJob(id, abort));
  useStream({
    opened: job.reload,
    events: (batch) => batch.some((e) => e.type === 'job' && e.job === id) && job.reload(),
  });
  useEvery(REFRESH_MS, () => {
    if (job.data && mayMove(job.data) && !job.loading) job.reload();
  });
  const { data, error } = job;
  useTitle(data && nameOf(data), 'Job');
  if (!data && error instanceof ApiError && (error.status === 404 || error.status === 400)) {
    return (
      <Empty title="There is no such job" page>
        <p>Check the address. Jobs that ended long ago are deleted after some time.</p>
        <a class="button" href="/jobs">
          All jobs
        </a>
      </Empty>
    );
  }
  return (
    <div class="stack">
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/jobs">Jobs</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{data ? nameOf(data) : id}</span>
      </nav>
      {error !== undefined && <ErrorNote error={error} retry={job.reload} title="This job is not up to date" />}
      {data ? <Whole job={data} resource={job} /> : error === undefined && <Skeleton label="Loading the job" rows={6} />}
    </div>
  );
}

function Whole({ job, resource }: { job: Job; resource: Resource<Job> }) {
  const asked = query.value.get('state');
  const state = isJobDeviceState(asked) ? asked : '';
  return (
    <>
      <div class="page-head device-head">
        <h1>{nameOf(job)}</h1>
        <span class="device-now" role="status" data-testid="state">
          <JobBadge job={job} />
        </span>
        {mayAct.value && !isOver(job.state) && <Actions job={job} done={(now) => resource.update(() => now)} />}
      </div>
      <p class="why" data-testid="why">
        <Sentence text={job.why} />
      </p>
      <section class="panel job-whole" aria-label="Progress" data-testid="progress">
        <JobProgress job={job} />
        <Counts job={job} state={state} />
      </section>
      <div class="device-grid">
        <JobDevices job={job} state={state} />
        <div class="device-side">
          <JobDetails job={job} />
        </div>
      </div>
    </>
  );
}

/** Every count leads to its devices. */
function Counts({ job: { counts }, state }: { job: Job; state: string }) {
  return (
    <ul class="job-counts">
      {JOB_DEVICE_STATES.map((s) => (
        <li key={s} class={counts[s] === 0 ? 'job-none' : ''}>
          <a href={s === state ? '?' : `?state=${s}`} aria-current={s === state ? 'true' : undefined} data-testid={`count-${s}`}>
            <b class="figure">{count(counts[s])}</b>
            <span class="fleet-label">
              <span class={`mark mark-${s}`} aria-hidden="true" />
              {s}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Actions({ job, done }: { job: Job; done: (job: Job) => void }) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const act = (what: 'pause' | 'resume') => void task.run(async () => done(await hub.actOnJob(job.id, what)));
  const cancel = async () => {
    const now = await hub.actOnJob(job.id, 'cancel');
    setAsking(false);
    done(now);
  };
  const paused = job.state === 'paused';
  return (
    <div class="head-actions">
      <Button class="button" off={task.busy} onClick={() => act(paused ? 'resume' : 'pause')}>
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <button type="button" class="button" onClick={() => setAsking(true)}>
        Cancel it
      </button>
      {task.error !== undefined && (
        <div class="toast">
          <ErrorNote error={task.error} title={paused ? 'It is not resumed' : 'It is not paused'} />
        </div>
      )}
      {asking && (
        <ConfirmDialog
          title={`Cancel ${nameOf(job)}?`}
          word={nameOf(job)}
          wordLabel="Name of the job"
          action="Cancel the job"
          onConfirm={cancel}
          onClose={() => setAsking(false)}
        >
          <p>
            {plural(job.counts.waiting, 'device')} will never get the command, and what has not reached its device is cancelled.
            Devices that have it go on. This cannot be undone.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
