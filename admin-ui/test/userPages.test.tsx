import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../src/api/access';
import { UserPage } from '../src/pages/users/UserPage';
import { Users, signsIn } from '../src/pages/users/Users';
import { navigate, path } from '../src/state/router';
import { session } from '../src/state/session';
import { stage } from './stage';

const hub = stage();
const eve: User = { name: 'eve', role: 'viewer', enabled: true, createdAt: '2026-01-01T00:00:00Z', passwordChangeRequired: false };
const invited = { ...eve, passwordChangeRequired: true, passwordExpiresAt: '2026-01-08T00:00:00Z', oneTimePassword: 'once-only' };
const bodyOf = (i: number) => JSON.parse(String(hub.requests[i]!.init.body)) as unknown;

beforeEach(() => {
  session.value = { user: 'ada', role: 'admin', passwordChangeRequired: false };
});

describe('the list of users', () => {
  it('adds one and shows the one-time password once', async () => {
    navigate('/users?new=1');
    hub.answer = (method) => (method === 'POST' ? [201, invited] : [200, { items: [eve] }]);
    render(<Users />);
    const dialog = screen.getByRole('dialog', { hidden: true });
    fireEvent.input(within(dialog).getByLabelText('Name'), { target: { value: ' eve ' } });
    fireEvent.click(within(dialog).getByLabelText(/^viewer/));
    fireEvent.submit(dialog.querySelector('form')!);
    expect((await screen.findByTestId<HTMLInputElement>('one-time-password')).value).toBe('once-only');
    expect(JSON.parse(String(hub.posts()[0]!.init.body))).toEqual({ name: 'eve', role: 'viewer' });
    fireEvent.click(screen.getByText('Done'));
    await waitFor(() => expect(screen.queryByTestId('one-time-password')).toBeNull());
    expect(location.search).toBe('');
  });

  it('tells at its place that a name is taken', async () => {
    navigate('/users?new=1');
    hub.answer = (method) => (method === 'POST' ? [409, { title: 'The name is taken', status: 409 }] : [200, { items: [eve] }]);
    render(<Users />);
    fireEvent.submit(screen.getByRole('dialog', { hidden: true }).querySelector('form')!);
    await screen.findByText('The name is taken');
  });

  it('says how each signs in', () => {
    const at = Date.parse('2026-01-02T00:00:00Z');
    expect(signsIn(eve, at)).toBe('with a password');
    expect(signsIn({ ...eve, enabled: false }, at)).toBe('disabled');
    expect(signsIn(invited, at)).toBe('with the one-time password');
    expect(signsIn(invited, at + 7 * 864e5)).toContain('expired');
  });
});

describe('a user', () => {
  const open = async () => {
    navigate('/users/eve');
    render(<UserPage name="eve" />);
    await screen.findByText('with a password');
  };

  it('gets another role as the hub confirms it', async () => {
    hub.answer = (method) => [200, method === 'PATCH' ? { ...eve, role: 'operator' } : eve];
    await open();
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Change the role' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(screen.getByLabelText(/^operator/));
    fireEvent.click(button);
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>(/^operator/).checked).toBe(true));
    await waitFor(() => expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Change the role' }).getAttribute('aria-disabled')).toBe('true'));
    expect(bodyOf(1)).toEqual({ role: 'operator' });
  });

  it('keeps a role that somebody else has given it meanwhile, and shows it', async () => {
    hub.etag = '"v1"';
    let meanwhile = eve;
    hub.answer = (method) => {
      if (method !== 'PATCH') return [200, meanwhile];
      meanwhile = { ...eve, role: 'admin' };
      return [412, { title: 'The user has been changed meanwhile', status: 412 }];
    };
    await open();
    fireEvent.click(screen.getByLabelText(/^operator/));
    fireEvent.click(screen.getByRole('button', { name: 'Change the role' }));
    await screen.findByText('The user has been changed meanwhile');
    expect(hub.requests[1]!.init.headers).toMatchObject({ 'If-Match': '"v1"' });
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>(/^admin/).checked).toBe(true));
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Change the role' }).getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(screen.getByLabelText(/^operator/));
    expect(screen.getByTestId('role-now').textContent).toBe('Now: admin');
    expect(hub.requests.length).toBe(3);
  });

  it('keeps its role where the hub refuses', async () => {
    hub.answer = (method) => (method === 'PATCH' ? [409, { title: 'It is the last admin', status: 409 }] : [200, eve]);
    await open();
    fireEvent.click(screen.getByLabelText(/^admin/));
    fireEvent.click(screen.getByRole('button', { name: 'Change the role' }));
    await screen.findByText('It is the last admin');
  });

  it('is disabled after a question, and enabled again', async () => {
    hub.answer = (method, _url) => [200, { ...eve, enabled: method !== 'PATCH' || hub.requests.length > 2 }];
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Disable' }));
    fireEvent.click(within(screen.getByRole('dialog', { hidden: true })).getByText('Disable'));
    fireEvent.click(await screen.findByRole('button', { name: 'Enable' }));
    await screen.findByRole('button', { name: 'Disable' });
    expect([bodyOf(1), bodyOf(2)]).toEqual([{ enabled: false }, { enabled: true }]);
  });

  it('is deleted by its name alone', async () => {
    hub.answer = (method) => [200, method === 'DELETE' ? {} : eve];
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    const dialog = within(screen.getByRole('dialog', { hidden: true }));
    expect(dialog.getByText<HTMLButtonElement>('Delete the user').getAttribute('aria-disabled')).toBe('true');
    fireEvent.input(dialog.getByLabelText('Name of the user'), { target: { value: 'eve' } });
    fireEvent.click(dialog.getByText('Delete the user'));
    await waitFor(() => expect(path.value).toBe('/users'));
    expect(hub.requests.at(-1)!.method).toBe('DELETE');
  });

  it('gets a new one-time password; one’s own is chosen instead', async () => {
    hub.answer = (method) => [200, method === 'POST' ? invited : eve];
    await open();
    fireEvent.click(screen.getByRole('button', { name: 'Reset the password' }));
    fireEvent.click(screen.getByText('Reset it'));
    expect((await screen.findByTestId<HTMLInputElement>('one-time-password')).value).toBe('once-only');
  });

  it('that is oneself is not reset', async () => {
    session.value = { user: 'eve', role: 'admin', passwordChangeRequired: false };
    hub.answer = () => [200, eve];
    await open();
    expect(screen.queryByRole('button', { name: 'Reset the password' })).toBeNull();
    expect(screen.getByRole('link', { name: 'Change the password' }).getAttribute('href')).toBe('/password');
  });

  it('that is not there is told so', async () => {
    hub.answer = () => [404, { title: 'There is no such resource', status: 404 }];
    render(<UserPage name="zoe" />);
    await screen.findByText('There is no user zoe');
  });
});
