import { act, render, renderHook, screen } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Device } from '../src/api/types';
import { keepMoved } from '../src/lib/presence';
import { Audit } from '../src/pages/Audit';
import { Devices } from '../src/pages/devices/Devices';
import { EnrolmentKeys } from '../src/pages/EnrolmentKeys';
import { Keys } from '../src/pages/Keys';
import { Rotations } from '../src/pages/Rotations';
import { Users } from '../src/pages/users/Users';
import { Webhooks } from '../src/pages/webhooks/Webhooks';
import { useFresh } from '../src/state/fresh';
import { visible } from '../src/state/live';
import { navigate } from '../src/state/router';
import { stage } from './stage';

const hub = stage();
const passes = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  visible.value = true;
});

describe('a list of which no event tells', () => {
  const lists = { Audit, Devices, EnrolmentKeys, Keys, Rotations, Users, Webhooks };
  it.each(Object.entries(lists))('is fetched anew every few seconds while it is seen: %s', async (_, List) => {
    navigate('/devices?state=never-seen');
    hub.answer = () => [200, { items: [] }];
    render(<List />);
    await passes(0);
    const first = hub.requests.length;
    await passes(5_000);
    expect(hub.requests.length).toBe(2 * first);
    visible.value = false;
    await passes(60_000);
    expect(hub.requests.length).toBe(2 * first);
  });

  it('shows the device that another has made', async () => {
    navigate('/devices?state=never-seen');
    hub.answer = () => [200, { items: [device('a', 'never-seen')] }];
    render(<Devices />);
    await passes(0);
    expect(screen.queryByTestId('device-b')).toBeNull();
    hub.answer = () => [200, { items: [device('a', 'never-seen'), device('b', 'never-seen')] }];
    await passes(5_000);
    expect(screen.getByTestId('device-b')).toBeTruthy();
  });

  it('is fetched the more seldom the longer it is, and never while that is under way', async () => {
    const list = { loading: false, reload: vi.fn(), shown: () => 250 };
    renderHook(() => useFresh(list));
    await passes(14_000);
    expect(list.reload).not.toHaveBeenCalled();
    await passes(1_000);
    expect(list.reload).toHaveBeenCalledTimes(1);
    list.loading = true;
    await passes(60_000);
    expect(list.reload).toHaveBeenCalledTimes(1);
  });
});

describe('rows that a fetch in the background would take away', () => {
  const ids = (devices: Device[]) => devices.map((d) => d.id);
  const shown = [device('a', 'online'), device('b', 'offline'), device('c', 'offline')];
  it('stay in their place where only their state has changed', () => {
    expect(ids(keepMoved(shown, [device('b', 'offline'), device('n', 'offline')], 'offline'))).toEqual(['a', 'b', 'n']);
    expect(ids(keepMoved([shown[1]!, shown[0]!], [shown[1]!, shown[2]!], 'offline'))).toEqual(['b', 'a', 'c']);
  });
  it('go where the device is gone, or no state is asked for', () => {
    expect(ids(keepMoved(shown, [shown[1]!], 'offline'))).toEqual(['a', 'b']);
    expect(ids(keepMoved(shown, [shown[1]!], ''))).toEqual(['b']);
  });
});

function device(id: string, state: Device['presence']['state']): Device {
  return { id, name: id, tags: {}, enabled: true, createdAt: '2026-01-01T00:00:00Z', presence: { state } };
}
