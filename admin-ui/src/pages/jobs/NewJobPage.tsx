import { useState } from 'preact/hooks';
import { ApiError } from '../../api/http';
import * as hub from '../../api/hub';
import { Panel } from '../../components/basics';
import { CommandFields } from '../../components/CommandFields';
import { commandOf, NO_COMMAND } from '../../lib/commandDraft';
import { Field, FormError } from '../../components/forms';
import { draftOf, hasTarget, jobOf, type JobDraft } from '../../lib/jobDraft';
import { abortText } from '../../lib/jobs';
import { useIdempotencyKey } from '../../state/idempotency';
import { jobPath, navigate, query } from '../../state/router';
import { useTask } from '../../state/task';
import { AbortFields, RolloutFields } from './RolloutFields';
import { Summary } from './Summary';
import { TargetFields } from './TargetFields';

const FIELDS = ['/title', '/command/', '/target/', '/rollout/', '/abort/'];

export interface PartProps {
  draft: JobDraft;
  change: (part: Partial<JobDraft>) => void;
  /** What is wrong with a field, by its JSON pointer. */
  errorOf: (pointer: string) => string | undefined;
}

/** The form for a job, beside what will come of it. */
export function NewJobPage() {
  const [draft, setDraft] = useState<JobDraft>(() => draftOf(query.peek()));
  const [command, setCommand] = useState({ ...NO_COMMAND, name: query.peek().get('name') ?? '' });
  const task = useTask();
  const key = useIdempotencyKey();
  const meant = commandOf(command);
  const { job, errors } = jobOf(draft, 'error' in meant ? { name: command.name } : meant.command);
  const ready = !('error' in meant) && Object.keys(errors).length === 0 && hasTarget(job);
  const errorOf = (pointer: string) => errors[pointer] ?? toldBy(task.error, pointer);

  const submit = (e: Event) => {
    e.preventDefault();
    if (ready) void task.run(async () => navigate(jobPath((await hub.createJob(job, key.use(job))).id)));
  };
  const part: PartProps = { draft, change: (changes) => setDraft((d) => ({ ...d, ...changes })), errorOf };
  return (
    <div class="stack">
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/jobs">Jobs</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">New job</span>
      </nav>
      <h1>New job</h1>
      <form class="job-form" onSubmit={submit}>
        <div class="stack">
          <Panel title="Command" id="job-command">
            <div class="form">
              <CommandFields
                first
                draft={command}
                change={setCommand}
                errorOf={(field) => errorOf(`/command${field}`)}
                ttlHint="Counted for each device from its release, whether it is connected or not."
              />
              <Field label="Title of the job (optional)" hint="By default the name of the command." error={errorOf('/title')}>
                {(described) => (
                  <input
                    {...described}
                    class="input"
                    maxLength={128}
                    value={draft.title}
                    onInput={(e) => part.change({ title: e.currentTarget.value })}
                  />
                )}
              </Field>
            </div>
          </Panel>
          <TargetFields {...part} />
          <RolloutFields {...part} />
          <AbortFields {...part} />
        </div>
        <Summary job={job} stops={draft.abort && !job.abort ? '–' : abortText(job.abort)} ready={ready} busy={task.busy}>
          <FormError error={task.error} fields={FIELDS} />
        </Summary>
      </form>
    </div>
  );
}

/** How many of many mistakes are told: a list of ids may have a thousand. */
const TOLD = 3;

function toldBy(error: unknown, pointer: string): string | undefined {
  const all = error instanceof ApiError ? error.fields(pointer) : [];
  if (all.length === 0) return undefined;
  const more = all.length > TOLD ? ` And ${all.length - TOLD} more.` : '';
  return all.slice(0, TOLD).join(' ') + more;
}
