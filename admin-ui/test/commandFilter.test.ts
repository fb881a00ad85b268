import { describe, expect, it } from 'vitest';
import { filterOf, NO_FILTER } from '../src/lib/commandFilter';
import { durationMs, durationText } from '../src/lib/durations';
import { fromLocalField, isFiltered, queryOf, toLocalField } from '../src/lib/times';

const of = (query: string) => filterOf(new URLSearchParams(query));
const NOW = Date.UTC(2026, 0, 8);

describe('the filter of commands', () => {
  it('is what the address says', () =>
    expect(of('device=pump-7&name=ping&state=failed&job=j1&from=2026-01-01T00:00:00Z')).toEqual({
      device: 'pump-7',
      name: 'ping',
      state: 'failed',
      job: 'j1',
      within: '',
      from: '2026-01-01T00:00:00.000Z',
      to: '',
    }));
  it('leaves out what it does not know', () =>
    expect(isFiltered(of('state=floating&within=9y&from=yesterday&other=1'))).toBe(false));
  it('is gone once all of it is taken out', () => expect(filterOf(new URLSearchParams(NO_FILTER))).toEqual(of('')));

  it('asks for the last hour as of the hub’s time, and for nothing of its own', () => {
    const query = queryOf(of('within=7d&device=d&to=2026-01-01T00:00:00Z'), NOW);
    expect(query).toEqual({ device: 'd', name: '', state: '', job: '', from: '2026-01-01T00:00:00.000Z', to: '' });
    expect(queryOf(of('to=2026-01-01T00:00:00Z'), NOW).to).toBe('2026-01-01T00:00:00.000Z');
  });

  it('shows a moment in the zone of the browser and finds it again', () => {
    const iso = '2026-07-01T21:05:00.000Z';
    const at = new Date(iso);
    expect(toLocalField(iso)).toContain(`T${String(at.getHours()).padStart(2, '0')}:`);
    expect(fromLocalField(toLocalField(iso))).toBe(iso);
    expect([toLocalField(''), fromLocalField('')]).toEqual(['', '']);
  });
});

describe('durations', () => {
  it.each([
    ['PT1M', 60_000, '1 minute'],
    ['PT1M30S', 90_000, '90 seconds'],
    ['PT0.5S', 500, '0.5 seconds'],
    ['P7D', 604_800_000, '7 days'],
    ['P1DT1H', 90_000_000, '25 hours'],
  ])('%s', (text, ms, words) => expect([durationMs(text), durationText(text)]).toEqual([ms, words]));
  it.each(['', 'P', 'PT', '5 min', 'P1M'])('“%s” is none', (text) => expect(durationMs(text)).toBeUndefined());
});
