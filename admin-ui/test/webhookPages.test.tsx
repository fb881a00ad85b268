import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, Webhook } from '../src/api/webhooks';
import { changeOf, draftOf, EMPTY, gistOf, stateOf, testResult, wanted, whyOf } from '../src/lib/webhooks';
import { WebhookPage } from '../src/pages/webhooks/WebhookPage';
import { Webhooks } from '../src/pages/webhooks/Webhooks';
import { navigate, path } from '../src/state/router';
import { session } from '../src/state/session';
import { stage } from './stage';

const hub = stage();
const erp: Webhook = {
  id: 'w1',
  name: 'ERP',
  url: 'https://erp.example.com/hook',
  types: ['command', 'presence'],
  devices: [],
  tags: { site: 'north' },
  enabled: true,
  createdAt: '2026-01-01T00:00:00Z',
  pending: 2,
  dead: 1,
};
const dead: Delivery = {
  id: '7',
  state: 'dead',
  device: 'pump-7',
  attempts: 11,
  createdAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-02T00:00:00Z',
  status: 503,
  answer: 'busy',
  event: { id: '7', type: 'presence', device: 'pump-7', at: '2026-01-01T00:00:00Z', state: 'offline' },
};
const sent = (method: string) => hub.requests.find((r) => r.method === method)!.init;
const bodyOf = (method: string) => JSON.parse(String(sent(method).body)) as unknown;

beforeEach(() => {
  session.value = { user: 'ada', role: 'admin', passwordChangeRequired: false };
});

describe('the list of webhooks', () => {
  it('makes one and shows its secret once', async () => {
    navigate('/webhooks?new=1');
    hub.answer = (method) => (method === 'POST' ? [201, { ...erp, secret: 'whsec_once' }] : [200, { items: [] }]);
    render(<Webhooks />);
    const dialog = screen.getByRole('dialog', { hidden: true });
    const type = (label: string | RegExp, value: string) =>
      fireEvent.input(within(dialog).getByLabelText(label), { target: { value } });
    type('Name', 'ERP');
    type('URL', erp.url);
    type(/^Only of these devices/, 'pump-7, pump-8');
    type(/^Only of devices with these tags/, 'site=north');
    fireEvent.click(within(dialog).getByLabelText(/^jobs begin/));
    fireEvent.submit(dialog.querySelector('form')!);
    expect((await screen.findByTestId<HTMLInputElement>('signing-secret')).value).toBe('whsec_once');
    expect(bodyOf('POST')).toEqual({
      name: 'ERP',
      url: erp.url,
      types: ['command', 'presence'],
      devices: ['pump-7', 'pump-8'],
      tags: { site: 'north' },
    });
    fireEvent.click(screen.getByText('Done'));
    await waitFor(() => expect(screen.queryByTestId('signing-secret')).toBeNull());
    expect(location.search).toBe('');
  });

  it('shows at its place that an address is refused', async () => {
    navigate('/webhooks?new=1');
    const refused = { title: 'No', status: 400, errors: [{ pointer: '/url', detail: 'Webhooks may not call 10.0.0.1' }] };
    hub.answer = (method) => (method === 'POST' ? [400, refused] : [200, { items: [] }]);
    render(<Webhooks />);
    fireEvent.submit(screen.getByRole('dialog', { hidden: true }).querySelector('form')!);
    const said = await screen.findByText('Webhooks may not call 10.0.0.1');
    expect(said.className).toContain('field-error');
    fireEvent.submit(screen.getByRole('dialog', { hidden: true }).querySelector('form')!);
    await waitFor(() => expect(hub.posts()).toHaveLength(2));
    expect(hub.header(0, 'Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(hub.header(1, 'Idempotency-Key')).toBe(hub.header(0, 'Idempotency-Key'));
  });

  it('offers a viewer nothing to change', async () => {
    session.value = { user: 'vic', role: 'viewer', passwordChangeRequired: false };
    navigate('/webhooks?new=1');
    hub.answer = () => [200, { items: [{ ...erp, failingSince: '2026-01-01T00:00:00Z' }] }];
    render(<Webhooks />);
    await screen.findByText('failing');
    expect(screen.queryByText('New webhook')).toBeNull();
    expect(screen.queryByRole('dialog', { hidden: true })).toBeNull();
  });
});

describe('a webhook', () => {
  const open = async (search = '') => {
    navigate(`/webhooks/w1${search}`);
    render(<WebhookPage id="w1" />);
    await screen.findByRole('heading', { name: 'ERP' });
  };
  const answers = (own: Partial<Webhook> = {}, deliveries = [dead]) => {
    hub.answer = (method, url) => {
      if (url.includes('/deliveries?')) return [200, { items: deliveries }];
      if (url.endsWith('/test')) return [200, { delivered: false, status: 403, answer: 'who are you?' }];
      if (url.includes('/replay')) return [202, { deliveries: 1 }];
      return [200, { ...erp, ...own, ...(method === 'PATCH' && { enabled: false, disabledBecause: 'operator' }) }];
    };
  };

  it('is disabled, and says so by the word of the hub', async () => {
    answers();
    await open();
    fireEvent.click(screen.getByText('Disable'));
    await screen.findByText('Enable');
    expect(bodyOf('PATCH')).toEqual({ enabled: false });
    expect(screen.getByTestId('why').textContent).toContain('Disabled by hand');
  });

  it('is tested, and tells what came back', async () => {
    answers();
    await open();
    fireEvent.click(screen.getByText('Send a test'));
    await screen.findByText('The test was refused with 403. “who are you?”');
  });

  it('sends only what was edited, on the version that was read', async () => {
    answers();
    hub.etag = '"v1"';
    await open('?edit=1');
    const dialog = screen.getByRole('dialog', { hidden: true });
    fireEvent.input(within(dialog).getByLabelText('Name'), { target: { value: 'ERP 2' } });
    fireEvent.submit(dialog.querySelector('form')!);
    await waitFor(() => expect(location.search).toBe(''));
    expect(bodyOf('PATCH')).toEqual({ name: 'ERP 2' });
    expect(sent('PATCH').headers).toMatchObject({ 'If-Match': '"v1"' });
  });

  it('says what somebody else has made of it meanwhile, and puts only what was edited on top of that', async () => {
    answers();
    hub.etag = '"v1"';
    await open('?edit=1');
    const before = hub.answer;
    hub.answer = (method, url) => {
      if (method !== 'PATCH') {
        const [status, body] = before(method, url);
        return url.endsWith('/w1') ? [status, { ...(body as object), url: 'https://new.example.com/' }] : [status, body];
      }
      hub.etag = '"v2"';
      return [412, { title: 'The webhook has been changed meanwhile', status: 412 }];
    };
    const dialog = screen.getByRole('dialog', { hidden: true });
    fireEvent.input(within(dialog).getByLabelText('Name'), { target: { value: 'ERP 2' } });
    fireEvent.submit(dialog.querySelector('form')!);
    expect((await screen.findByTestId('meanwhile')).textContent).toContain('https://new.example.com/');
    hub.answer = before;
    fireEvent.submit(dialog.querySelector('form')!);
    await waitFor(() => expect(location.search).toBe(''));
    const patches = hub.requests.filter((r) => r.method === 'PATCH');
    expect(patches.map((r) => (r.init.headers as Record<string, string>)['If-Match'])).toEqual(['"v1"', '"v2"']);
    expect(JSON.parse(patches[1]!.init.body as string)).toEqual({ name: 'ERP 2' });
  });

  it('lists the dead letters of its address, and sends one or all again', async () => {
    answers();
    await open('?state=dead');
    await screen.findByTestId('delivery-7');
    expect(hub.requests.some((r) => r.url.includes('state=dead'))).toBe(true);
    fireEvent.click(screen.getByLabelText('Send again: event 7'));
    await waitFor(() => expect(hub.posts().at(-1)!.url).toBe('/api/v1/webhooks/w1/deliveries/7/replay'));
    await waitFor(() => expect(screen.getByText<HTMLButtonElement>('Send 1 dead letter again').getAttribute('aria-disabled')).toBeNull());
    fireEvent.click(screen.getByText('Send 1 dead letter again'));
    await waitFor(() => expect(hub.posts().at(-1)!.url).toBe('/api/v1/webhooks/w1/replay'));
  });

  const { endedAt: _, ...begun } = dead;
  const waiting: Delivery = { ...begun, id: '8', state: 'pending', nextAttemptAt: '2999-01-01T00:00:00Z' };
  const under: Delivery = { ...waiting, id: '9', nextAttemptAt: '2026-01-01T00:00:00Z' };

  it('sends at once what waits for its next attempt', async () => {
    answers({}, [waiting, under]);
    await open();
    fireEvent.click(await screen.findByLabelText('Send now: event 8'));
    await waitFor(() => expect(hub.posts().at(-1)!.url).toBe('/api/v1/webhooks/w1/deliveries/8/replay'));
    expect(screen.queryByLabelText('Send now: event 9')).toBeNull();
    expect(screen.getByTestId('delivery-9').textContent).toContain('next: now');
  });

  it('names no time for what waits until it is enabled', async () => {
    const { nextAttemptAt: _, ...untimed } = waiting;
    answers({ enabled: false, disabledBecause: 'operator' }, [untimed, under]);
    await open();
    expect((await screen.findByTestId('delivery-8')).textContent).toContain('when it is enabled');
    expect(screen.getByTestId('delivery-9').textContent).toContain('when it is enabled');
    expect(screen.queryByText('Send now')).toBeNull();
  });

  it('gets another secret once, however often that is asked for until it is answered', async () => {
    answers();
    await open();
    const before = hub.answer;
    hub.answer = (method, url) => (method === 'POST' ? [503, { title: 'Away', status: 503 }] : before(method, url));
    fireEvent.click(screen.getByText('New secret'));
    fireEvent.click(screen.getByText('Make a new secret'));
    await screen.findByText('Away');
    hub.answer = (method, url) => (method === 'POST' ? [200, { ...erp, secret: 'whsec_again' }] : before(method, url));
    fireEvent.click(screen.getByText('Make a new secret'));
    expect((await screen.findByTestId<HTMLInputElement>('signing-secret')).value).toBe('whsec_again');
    expect(hub.posts().map((r) => r.url)).toEqual(Array(2).fill('/api/v1/webhooks/w1/rotate-secret'));
    expect(hub.header(0, 'Idempotency-Key')).toBe(hub.header(1, 'Idempotency-Key'));
  });

  it('is deleted by its name', async () => {
    answers();
    await open();
    fireEvent.click(screen.getByText('Delete'));
    fireEvent.input(screen.getByLabelText('Name of the webhook'), { target: { value: 'ERP' } });
    hub.answer = () => [200, {}];
    fireEvent.submit(screen.getByRole('dialog', { hidden: true }).querySelector('form')!);
    await waitFor(() => expect(path.value).toBe('/webhooks'));
  });

  it('shows a viewer what became of it, and no buttons', async () => {
    session.value = { user: 'vic', role: 'viewer', passwordChangeRequired: false };
    answers();
    await open('?edit=1');
    await screen.findByTestId('delivery-7');
    expect(screen.queryAllByRole('button')).toEqual([]);
    expect(screen.queryByRole('dialog', { hidden: true })).toBeNull();
  });
});

describe('what is said of webhooks', () => {
  it('of each state', () => {
    expect(stateOf(erp)).toBe('working');
    expect(stateOf({ ...erp, failingSince: erp.createdAt })).toBe('failing');
    expect(stateOf({ ...erp, enabled: false, failingSince: erp.createdAt })).toBe('disabled');
    expect(whyOf({ ...erp, enabled: false, disabledBecause: 'gone' })).toContain('410');
    expect(whyOf({ ...erp, enabled: false, disabledBecause: 'failing' })).toContain('for days');
    expect(whyOf({ ...erp, failingSince: erp.createdAt })).toContain(erp.createdAt);
    expect(whyOf({ ...erp, pending: 0 })).toContain('as it happens');
  });

  it('of tests and events', () => {
    expect(testResult({ delivered: true, status: 204 })).toBe('The test was delivered, and answered 204.');
    expect(testResult({ delivered: false, answer: 'Nobody listens there' })).toContain('Nobody listens there');
    expect(gistOf(dead)).toBe('offline');
    expect(gistOf({ ...dead, event: { ...dead.event, type: 'command', name: 'ping', state: 'sent' } })).toBe('ping sent');
  });

  it('a draft and back', () => {
    expect(wanted({ ...EMPTY, tags: 'nonsense' })).toHaveProperty('error');
    for (const webhook of [erp, { ...erp, tags: { site: 'north, quay=7' } }]) {
      const back = wanted(draftOf(webhook));
      if (!('webhook' in back)) throw new Error(back.error);
      expect(changeOf(webhook, back.webhook)).toEqual({});
    }
  });
});
