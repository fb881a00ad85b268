import { describe, expect, it } from 'vitest';
import type { HubEvent } from '../src/api/types';
import { merged } from '../src/pages/Overview';

const at = '2026-11-22T12:00:00Z';
const presence = (id: number): HubEvent => ({ id: String(id), type: 'presence', device: 'a', at, state: 'online' });
const command = (id: number, of: string): HubEvent => ({ ...presence(id), type: 'command', state: 'sent', command: of });
const ids = (events: HubEvent[]) => events.map((e) => Number(e.id));

describe('the recent events', () => {
  it('are listed newest first, each once, though a stream that begins anew tells some again', () => {
    const known = merged([], [presence(9), presence(10)]);
    expect(ids(merged(known, [presence(8), presence(9), presence(10), presence(11)]))).toEqual([11, 10, 9, 8]);
  });

  it('show the newest state of a command only, and leave telemetry out', () => {
    const telemetry: HubEvent = { type: 'telemetry', device: 'a', at, readings: [] };
    expect(ids(merged([command(1, 'x')], [command(2, 'y'), telemetry, command(3, 'x')]))).toEqual([3, 2]);
  });

  it('tell each thing that happens to a job', () => {
    const job = (id: number, state: string): HubEvent => ({ id: String(id), type: 'job', at, state, job: 'j' });
    expect(ids(merged([job(1, 'created')], [job(2, 'paused'), job(3, 'resumed')]))).toEqual([3, 2, 1]);
  });

  it('are no more than sixty', () => {
    const many = Array.from({ length: 70 }, (_, i) => presence(i + 1));
    expect(ids(merged([], many)).at(-1)).toBe(11);
  });
});
