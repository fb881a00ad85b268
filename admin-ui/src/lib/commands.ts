import type { Command, CommandState, HubEvent, Progress, Transition } from '../api/types';

/** In the order of a command's way. */
export const COMMAND_STATES: readonly CommandState[] = [
  'queued',
  'sent',
  'received',
  'succeeded',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'undeliverable',
];
const UNDER_WAY: ReadonlySet<string> = new Set(['queued', 'sent', 'received']);
const STATES: ReadonlySet<string> = new Set(COMMAND_STATES);

export const hasEnded = (state: CommandState) => !UNDER_WAY.has(state);
/** The hub cancels what the device is not known to have. */
export const canCancel = (state: CommandState) => state === 'queued' || state === 'sent';
export const canRetry = (state: CommandState) => hasEnded(state) && state !== 'succeeded';

export interface Step {
  state: CommandState;
  at: string;
  cause: string | undefined;
  node?: string;
  epoch?: number;
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
  if (!before || event.command !== before.command.id) return before;
  if (event.type === 'progress') return { ...before, command: withProgress(before.command, event) };
  if (!isCommandState(event.state)) return before;
  const step: Step = { state: event.state, at: event.at, cause: event.cause };
  if (event.epoch !== undefined) step.epoch = event.epoch;
  const steps = merge(before.steps, [step]);
  return { command: newer(before.command, steps), steps };
}

function withAnswer(before: Followed | undefined, command: Command): Followed {
  const told = command.transitions?.map(stepOf) ?? [{ state: command.state, at: command.changedAt, cause: undefined }];
  if (!before || before.command.id !== command.id) return { command, steps: merge([], told) };
  const steps = merge(before.steps, told);
  const stale = Date.parse(command.changedAt) < Date.parse(before.command.changedAt);
  return { command: newer(stale ? before.command : keepProgress(command, before.command), steps), steps };
}

/** Brings the command's state up to its last step; `why` and the result follow with the next answer. */
function newer(command: Command, steps: Step[]): Command {
  const last = steps[steps.length - 1];
  if (!last || last.state === command.state || Date.parse(last.at) < Date.parse(command.changedAt)) return command;
  return { ...command, state: last.state, changedAt: last.at, why: last.cause ?? command.why };
}

const stepOf = (t: Transition): Step => ({ ...t });

function merge(known: Step[], told: Step[]): Step[] {
  const all = [...known];
  for (const step of told) {
    const same = all.findIndex((s) => s.state === step.state && Date.parse(s.at) === Date.parse(step.at));
    if (same === -1) all.push(step);
    else if (step.cause) all[same] = { ...all[same], ...step };
  }
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank(a.state) - rank(b.state));
}

const rank = (state: CommandState) => Math.min(COMMAND_STATES.indexOf(state), 3);

export function isCommandState(state: string | undefined | null): state is CommandState {
  return typeof state === 'string' && STATES.has(state);
}

/** Notes how far the device says it is; what it said before counts no more. */
function withProgress(command: Command, event: HubEvent): Command {
  if (event.percent === undefined || hasEnded(command.state)) return command;
  const progress: Progress = { percent: event.percent, at: event.at };
  if (event.message) progress.message = event.message;
  return isOlder(progress, command.progress) ? command : { ...command, progress };
}

/** The hub notes progress every two seconds at most: its answers may be behind the events. */
function keepProgress(command: Command, before: Command): Command {
  const known = before.progress;
  return known && (!command.progress || isOlder(command.progress, known)) ? { ...command, progress: known } : command;
}

const isOlder = (one: Progress, than: Progress | undefined) => than !== undefined && Date.parse(one.at) < Date.parse(than.at);

/** How far the device is, while it has the command; what it said of an earlier delivery counts no more. */
export function currentProgress({ state, changedAt, progress }: Command): Progress | undefined {
  return progress && state === 'received' && Date.parse(progress.at) >= Date.parse(changedAt) ? progress : undefined;
}

/** Brings a list of commands up to an event; one of a command that is not in it changes nothing. */
export function applyToList(list: Command[], event: HubEvent): Command[] {
  const at = list.findIndex((c) => c.id === event.command);
  const found = list[at];
  if (!found) return list;
  if (event.type === 'progress') return list.with(at, withProgress(found, event));
  if (!isCommandState(event.state) || Date.parse(event.at) < Date.parse(found.changedAt)) return list;
  return list.with(at, { ...found, state: event.state, changedAt: event.at, why: event.cause ?? found.why });
}
