import type { ComponentChildren } from 'preact';
import type { NewJob } from '../../api/types';
import { Panel } from '../../components/basics';
import { Button } from '../../components/Button';
import { Fact } from '../../components/Fact';
import { plural } from '../../lib/format';
import { givesUp, rolloutTexts } from '../../lib/jobs';

interface SummaryProps {
  job: NewJob;
  /** When it stops by itself. */
  stops: string;
  /** Whether it can be sent as it is. */
  ready: boolean;
  busy: boolean;
  children: ComponentChildren;
}

/** What will happen, in the words in which the job's page will tell it, and the button that makes it happen. */
export function Summary({ job, stops, ready, busy, children }: SummaryProps) {
  const pace = rolloutTexts(job.rollout ?? {});
  return (
    <Panel title="What will happen" id="job-summary" class="job-summary">
      <dl class="facts">
        <Fact name="Command">{job.command.name ? <span class="mono">{job.command.name}</span> : '–'}</Fact>
        <Fact name="To">{whom(job.target)}</Fact>
        <Fact name="Pace">
          {pace.length === 0
            ? 'all at once'
            : pace.map((text) => (
                <span key={text} class="fact-line">
                  {text}
                </span>
              ))}
        </Fact>
        <Fact name="Stops">{stops}</Fact>
        {job.command.ttl && <Fact name="Gives up">{givesUp(job.command.ttl)}</Fact>}
      </dl>
      {children}
      <Button type="submit" class="button button-primary button-wide" off={!ready || busy}>
        {busy ? 'Starting…' : 'Start the job'}
      </Button>
    </Panel>
  );
}

function whom(target: NewJob['target']): string {
  if ('devices' in target)
    return target.devices.length === 0 ? '–' : `${plural(target.devices.length, 'device')}, listed by their ids`;
  const tags = Object.entries(target.tags).map(([key, value]) => `${key}=${value}`);
  return tags.length === 0 ? '–' : `every device with ${tags.join(' and ')}`;
}
