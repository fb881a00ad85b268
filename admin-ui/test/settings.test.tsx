import { fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { beforeEach, describe, expect, it } from 'vitest';
import { Settings } from '../src/pages/Settings';
import { navigate } from '../src/state/router';
import { session } from '../src/state/session';
import { stage } from './stage';

const hub = stage();
const SETTINGS = [
  { key: 'listen.port', value: '7171', from: 'option', standard: '7070', type: 'number', does: 'TCP port.' },
  { key: 'data.dir', value: '/data', from: 'default', standard: '/data', type: 'folder', does: 'Where data lives.' },
  { key: 'database.url', from: 'not set', type: 'JDBC URL', does: 'Your own PostgreSQL.' },
];

describe('nodes and settings', () => {
  beforeEach(() => {
    navigate('/settings');
    hub.answer = (_, url) => [
      200,
      { items: url.endsWith('/nodes') ? [{ name: 'quay-1', version: '1', state: 'up', startedAt: '2026-01-01T00:00:00Z', sessions: 4711 }] : SETTINGS },
    ];
  });

  it('shows each with its source and the default that it replaces', async () => {
    render(<Settings />);
    const port = await screen.findByTestId('setting-listen.port');
    expect(port.textContent).toContain('7171default 7070');
    expect(port.textContent).toContain('option');
    expect(screen.getByTestId('setting-database.url').textContent).toContain('not set');
    expect((await screen.findByTestId('node-table')).textContent).toContain('quay-1up4,711');
  });

  it('finds some by a search and those that are set by a tick, both in the address', async () => {
    render(<Settings />);
    fireEvent.input(await screen.findByRole('searchbox'), { target: { value: 'postgres' } });
    await waitFor(() => expect(screen.queryByTestId('setting-data.dir')).toBeNull());
    expect(screen.getByTestId('setting-database.url')).toBeTruthy();
    fireEvent.click(screen.getByRole('checkbox'));
    await screen.findByText('No setting fits');
    expect(location.search).toBe('?q=postgres&set=1');
    fireEvent.click(screen.getByRole('button', { name: 'Show all settings' }));
    await screen.findByTestId('setting-data.dir');
  });

  it('drains a node by its name, and resumes one that is drained', async () => {
    session.value = { user: 'anna', role: 'admin', passwordChangeRequired: false };
    const node = { version: '1', startedAt: '2026-01-01T00:00:00Z', renewedAt: '2026-01-01T00:00:00Z', sessions: 3 };
    const items = [
      { ...node, name: 'a', state: 'up' },
      { ...node, name: 'b', state: 'draining', problem: 'NATS is away' },
      { ...node, name: 'c', state: 'lost' },
    ];
    const asked: string[] = [];
    hub.answer = (method, url) => {
      if (method === 'POST') asked.push(url);
      return [200, method === 'POST' ? items[0] : { items: url.endsWith('/nodes') ? items : SETTINGS }];
    };
    render(<Settings />);
    fireEvent.click(await screen.findByRole('button', { name: 'Drain a' }));
    expect(screen.getByText(/No other node takes devices now/)).toBeTruthy();
    const send = screen.getByRole<HTMLButtonElement>('button', { name: 'Send its devices away' });
    expect(send.getAttribute('aria-disabled')).toBe('true');
    fireEvent.input(screen.getByRole('textbox', { name: /Name of the node/ }), { target: { value: 'a' } });
    fireEvent.click(send);
    await waitFor(() => expect(asked).toEqual(['/api/v1/nodes/a/drain']));
    fireEvent.click(await screen.findByRole('button', { name: 'Resume b' }));
    fireEvent.click(screen.getByRole('button', { name: 'Resume' }));
    await waitFor(() => expect(asked).toEqual(['/api/v1/nodes/a/drain', '/api/v1/nodes/b/resume']));
    expect(screen.getByTestId('node-b').textContent).toContain('NATS is away');
    expect(screen.getByTestId('node-c').querySelector('button')).toBeNull();
  });
});
