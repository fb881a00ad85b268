import { render, screen } from '@testing-library/preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../src/App';
import { mayOpen } from '../src/lib/access';
import { navigate } from '../src/state/router';
import { session } from '../src/state/session';
import type { Role } from '../src/api/types';
import { stage } from './stage';

const hub = stage();
class NoEvents {
  addEventListener() {}
  close() {}
}
beforeEach(() => {
  vi.stubGlobal('EventSource', NoEvents);
});

describe('pages by role', () => {
  it.each<[Role, string[]]>([
    ['viewer', ['Overview', 'Devices', 'Commands', 'Jobs', 'Webhooks']],
    ['operator', ['Overview', 'Devices', 'Commands', 'Jobs', 'Enrolment', 'Webhooks']],
    ['admin', ['Overview', 'Devices', 'Commands', 'Jobs', 'Enrolment', 'Webhooks', 'API keys', 'Users', 'Audit log', 'Settings']],
  ])('the menu of a %s leads to what it may use', (role, labels) => {
    session.value = { user: 'vic', role, passwordChangeRequired: false };
    navigate('/nowhere');
    render(<App />);
    const menu = screen.getByRole('navigation', { name: 'Pages' });
    expect([...menu.querySelectorAll('a')].map((a) => a.textContent)).toEqual(labels);
  });

  it('another page says who may open it, and asks the hub for nothing', () => {
    session.value = { user: 'vic', role: 'viewer', passwordChangeRequired: false };
    navigate('/jobs/new');
    render(<App />);
    expect(screen.getByText(/it needs the role operator/)).toBeTruthy();
    expect(hub.requests).toEqual([]);
  });

  it('a page that is named nowhere is for everybody', () => {
    expect(mayOpen('device', 'viewer')).toBe(true);
    expect(mayOpen('keys', 'operator')).toBe(false);
  });
});
