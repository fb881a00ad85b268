import type { Job } from '../../api/types';
import { Ago, Panel } from '../../components/basics';
import { JsonText, payloadTitle } from '../../components/command';
import { Fact } from '../../components/Fact';
import { fullTime } from '../../lib/format';
import { abortText, givesUp, rolloutTexts, targetText } from '../../lib/jobs';
import { isAdmin } from '../../state/session';

/** A user, or a key by its name. */
function CreatedBy({ job }: { job: Job }) {
  const [kind = '', id = ''] = job.createdBy.split(/:(.*)/s);
  const name = job.createdByName ?? id;
  return (
    <>
      <span class="faint">by {kind}</span>{' '}
      {isAdmin.value ? <a href={`/audit?${new URLSearchParams({ who: id })}`}>{name}</a> : name}
      {name !== id && <span class="mono faint"> {id}</span>}
    </>
  );
}

/** What was asked for, and by whom. */
export function JobDetails({ job }: { job: Job }) {
  const { command, rollout, wave } = job;
  return (
    <div class="stack">
      <Panel title="Details" id="details">
        <dl class="facts">
          <Fact name="Command">
            <span class="mono">{command.name}</span>
          </Fact>
          <Fact name="To">{targetText(job)}</Fact>
          <Fact name="Pace">
            {rolloutTexts(rollout).map((text) => (
              <span key={text} class="fact-line">
                {text}
              </span>
            ))}
          </Fact>
          {wave && (
            <Fact name="Wave">
              {wave.number} of {wave.of}{' '}
              <span class="faint">
                began <Ago at={wave.beganAt} />
              </span>
            </Fact>
          )}
          <Fact name="Stops">{abortText(job.abort)}</Fact>
          <Fact name="Gives up">{givesUp(command.ttl)}</Fact>
          <Fact name="Created">
            {fullTime(job.createdAt)} <CreatedBy job={job} />
          </Fact>
          {job.endedAt && <Fact name="Ended">{fullTime(job.endedAt)}</Fact>}
          <Fact name="Id">
            <span class="mono">{job.id}</span>
          </Fact>
        </dl>
        <p class="job-commands">
          <a href={`/commands?job=${encodeURIComponent(job.id)}`}>Its commands in the history</a>
        </p>
      </Panel>
      {command.payload !== undefined && (
        <Panel title={payloadTitle(command)} id="payload">
          <JsonText json={command.payload} />
        </Panel>
      )}
    </div>
  );
}
