import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, describe, expect, it } from 'vitest';
import { Composer } from '../src/pages/device/Composer';
import { Devices } from '../src/pages/devices/Devices';
import { NewPassword } from '../src/pages/NewPassword';
import { SignIn } from '../src/pages/SignIn';
import { navigate, path } from '../src/state/router';
import { session } from '../src/state/session';
import type { Device } from '../src/api/types';
import { stage } from './stage';

const hub = stage();

const device = (id: string, state: Device['presence']['state'] = 'online'): Device => ({
  id,
  name: `Name of ${id}`,
  tags: { site: 'north' },
  enabled: true,
  createdAt: '2026-01-01T00:00:00Z',
  presence: { state },
});

describe('the list of devices', () => {
  it('shows each with its state and loads more by cursor', async () => {
    navigate('/devices');
    hub.answer = (_, url) => [
      200,
      url.includes('cursor=c2') ? { items: [device('c')] } : { items: [device('a'), device('b', 'never-seen')], next: 'c2' },
    ];
    render(<Devices />);
    const row = await screen.findByTestId('device-b');
    expect(within(row).getByText('Never seen')).toBeTruthy();
    expect(within(row).getByRole('link', { name: 'b' }).getAttribute('href')).toBe('/devices/b');
    fireEvent.click(screen.getByRole('button', { name: 'Load more' }));
    await screen.findByTestId('device-c');
    expect(screen.getByText('3 devices')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
  });

  it('is sorted by the heads of its columns, as the address says', async () => {
    navigate('/devices?sort=-last-seen&enabled=false');
    render(<Devices />);
    await screen.findByTestId('device-a');
    expect(hub.requests[0]!.url).toBe('/api/v1/devices?limit=50&enabled=false&sort=-last-seen');
    expect(screen.getByRole('columnheader', { name: /Last seen/ }).getAttribute('aria-sort')).toBe('descending');
    expect(screen.getByRole('columnheader', { name: /State/ }).getAttribute('aria-sort')).toBe('none');
    expect(screen.getByRole('link', { name: 'Last seen' }).getAttribute('href')).toBe('?sort=last-seen&enabled=false');
    expect(screen.getByLabelText('State')).toHaveProperty('value', 'disabled');
    navigate('/devices' + screen.getByRole('link', { name: 'State' }).getAttribute('href'));
    await waitFor(() => expect(hub.requests.at(-1)!.url).toContain('sort=state'));
  });
  it('asks for what the address says and adds a tag that is clicked', async () => {
    navigate('/devices?q=pump&state=online&tag=hall%3D7');
    hub.answer = () => [200, { items: [device('a')] }];
    render(<Devices />);
    await screen.findByTestId('device-a');
    expect(hub.requests[0]!.url).toBe('/api/v1/devices?limit=50&q=pump&state=online&tag=hall%3D7');
    fireEvent.click(screen.getByRole('button', { name: /^site=/ }));
    await waitFor(() => expect(hub.requests.at(-1)!.url).toContain('tag=hall%3D7&tag=site%3Dnorth'));
    expect(location.search).toContain('tag=site%3Dnorth');
  });

  it('says what to do when nothing fits', async () => {
    navigate('/devices?q=zzz');
    hub.answer = () => [200, { items: [] }];
    render(<Devices />);
    fireEvent.click(await screen.findByRole('button', { name: 'Clear the filters' }));
    await screen.findByText('No devices yet');
    expect(location.search).toBe('');
  });

  it('shows a problem and tries again', async () => {
    navigate('/devices');
    hub.answer = () => [503, { title: 'The database is away', status: 503, detail: 'Wait a little.' }];
    render(<Devices />);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The database is away');
    hub.answer = () => [200, { items: [device('a')] }];
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await screen.findByTestId('device-a');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('offers a viewer no new device', async () => {
    session.value = { user: 'vic', role: 'viewer', passwordChangeRequired: false };
    navigate('/devices');
    hub.answer = () => [200, { items: [] }];
    render(<Devices />);
    await screen.findByText('No devices yet');
    expect(screen.queryByRole('button', { name: 'New device' })).toBeNull();
  });
});

describe('the command form', () => {
  const fill = (payload: string) => {
    fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'set-interval' } });
    fireEvent.input(screen.getByLabelText('Payload, JSON (optional)'), { target: { value: payload } });
  };
  const { posts } = hub;
  const keyOf = (i: number) => hub.header(i, 'Idempotency-Key');

  it('refuses a payload that is not JSON', () => {
    hub.answer = () => [500, {}];
    render(<Composer device="d" state="online" />);
    fill('{"seconds": ');
    expect(screen.getByText(/^Not valid JSON/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('repeats the key when the same is sent again after an error, then follows the command', async () => {
    const command = { id: 'c1', device: 'd', name: 'set-interval', state: 'queued', why: 'The device is offline.', attempts: 0 };
    const times = { createdAt: '2026-01-01T00:00:00Z', changedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-02T00:00:00Z' };
    hub.answer = () => [503, { title: 'Away', status: 503 }];
    render(<Composer device="d" state="offline" />);
    fill('{"seconds": 5}');
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText('Away');
    hub.answer = () => [202, { ...command, ...times }];
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText('The device is offline.');
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(posts()).toHaveLength(3));
    expect(keyOf(0)).toBe(keyOf(1));
    expect(keyOf(2)).not.toBe(keyOf(1));
    expect(posts()[0]!.init.body).toBe('{"name":"set-interval","ttl":"PT1H","payload":{"seconds":5}}');
  });
});

describe('signing in', () => {
  beforeEach(() => {
    session.value = null;
    navigate('/sign-in?return=%2Fdevices%3Fq%3Dx', { replace: true });
  });
  const submit = () => {
    fireEvent.input(screen.getByLabelText('User'), { target: { value: 'ann' } });
    fireEvent.input(screen.getByLabelText('Password'), { target: { value: 'secret' } });
    fireEvent.submit(screen.getByRole('form'));
  };

  it('goes back to where the operator was', async () => {
    hub.answer = () => [200, { user: 'ann', role: 'admin', passwordChangeRequired: false }];
    render(<SignIn />);
    submit();
    await waitFor(() => expect(path.value + location.search).toBe('/devices?q=x'));
  });

  it('stays and says so when the password is wrong', async () => {
    hub.answer = () => [401, { title: 'Not signed in', status: 401 }];
    render(<SignIn />);
    submit();
    await screen.findByText('User or password is wrong. Try again.');
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('');
    expect(path.value).toBe('/sign-in');
  });
});

describe('a one-time password', () => {
  const fill = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
  const button = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Change password' });

  it('is changed, once both new ones are the same', async () => {
    session.value = { user: 'ann', role: 'operator', passwordChangeRequired: true };
    hub.answer = () => [200, { user: 'ann', role: 'operator', passwordChangeRequired: false }];
    render(<NewPassword user="ann" oneTime />);
    fill('One-time password', 'once');
    fill('New password', 'a horse of another colour');
    fill('New password again', 'a horse');
    expect(button().getAttribute('aria-disabled')).toBe('true');
    fill('New password again', 'a horse of another colour');
    fireEvent.submit(screen.getByRole('form'));
    await waitFor(() => expect(session.value?.passwordChangeRequired).toBe(false));
    expect(hub.requests[0]!.url).toBe('/api/v1/session/password');
    expect(hub.requests[0]!.init.body).toBe('{"currentPassword":"once","newPassword":"a horse of another colour"}');
  });

  it('says at its place what is wrong', async () => {
    hub.answer = () => [400, { title: 'Not valid', status: 400, errors: [{ pointer: '/newPassword', detail: 'Too short.' }] }];
    render(<NewPassword user="ann" oneTime />);
    fill('New password', 'x');
    fill('New password again', 'x');
    fireEvent.submit(screen.getByRole('form'));
    await screen.findByText('Too short.');
  });
});
