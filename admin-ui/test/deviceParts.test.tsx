import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Command, Device, DeviceSession } from '../src/api/types';
import { between, bounds, moved, windowOf } from '../src/lib/chartWindow';
import { connected, knownFrom, shareOf } from '../src/lib/sessions';
import { sentBefore } from '../src/lib/templates';
import { Certificates } from '../src/pages/device/Certificates';
import { Composer } from '../src/pages/device/Composer';
import { Sessions } from '../src/pages/device/Sessions';
import { Devices } from '../src/pages/devices/Devices';
import { navigate } from '../src/state/router';
import { session as signedIn } from '../src/state/session';
import { stage } from './stage';

const hub = stage();
const T = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const iso = (hours: number) => new Date(T + hours * HOUR).toISOString();
const session = (epoch: number, from: number, to?: number): DeviceSession => ({
  epoch,
  node: 'quay-1',
  address: '10.0.0.1',
  agent: 'sdk/1',
  openedAt: iso(from),
  ...(to === undefined ? {} : { closedAt: iso(to), closeCode: 4202, closeReason: 'heartbeat-timeout' }),
});

describe('when a device was connected', () => {
  it('is what its sessions cover, as one stretch where they touch', () => {
    const list = [session(4, 9), session(3, 5, 6), session(2, 4, 5), session(1, 0, 2)];
    const hours = connected(list, T + HOUR, T + 10 * HOUR).map((s) => [(s.from - T) / HOUR, (s.to - T) / HOUR]);
    expect(hours).toEqual([
      [1, 2],
      [4, 6],
      [9, 10],
    ]);
  });
  it('is known from the oldest session on where older ones are left out', () => {
    expect(knownFrom([session(2, 5)], false, T, 0)).toBe(T + 5 * HOUR);
    expect(knownFrom([session(2, 5)], true, T, 0)).toBe(T);
    expect(knownFrom([session(2, -5)], false, T, 0)).toBe(T);
  });
  it('is known from when the device was registered: before that it could not connect', () => {
    expect(knownFrom([session(1, 5)], true, T, T + 4 * HOUR)).toBe(T + 4 * HOUR);
    expect(knownFrom([], true, T, T + 4 * HOUR)).toBe(T + 4 * HOUR);
  });
  it('is never all of it where a moment is missing', () => {
    expect(shareOf([{ from: 0, to: 100_000 }], 0, 100_000)).toBe('100.0\u202f%');
    expect(shareOf([{ from: 0, to: 99_999 }], 0, 100_000)).toBe('99.9\u202f%');
    expect(shareOf([], 0, 0)).toBe('0.0\u202f%');
  });
  it('is listed with the reason of each end', async () => {
    navigate('/devices/d');
    hub.answer = () => [200, { items: [session(2, 5), session(1, 0, 2)] }];
    render(<Sessions device="d" registered={iso(0)} />);
    expect((await screen.findByTestId('session-1')).textContent).toContain('heartbeat-timeout (4202)');
    expect(screen.getByTestId('session-2').textContent).toContain('it is open');
    expect(hub.requests[0]!.url).toBe('/api/v1/devices/d/sessions?limit=20');
  });
});

describe('the time of a chart', () => {
  const of = (query: string) => windowOf(new URLSearchParams(query));
  it('follows the present, or is what the address says', () => {
    expect(of('range=6h')).toMatchObject({ range: { id: '6h' } });
    expect(of('range=6h').fixed).toBeUndefined();
    const zoomed = of(`from=${iso(0)}&to=${iso(1)}`);
    expect(zoomed.fixed).toEqual({ from: T, to: T + HOUR });
    expect(zoomed.range.bucket).toBe('PT15S');
    expect(of(`from=${iso(1)}&to=${iso(0)}`).fixed).toBeUndefined();
    expect(of('from=x&to=y').fixed).toBeUndefined();
  });
  it('has no more buckets than can be drawn', () => {
    for (const hours of [0.001, 0.1, 3, 50, 2_000, 9_000]) {
      const { range } = of(`from=${iso(0)}&to=${iso(hours)}`);
      expect(range.spanMs / range.bucketMs).toBeLessThanOrEqual(340 * 1.1);
    }
  });
  it('moves, and grows around its middle, but not into the future', () => {
    const zoomed = of(`from=${iso(0)}&to=${iso(2)}`);
    expect(moved(zoomed, -0.5)).toEqual({ from: iso(-1), to: iso(1) });
    expect(moved(zoomed, 0, 2)).toEqual({ from: iso(-1), to: iso(3) });
    expect(moved(zoomed, 0, 0.5)).toEqual({ from: iso(0.5), to: iso(1.5) });
    const now = bounds(of('range=1h')).to;
    expect(Date.parse(moved(of('range=1h'), 0.5).to)).toBeLessThanOrEqual(now + 1_000);
    expect(between(T, T + 1)).toEqual({ from: new Date(T - 5_000 + 1).toISOString(), to: new Date(T + 5_001).toISOString() });
  });
});

const command = (id: string, name: string, payload?: Command['payload']): Command => ({
  id,
  device: 'd',
  name,
  ...(payload === undefined ? {} : { payload }),
  state: 'succeeded',
  why: '',
  attempts: 1,
  createdAt: iso(0),
  changedAt: iso(0),
  expiresAt: iso(1),
});

describe('what a command can begin with', () => {
  beforeEach(() => localStorage.clear());

  it('is each different command once', () => {
    const list = [command('3', 'ping'), command('2', 'set', { n: 1 }), command('1', 'ping')];
    expect(sentBefore(list).map((s) => s.label)).toEqual(['ping', 'set {"n":1}']);
    expect(sentBefore([{ ...command('1', 'raw', 'AAA='), contentType: 'application/cbor' }])).toEqual([]);
  });

  it('is chosen, kept as a template and forgotten', async () => {
    hub.answer = () => [200, { items: [command('1', 'set', { n: 1 })] }];
    render(<Composer device="d" state="online" />);
    fireEvent.change(await screen.findByLabelText('Begin with'), { target: { value: '0' } });
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('set'));
    expect(screen.getByLabelText<HTMLTextAreaElement>('Payload, JSON (optional)').value).toBe('{\n  "n": 1\n}');
    fireEvent.click(screen.getByText('Keep it as a template'));
    const dialog = within(screen.getByRole('dialog', { hidden: true }));
    fireEvent.input(dialog.getByLabelText('Title'), { target: { value: 'one at a time' } });
    fireEvent.click(dialog.getByText('Keep it'));
    await screen.findByText('one at a time');
    expect(localStorage.getItem('mooring.templates')).toContain('one at a time');
    fireEvent.click(screen.getByText('Forget this template'));
    await waitFor(() => expect(screen.queryByText('one at a time')).toBeNull());
  });

  it('is nothing where storage holds something else', () => {
    localStorage.setItem('mooring.templates', '[1, {"title": "x"}]');
    hub.answer = () => [200, { items: [] }];
    render(<Composer device="d" state="online" />);
    expect(screen.queryByLabelText('Begin with')).toBeNull();
  });
});

describe('certificates', () => {
  const factory = { fingerprint: 'ab'.repeat(32), name: 'factory', createdAt: iso(0) };

  it('are bound by their fingerprints and removed by the id of the device', async () => {
    let bound = [factory];
    hub.answer = (method) => {
      if (method === 'DELETE') bound = [];
      return [200, { items: bound }];
    };
    render(<Certificates device="d" />);
    fireEvent.click(await screen.findByRole('button', { name: 'Bind a certificate' }));
    let dialog = within(screen.getByRole('dialog', { hidden: true }));
    fireEvent.input(dialog.getByLabelText('Fingerprint'), { target: { value: ' CD:EF ' } });
    fireEvent.click(dialog.getByText('Bind it'));
    await waitFor(() => expect(hub.posts()[0]?.init.body).toBe('{"fingerprint":"CD:EF"}'));
    fireEvent.click(screen.getByRole('button', { name: 'Remove factory' }));
    dialog = within(await screen.findByRole('dialog', { hidden: true }));
    fireEvent.input(dialog.getByLabelText('Id of the device'), { target: { value: 'd' } });
    fireEvent.click(dialog.getByText('Remove the certificate'));
    await screen.findByText('No certificates');
    expect(hub.requests.some((r) => r.method === 'DELETE' && r.url.endsWith(`/certificates/${factory.fingerprint}`))).toBe(true);
  });
});

describe('devices that are chosen', () => {
  const device = (id: string): Device => ({ id, name: id, tags: {}, enabled: true, createdAt: iso(0), presence: { state: 'online' } });
  beforeEach(() => {
    navigate('/devices');
    hub.answer = (method) => (method === 'POST' ? [202, { devices: 2 }] : [200, { items: [device('a'), device('b'), device('c')] }]);
  });

  it('get a job or other tokens together', async () => {
    render(<Devices />);
    fireEvent.click(await screen.findByLabelText('Choose a'));
    fireEvent.click(screen.getByLabelText('Choose c'));
    const bar = within(await screen.findByTestId('selection'));
    await bar.findByText('2 devices chosen');
    expect(bar.getByRole('link', { name: 'New job' }).getAttribute('href')).toBe('/jobs/new?device=a&device=c');
    fireEvent.click(bar.getByRole('button', { name: 'Rotate tokens' }));
    fireEvent.click(screen.getByText('Ask for other tokens'));
    await bar.findByText(/see how far they are/);
    expect(hub.posts()[0]!.init.body).toBe('{"devices":["a","c"]}');
    fireEvent.click(screen.getByLabelText('Choose all that are shown'));
    await bar.findByText('3 devices chosen');
    fireEvent.click(bar.getByRole('button', { name: 'Choose none' }));
    await waitFor(() => expect(screen.queryByTestId('selection')).toBeNull());
  });

  it('are none for those who only look', async () => {
    signedIn.value = { user: 'vic', role: 'viewer', passwordChangeRequired: false };
    render(<Devices />);
    await screen.findByTestId('device-a');
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});
