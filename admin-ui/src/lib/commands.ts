import type { Command, CommandState, HubEvent, Transition } from '../api/types';

export const ENDED: ReadonlySet<CommandState> = new Set([
  'succeeded',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'undeliverable',
]);
const STATES: ReadonlySet<string> = new Set(['queued', 'sent', 'received', ...ENDED]);

export const hasEnded = (state: CommandState) => ENDED.has(state);

export interface Step {
  state: CommandState;
  at: string;
  cause: string | undefined;
}

/** One command as the page follows it: what the hub last said of it, and every transition known so far. */
export interface Followed {
  command: Command;
  steps: Step[];
}

export type Sign = { from: 'answer'; command: Command } | { from: 'event'; event: HubEvent };

/**
 * Adds what the hub has said. Answers to calls and events of the stream overtake each other, so a step counts once however
 * often it is told, and an older answer never undoes a newer state.
 */
export function follow(before: Followed | undefined, sign: Sign): Followed | undefined {
  if (sign.from === 'answer') return withAnswer(before, sign.command);
  const { event } = sign;
  if (!before || event.command !== before.command.id || !isCommandState(event.state)) return before;
  const steps = merge(before.steps, [{ state: event.state, at: event.at, cause: event.cause }]);
  return { command: newer(before.command, steps), steps };
}

function withAnswer(before: Followed | undefined, command: Command): Followed {
  const told = command.transitions?.map(stepOf) ?? [{ state: command.state, at: command.changedAt, cause: undefined }];
  if (!before || before.command.id !== command.id) return { command, steps: merge([], told) };
  const steps = merge(before.steps, told);
  const stale = Date.parse(command.changedAt) < Date.parse(before.command.changedAt);
  return { command: newer(stale ? before.command : command, steps), steps };
}

/** Brings the command's state up to its last step; `why` and the result follow with the next answer. */
function newer(command: Command, steps: Step[]): Command {
  const last = steps[steps.length - 1];
  if (!last || last.state === command.state || Date.parse(last.at) < Date.parse(command.changedAt)) return command;
  return { ...command, state: last.state, changedAt: last.at, why: last.cause ?? command.why };
}

const stepOf = (t: Transition): Step => ({ state: t.state, at: t.at, cause: t.cause });

function merge(known: Step[], told: Step[]): Step[] {
  const all = [...known];
  for (const step of told) {
    const same = all.findIndex((s) => s.state === step.state && Date.parse(s.at) === Date.parse(step.at));
    if (same === -1) all.push(step);
    else if (step.cause) all[same] = step;
  }
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank(a.state) - rank(b.state));
}

const rank = (state: CommandState) => (state === 'queued' ? 0 : state === 'sent' ? 1 : state === 'received' ? 2 : 3);

export function isCommandState(state: string | undefined): state is CommandState {
  return state !== undefined && STATES.has(state);
}

/** Brings a list of commands up to an event; one of a command that is not in it changes nothing. */
export function applyToList(list: Command[], event: HubEvent): Command[] {
  const at = list.findIndex((c) => c.id === event.command);
  const found = list[at];
  if (!found || !isCommandState(event.state) || Date.parse(event.at) < Date.parse(found.changedAt)) return list;
  return list.with(at, { ...found, state: event.state, changedAt: event.at, why: event.cause ?? found.why });
}
