import { describe, expect, it } from 'vitest';
import type { Command, CommandState, HubEvent } from '../src/api/types';
import { applyToList, canCancel, canRetry, currentProgress, follow, type Followed, type Sign } from '../src/lib/commands';

const time = (s: number) => new Date(Date.UTC(2026, 0, 1) + s * 1_000).toISOString();

function command(state: CommandState, s: number, more: Partial<Command> = {}): Command {
  const times = { createdAt: time(0), changedAt: time(s), expiresAt: time(3_600) };
  return { id: 'c1', device: 'd', name: 'ping', state, why: `why ${state}`, attempts: 1, ...times, ...more };
}
const answer = (c: Command): Sign => ({ from: 'answer', command: c });
const event = (state: string, s: number, id = 'c1'): Sign => ({
  from: 'event',
  event: { type: 'command', device: 'd', at: time(s), state, command: id, cause: `cause ${state}` } as HubEvent,
});
const transitions = (...steps: [CommandState, number][]) =>
  steps.map(([state, s]) => ({ state, at: time(s), node: 'n', cause: `told ${state}` }));
const after = (...signs: Sign[]) => signs.reduce<Followed | undefined>(follow, undefined)!;
const states = (f: Followed) => f.steps.map((s) => s.state);

describe('follow', () => {
  it('adds each state as it happens', () => {
    const f = after(answer(command('queued', 0)), event('sent', 1), event('received', 2), event('succeeded', 3));
    expect(states(f)).toEqual(['queued', 'sent', 'received', 'succeeded']);
    expect([f.command.state, f.command.why]).toEqual(['succeeded', 'cause succeeded']);
  });

  it('counts a step once however often it is told, and takes its cause from whoever knows it', () => {
    const f = after(
      answer(command('queued', 0)),
      event('sent', 1),
      event('sent', 1),
      answer(command('sent', 1, { transitions: transitions(['queued', 0], ['sent', 1]) })),
    );
    expect(f.steps.map((s) => s.cause)).toEqual(['told queued', 'told sent']);
  });

  it('sorts events that overtook each other', () => {
    const f = after(answer(command('queued', 0)), event('received', 2), event('sent', 1));
    expect(states(f)).toEqual(['queued', 'sent', 'received']);
    expect(f.command.state).toBe('received');
  });

  it('is not set back by an older answer that comes late', () => {
    const f = after(answer(command('queued', 0)), event('succeeded', 3), answer(command('sent', 1)));
    expect(f.command.state).toBe('succeeded');
    expect(states(f)).toEqual(['queued', 'sent', 'succeeded']);
  });

  it('takes the result from the answer that follows the end', () => {
    const done = command('succeeded', 3, { result: { payload: { ok: true } } });
    expect(after(answer(command('queued', 0)), event('succeeded', 3), answer(done)).command.result).toEqual({
      payload: { ok: true },
    });
  });

  it('shows a second delivery as steps of their own', () => {
    const f = after(answer(command('queued', 0)), event('sent', 1), event('queued', 5), event('sent', 6));
    expect(states(f)).toEqual(['queued', 'sent', 'queued', 'sent']);
  });

  it('keeps states of the same millisecond in their natural order', () => {
    expect(states(after(answer(command('queued', 0)), event('received', 0), event('sent', 0)))).toEqual([
      'queued',
      'sent',
      'received',
    ]);
  });

  it('knows the node and the session of a step from whoever tells them', () => {
    const log = [{ state: 'sent' as const, at: time(1), node: 'n', epoch: 4, cause: 'told sent' }];
    const f = after(
      answer(command('queued', 0)),
      event('sent', 1),
      answer(command('sent', 1, { transitions: log })),
      event('sent', 1),
    );
    expect(f.steps[1]).toMatchObject({ node: 'n', epoch: 4 });
  });

  it('ignores other commands, unknown states, and events before the command is known', () => {
    const f = after(event('sent', 1), answer(command('queued', 0)), event('sent', 1, 'other'), event('floating', 2));
    expect(states(f)).toEqual(['queued']);
  });
});

describe('progress', () => {
  const said = (percent: number, s: number): Sign => ({
    from: 'event',
    event: { type: 'progress', device: 'd', at: time(s), command: 'c1', name: 'ping', percent },
  });
  const percent = (...signs: Sign[]) => currentProgress(after(...signs).command)?.percent;

  it('is what the device said last, whoever told it', () => {
    expect(percent(answer(command('received', 1)), said(10, 2), said(30, 4), said(20, 3))).toBe(30);
    const noted = command('received', 1, { progress: { percent: 20, at: time(3) } });
    expect(percent(answer(command('received', 1)), said(30, 4), answer(noted))).toBe(30);
    expect(percent(answer(command('received', 1)), said(10, 2), answer(noted))).toBe(20);
  });

  it('counts only while the device has the command, and not for a later delivery', () => {
    expect(percent(answer(command('received', 1)), said(30, 4), event('succeeded', 5))).toBeUndefined();
    expect(percent(answer(command('succeeded', 5)), said(30, 4))).toBeUndefined();
    expect(percent(answer(command('received', 1)), said(30, 4), event('sent', 6), event('received', 7))).toBeUndefined();
  });

  it('is noted in lists too', () => {
    const { event: told } = said(30, 4) as { event: HubEvent };
    expect(applyToList([command('received', 1)], told)[0]!.progress).toEqual({ percent: 30, at: time(4) });
  });
});

describe('what can be done', () => {
  const all: CommandState[] = [
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
  it('is to cancel what the device is not known to have', () => expect(all.filter(canCancel)).toEqual(['queued', 'sent']));
  it('is to try again what ended without success', () =>
    expect(all.filter(canRetry)).toEqual(['failed', 'rejected', 'expired', 'cancelled', 'undeliverable']));
});

describe('applyToList', () => {
  const of = (state: string, s: number, id: string) => (event(state, s, id) as { event: HubEvent }).event;

  it('brings one command up to date and leaves the others', () => {
    const other = command('queued', 0, { id: 'c2' });
    const list = applyToList([command('queued', 0), other], of('sent', 1, 'c1'));
    expect(list.map((c) => c.state)).toEqual(['sent', 'queued']);
    expect(list[1]).toBe(other);
  });

  it('changes nothing for an older event or an unknown command', () => {
    const list = [command('sent', 5)];
    expect(applyToList(list, of('queued', 1, 'c1'))).toBe(list);
    expect(applyToList(list, of('queued', 9, 'c9'))).toBe(list);
  });
});
