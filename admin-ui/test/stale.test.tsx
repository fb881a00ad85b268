import { act, render, screen } from '@testing-library/preact';
import { afterEach, expect, it, vi } from 'vitest';
import { Shell } from '../src/components/Shell';
import { call, hubNow } from '../src/api/http';
import { PresencePanel } from '../src/pages/device/PresencePanel';
import { now, staleSince, stream } from '../src/state/live';
import { stage } from './stage';

stage();
afterEach(() => {
  vi.useRealTimers();
  stream.follow(undefined);
});

it('looks stale while the hub is not heard, and its times stand still', () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z'), toFake: ['Date'] });
  const source = { readyState: 1, onopen: () => {}, onerror: () => {}, addEventListener() {}, close() {} };
  vi.stubGlobal('EventSource', function EventSource() {
    return source;
  });
  const at = (time: string) => {
    vi.setSystemTime(Date.parse(`2026-01-01T${time}Z`));
    now.value = hubNow();
  };
  const told = (tell: () => void) => act(() => tell());
  render(
    <Shell>
      <PresencePanel presence={{ state: 'online', since: '2026-01-01T11:59:00Z' }} createdAt="2026-01-01T00:00:00Z" />
    </Shell>,
  );
  told(() => {
    stream.follow('/events');
    source.onopen();
  });
  told(() => at('12:00:10'));
  expect(screen.getByTestId('presence-facts').textContent).toContain('Online for1 min 10 s');
  told(() => source.onerror());
  told(() => at('12:00:11'));
  expect([staleSince.value, screen.queryByTestId('stale')]).toEqual([undefined, null]);
  told(() => at('12:05:00'));
  expect(screen.getByTestId('stale').textContent).toContain('not been heard since');
  expect(screen.getByRole('main').className).toContain('stale');
  expect(screen.getByTestId('presence-facts').textContent).toMatch(/Online for1 min 10 s as of [\d:]+/);
  told(() => source.onopen());
  expect(screen.queryByTestId('stale')).toBeNull();
  expect(screen.getByTestId('presence-facts').textContent).toContain('Online for6 min');
});

it('looks stale without a stream, too, once calls do not reach the hub', async () => {
  const answers = (answer: () => Promise<Response>) => {
    vi.stubGlobal('fetch', answer);
    return act(() => call<void>('/any').catch(() => {}));
  };
  render(<Shell>{null}</Shell>);
  await answers(() => Promise.reject(new TypeError('no way there')));
  expect(screen.getByTestId('stale')).toBeTruthy();
  await answers(async () => new Response('{}', { status: 404 }));
  expect(screen.queryByTestId('stale')).toBeNull();
  await answers(async () => new Response('Bad gateway', { status: 502 }));
  expect(screen.getByTestId('stale')).toBeTruthy();
});
