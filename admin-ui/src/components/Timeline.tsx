import type { CommandState } from '../api/types';
import { hasEnded, type Step } from '../lib/commands';
import { dayOf, fullTime, preciseTime, span } from '../lib/format';

const WAY: readonly CommandState[] = ['queued', 'sent', 'received', 'succeeded'];

/** A command's way. `full` adds the date, the node and the session of each step, as on the command's own page. */
export function Timeline({ steps, full = false }: { steps: Step[]; full?: boolean }) {
  const last = steps[steps.length - 1];
  // What is yet to come is drawn already, so that nothing moves when it comes.
  const ahead = last && !hasEnded(last.state) ? WAY.slice(WAY.indexOf(last.state) + 1) : [];
  return (
    <ol class={full ? 'timeline timeline-full' : 'timeline'}>
      {steps.map((step, i) => (
        <li
          key={`${step.state}${step.at}`}
          data-state={step.state}
          class={step === last && ahead.length > 0 ? 'timeline-now' : ''}
        >
          <span class={`mark mark-${step.state}`} aria-hidden="true" />
          <span class="timeline-state">{step.state}</span>
          <time dateTime={step.at} class="timeline-at" title={fullTime(step.at)}>
            {full && dayOf(step.at) !== dayOf(steps[i - 1]?.at) && <span class="timeline-day">{dayOf(step.at)}</span>}
            {preciseTime(step.at)}
          </time>
          <span class="timeline-took faint">{i > 0 && took(steps[i - 1]!, step)}</span>
          {step.cause && <span class={full ? 'timeline-cause' : 'timeline-cause faint'}>{step.cause}</span>}
          {full && <span class="timeline-where faint">{where(step)}</span>}
        </li>
      ))}
      {ahead.map((state) => (
        <li key={state} class="timeline-ahead" aria-hidden="true">
          <span class="mark mark-ahead" />
          <span class="timeline-state">{state === 'succeeded' ? 'answered' : state}</span>
        </li>
      ))}
    </ol>
  );
}

function took(before: Step, after: Step): string {
  const ms = Math.max(0, Date.parse(after.at) - Date.parse(before.at));
  return `+${ms < 10_000 ? `${ms} ms` : span(ms)}`;
}

const where = ({ epoch, node }: Step) =>
  [epoch !== undefined && `session ${epoch}`, node !== undefined && `on ${node}`].filter((part) => part !== false).join(' ');
