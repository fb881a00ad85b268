import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import type { Command, CommandState } from '../src/api/types';
import { CommandPage } from '../src/pages/commands/CommandPage';
import { Commands } from '../src/pages/commands/Commands';
import { navigate, path } from '../src/state/router';
import { session } from '../src/state/session';
import { stage } from './stage';

const hub = stage();
const AT = '2026-01-01T10:00:00Z';

function command(id: string, state: CommandState, more: Partial<Command> = {}): Command {
  const times = { createdAt: AT, changedAt: AT, expiresAt: '2026-01-02T10:00:00Z' };
  return { id, device: 'pump-7', name: 'ping', state, why: `Why ${id}.`, attempts: 1, ...times, ...more };
}
const problem = (status: number, title: string, detail: string) => [status, { title, status, detail }] as [number, unknown];

describe('the commands of the fleet', () => {
  it('asks for what the address says and shows each with its reason', async () => {
    navigate('/commands?device=pump-7&state=failed');
    hub.answer = () => [200, { items: [command('c1', 'failed')] }];
    render(<Commands />);
    const row = await screen.findByTestId('command-c1');
    expect(hub.requests[0]!.url).toBe('/api/v1/commands?limit=50&device=pump-7&state=failed');
    expect(within(row).getByRole('link', { name: 'ping' }).getAttribute('href')).toBe('/devices/pump-7/commands/c1');
    expect(within(row).getByText('Why c1.')).toBeTruthy();
  });

  it('puts each filter into the address', async () => {
    navigate('/commands');
    hub.answer = () => [200, { items: [command('c1', 'failed')] }];
    render(<Commands />);
    await screen.findByTestId('command-c1');
    fireEvent.change(screen.getByLabelText('State'), { target: { value: 'expired' } });
    const device = screen.getByLabelText('Device, by its id');
    fireEvent.input(device, { target: { value: ' pump-9' } });
    expect(location.search).toBe('?state=expired');
    fireEvent.change(device);
    fireEvent.change(screen.getByLabelText('Accepted'), { target: { value: 'between' } });
    fireEvent.change(screen.getByLabelText('to'), { target: { value: '2026-01-01T10:00' } });
    const asked = new URLSearchParams(location.search);
    expect([asked.get('state'), asked.get('device')]).toEqual(['expired', 'pump-9']);
    expect(asked.get('to')).toBe(new Date('2026-01-01T10:00').toISOString());
    await waitFor(() => expect(hub.requests.at(-1)!.url).toContain('device=pump-9&state=expired&to='));
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(location.search).toBe('');
  });

  it('begins a new filter with one page, however many were shown', async () => {
    navigate('/commands');
    hub.answer = (_, url) => [
      200,
      url.includes('cursor=') ? { items: [command('c2', 'failed')] } : { items: [command('c1', 'failed')], next: 'n' },
    ];
    render(<Commands />);
    fireEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    await screen.findByText('2 commands');
    fireEvent.change(screen.getByLabelText('State'), { target: { value: 'failed' } });
    await waitFor(() => expect(hub.requests.at(-1)!.url).toBe('/api/v1/commands?limit=50&state=failed'));
  });

  it('says what to do where the device is not there, where nothing fits and where there is nothing', async () => {
    navigate('/commands?device=pump-0');
    hub.answer = () => problem(404, 'Not found', 'No device has the id pump-0.');
    render(<Commands />);
    await screen.findByText('There is no device pump-0');
    expect(screen.getByRole('link', { name: 'Search for pump-0' }).getAttribute('href')).toBe('/devices?q=pump-0');
    hub.answer = () => [200, { items: [] }];
    navigate('/commands?name=ping');
    await screen.findByText('No command fits');
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filters' }));
    await screen.findByText('No commands yet');
  });
});

describe('one command', () => {
  const shown = (c: Command) => {
    hub.answer = () => [200, c];
    return render(<CommandPage device="pump-7" id={c.id} />);
  };

  it('shows why, its whole way, and the commands it is tied to', async () => {
    const transitions = [
      { state: 'queued' as const, at: AT, node: 'n1', cause: 'accepted' },
      { state: 'failed' as const, at: AT, node: 'n1', epoch: 4, cause: 'answered' },
    ];
    shown(command('c2', 'failed', { transitions, retryOf: 'c1', retriedBy: 'c3', result: { message: 'no', retryable: false } }));
    const timeline = await screen.findByTestId('timeline');
    expect(within(timeline).getByText('session 4 on n1')).toBeTruthy();
    expect(within(timeline).getByText('accepted')).toBeTruthy();
    expect(screen.getByTestId('why').textContent).toBe('Why c2.');
    expect(screen.getByText('the command before it').getAttribute('href')).toBe('/devices/pump-7/commands/c1');
    expect(screen.getByText('by a later command').getAttribute('href')).toBe('/devices/pump-7/commands/c3');
    expect(screen.getByText(/would fail another time too/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel it' })).toBeNull();
  });

  it.each([
    [true, 'By the device, it may go well another time.'],
    [false, 'By the device, it would fail another time too.'],
    [undefined, 'The device does not say whether it may go well another time.'],
  ])('says what the device says of another try: %s', async (retryable, text) => {
    shown(command('c2', 'failed', { result: { message: 'no', ...(retryable === undefined ? {} : { retryable }) } }));
    expect(await screen.findByText(text)).toBeTruthy();
  });

  it('is cancelled by its name', async () => {
    shown(command('c1', 'queued', { attempts: 0 }));
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel it' }));
    const dialog = screen.getByRole('dialog', { hidden: true });
    const act = within(dialog).getByText<HTMLButtonElement>('Cancel the command');
    expect(act.getAttribute('aria-disabled')).toBe('true');
    fireEvent.input(within(dialog).getByLabelText('Name of the command'), { target: { value: 'ping' } });
    hub.answer = () => problem(409, 'The device has the command', 'Wait for its answer.');
    fireEvent.submit(act.form!);
    await within(dialog).findByText('The device has the command');
    hub.answer = () => [200, command('c1', 'cancelled', { attempts: 0, changedAt: '2026-01-01T10:00:01Z' })];
    fireEvent.submit(act.form!);
    await screen.findByRole('button', { name: 'Try again' });
    expect(hub.posts().map((r) => r.url)).toEqual(Array(2).fill('/api/v1/devices/pump-7/commands/c1/cancel'));
  });

  it('is tried again by a new one, made once however often it is asked for', async () => {
    navigate('/devices/pump-7/commands/c1');
    shown(command('c1', 'failed'));
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    const form = screen.getByText<HTMLButtonElement>('Send it again').form!;
    hub.answer = () => problem(503, 'The database is away', 'Wait a little.');
    fireEvent.submit(form);
    await screen.findByText('The database is away');
    hub.answer = (method) => [200, command(method === 'POST' ? 'c2' : 'c1', 'failed')];
    fireEvent.submit(form);
    await waitFor(() => expect(path.value).toBe('/devices/pump-7/commands/c2'));
    expect(hub.header(0, 'Idempotency-Key')).toBe(hub.header(1, 'Idempotency-Key'));
    expect(hub.posts()[1]!.init.body).toBe('{}');
  });

  it('offers a viewer nothing to do', async () => {
    session.value = { user: 'vic', role: 'viewer', passwordChangeRequired: false };
    shown(command('c1', 'queued'));
    await screen.findByTestId('timeline');
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says so when it is not there', async () => {
    hub.answer = () => problem(404, 'Not found', 'No command of pump-7 has this id.');
    render(<CommandPage device="pump-7" id="c9" />);
    await screen.findByRole('heading', { name: 'There is no such command' });
    expect(screen.getByRole('link', { name: 'Commands of pump-7' }).getAttribute('href')).toBe('/commands?device=pump-7');
  });
});
