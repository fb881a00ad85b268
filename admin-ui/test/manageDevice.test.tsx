import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, hubNow } from '../src/api/http';
import type { Device } from '../src/api/types';
import { ErrorNote } from '../src/components/basics';
import { fullTime } from '../src/lib/format';
import { Export } from '../src/pages/device/Export';
import { Manage } from '../src/pages/device/Manage';
import { Tokens } from '../src/pages/device/Tokens';
import { now } from '../src/state/live';
import { navigate, path } from '../src/state/router';
import { stage } from './stage';

const hub = stage();
const device = (change: Partial<Device> = {}): Device => ({
  id: 'd',
  name: 'Pump',
  tags: { site: 'north, quay' },
  enabled: true,
  createdAt: '2026-01-01T00:00:00Z',
  presence: { state: 'offline' },
  ...change,
});
const changes = () =>
  hub.requests
    .filter((r) => r.method !== 'GET')
    .map((r) => ({
      method: r.method,
      match: (r.init.headers as Record<string, string>)['If-Match'],
      body: r.init.body === undefined ? undefined : JSON.parse(String(r.init.body)),
    }));
const click = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });

beforeEach(() => navigate('/devices/d'));

describe('a device is edited', () => {
  it('by what was touched, on the version that was read', async () => {
    const changed = vi.fn();
    hub.etag = '"1-1"';
    hub.answer = () => [200, device()];
    render(<Manage device={device()} changed={changed} />);
    click('Edit');
    expect(await screen.findByLabelText('Tags')).toHaveProperty('value', 'site=north, quay');
    expect(screen.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
    type('Name', 'Pump 7');
    click('Save');
    await waitFor(() => expect(changed).toHaveBeenCalled());
    expect(changes()).toEqual([{ method: 'PATCH', match: '"1-1"', body: { name: 'Pump 7' } }]);
  });

  it('and what somebody else made of it meanwhile is shown beside what was typed', async () => {
    let theirs = device();
    hub.etag = '"1-1"';
    hub.answer = (method) => (method === 'PATCH' ? [412, { title: 'changed' }] : [200, theirs]);
    render(<Manage device={device()} changed={() => {}} />);
    click('Edit');
    await screen.findByLabelText('Name');
    type('Name', 'mine');
    theirs = device({ name: 'theirs', tags: { hall: '7' } });
    hub.etag = '"1-2"';
    click('Save');
    const note = await screen.findByRole('alert');
    expect(note.textContent).toContain('its name is theirs');
    expect(within(note).getByText('7')).toBeTruthy();
    expect(screen.getByLabelText('Name')).toHaveProperty('value', 'mine');
    expect(screen.getByRole('textbox', { name: 'Tags' })).toHaveProperty('value', 'hall=7');
    hub.answer = () => [200, theirs];
    click('Save all the same');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(changes().at(-1)).toEqual({ method: 'PATCH', match: '"1-2"', body: { name: 'mine' } });
  });
});

describe('a device is turned off and on', () => {
  it('whatever else of it has changed', async () => {
    hub.answer = () => [200, device({ enabled: false })];
    render(<Manage device={device()} changed={() => {}} />);
    click('Disable');
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Disable' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(changes()).toEqual([{ method: 'PATCH', match: undefined, body: { enabled: false } }]);
  });
});

describe('a device is deleted', () => {
  it('by its id, and not one that somebody has changed meanwhile', async () => {
    hub.etag = '"1-1"';
    hub.answer = (method) => (method === 'DELETE' ? [412, { title: 'changed' }] : [200, device({ name: 'theirs' })]);
    render(<Manage device={device()} changed={() => {}} />);
    click('Delete');
    await waitFor(() => expect(hub.requests.length).toBe(1));
    type('Id of the device', 'd');
    hub.etag = '"1-2"';
    click('Delete the device');
    expect((await screen.findByRole('alert')).textContent).toContain('It was not deleted. Now its name is theirs');
    hub.answer = () => [200, ''];
    click('Delete it all the same');
    await waitFor(() => expect(path.value).toBe('/devices'));
    expect(changes().map((c) => c.match)).toEqual(['"1-1"', '"1-2"']);
  });
});

describe('the rotation of a token', () => {
  it('is asked for once it was said what it means', async () => {
    hub.answer = () => [200, { items: [], counts: {}, devices: 1 }];
    render(<Tokens device="d" />);
    await waitFor(() => expect(screen.getByRole('button', { name: 'Rotate' }).getAttribute('aria-disabled')).toBeNull());
    click('Rotate');
    expect(screen.getByRole('dialog', { hidden: true }).textContent).toContain('The one it has is valid until it is back');
    expect(changes()).toEqual([]);
    click('Rotate the token');
    await waitFor(() => expect(screen.queryByRole('dialog', { hidden: true })).toBeNull());
    expect(changes()).toEqual([{ method: 'POST', match: undefined, body: { devices: ['d'] } }]);
  });
});

describe('a rotation that is under way', () => {
  it('is shown and can be called off', async () => {
    let under = [{ device: 'd', state: 'asked', askedAt: '2026-01-01T00:00:00Z', changedAt: '', handOvers: 0, presence: 'offline' }];
    hub.answer = (method, url) => {
      if (url.includes('/rotations/cancel')) under = [];
      return [200, url.includes('/rotations') && method === 'GET' ? { items: under, counts: {} } : { items: [], devices: 1 }];
    };
    render(<Tokens device="d" />);
    expect((await screen.findByTestId('rotation')).textContent).toContain('it gets another token when it connects');
    expect(screen.getByRole('button', { name: 'Rotate' }).getAttribute('aria-disabled')).toBe('true');
    click('Cancel the rotation');
    await waitFor(() => expect(screen.queryByTestId('rotation')).toBeNull());
    expect(changes()).toEqual([{ method: 'POST', match: undefined, body: { devices: ['d'] } }]);
  });
});

describe('a token that is not yet valid', () => {
  it('says from when it is', async () => {
    const notBefore = '2999-01-02T03:04:05Z';
    hub.answer = (_, url) => [200, url.includes('/rotations') ? { items: [], counts: {} } : { items: [{ id: 't', name: 'n', createdAt: '2026-01-01T00:00:00Z', notBefore }] }];
    render(<Tokens device="d" />);
    expect((await screen.findByTestId('token-t')).textContent).toContain(`not yet valid, but from ${fullTime(notBefore)}`);
  });
  it('is asked for in the time of the browser', async () => {
    hub.answer = (method) => (method === 'POST' ? [201, { id: 't', token: 'mrd_t_x' }] : [200, { items: [], counts: {} }]);
    render(<Tokens device="d" />);
    click('Issue a token');
    fireEvent.input(screen.getByLabelText('Valid from (optional)'), { target: { value: '2999-01-02T03:04' } });
    click('Issue the token');
    await screen.findByTestId('issued-token');
    expect(JSON.parse(String(hub.posts()[0]!.init.body))).toEqual({ notBefore: new Date(2999, 0, 2, 3, 4).toISOString() });
  });
  it('expires so long after it has become valid, and says when', async () => {
    hub.answer = (method) => (method === 'POST' ? [201, { id: 't', token: 'mrd_t_x' }] : [200, { items: [], counts: {} }]);
    render(<Tokens device="d" />);
    click('Issue a token');
    fireEvent.input(screen.getByLabelText('Valid from (optional)'), { target: { value: '2999-01-02T03:04' } });
    fireEvent.change(screen.getByLabelText('Expires'), { target: { value: '30' } });
    const expires = new Date(new Date(2999, 0, 2, 3, 4).getTime() + 30 * 86_400_000).toISOString();
    expect(screen.getByText(`On ${fullTime(expires)}`)).toBeTruthy();
    click('Issue the token');
    await screen.findByTestId('issued-token');
    expect(JSON.parse(String(hub.posts()[0]!.init.body))).toMatchObject({ expiresAt: expires });
  });
  it('is valid at once where nothing else is asked for', async () => {
    hub.answer = (method) => (method === 'POST' ? [201, { id: 't', token: 'mrd_t_x' }] : [200, { items: [], counts: {} }]);
    render(<Tokens device="d" />);
    click('Issue a token');
    click('Issue the token');
    await screen.findByTestId('issued-token');
    expect(JSON.parse(String(hub.posts()[0]!.init.body))).toEqual({});
  });
});

describe('an export', () => {
  const range = { range: { id: 'x', label: '1 h', spanMs: 3_600_000, bucketMs: 15_000, bucket: 'PT15S' }, fixed: { from: 0, to: 3_600_000 } };
  it('says what it holds, and why the hub refuses it', async () => {
    hub.answer = () => [503, { title: 'Too many exports at this moment', detail: 'Try again after Retry-After.' }];
    render(<Export device="d" metric="cpu" window={range} />);
    click('Export…');
    expect(screen.getByTestId('export-contents').textContent).toContain('All readings of cpu');
    const link = screen.getByRole('link', { name: 'Download' });
    const whole = '/api/v1/devices/d/telemetry/export?metric=cpu&format=csv&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T01%3A00%3A00.000Z';
    expect(link.getAttribute('href')).toBe(whole);
    fireEvent.click(link);
    expect((await screen.findByRole('alert')).textContent).toContain('Too many exports');
    expect(hub.requests[0]!.url).toContain('to=1970-01-01T00%3A00%3A00.001Z');
    fireEvent.click(screen.getByLabelText('All metrics of the device'));
    expect(link.getAttribute('href')).not.toContain('metric=');
  });
});

it('a refusal that knows when says when', () => {
  now.value = hubNow();
  render(<ErrorNote error={new ApiError({ status: 429, title: 'Too many wrong keys' }, hubNow() + 90_000)} />);
  expect(screen.getByRole('alert').textContent).toMatch(/It can be tried again in (89|90|91) s\./);
});
