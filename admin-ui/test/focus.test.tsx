import { fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { describe, expect, it, vi } from 'vitest';
import { Button } from '../src/components/Button';
import { Composer } from '../src/pages/device/Composer';
import { Tokens } from '../src/pages/device/Tokens';
import { NewJobPage } from '../src/pages/jobs/NewJobPage';
import { navigate } from '../src/state/router';
import { stage } from './stage';

const hub = stage();

describe('a button that is off', () => {
  it('keeps the focus, and neither acts nor sends its form', () => {
    const act = vi.fn();
    const send = vi.fn((e: Event) => e.preventDefault());
    const form = (off: boolean) => (
      <form onSubmit={send}>
        <Button off={off} onClick={act}>
          Act
        </Button>
        <Button type="submit" off={off}>
          Send
        </Button>
      </form>
    );
    const { rerender } = render(form(false));
    const [acts, sends] = [screen.getByText('Act'), screen.getByText<HTMLButtonElement>('Send')];
    sends.focus();
    rerender(form(true));
    expect([sends.disabled, document.activeElement]).toEqual([false, sends]);
    fireEvent.click(acts);
    fireEvent.click(sends);
    expect([act.mock.calls.length, send.mock.calls.length]).toEqual([0, 0]);
    rerender(form(false));
    fireEvent.click(acts);
    fireEvent.click(sends);
    expect([act.mock.calls.length, send.mock.calls.length]).toEqual([1, 1]);
  });
});

describe('the focus', () => {
  it('stays on Send while the command is sent, and after', async () => {
    const at = '2026-01-01T00:00:00Z';
    hub.answer = (method) => [
      method === 'POST' ? 202 : 200,
      { id: 'c', device: 'd', name: 'ping', state: 'queued', why: 'It waits.', attempts: 0, createdAt: at, changedAt: at, expiresAt: at },
    ];
    render(<Composer device="d" state="online" />);
    fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'ping' } });
    const send = screen.getByText<HTMLButtonElement>('Send');
    send.focus();
    fireEvent.click(send);
    expect((await screen.findByText('Sending…')).hasAttribute('disabled')).toBe(false);
    await screen.findByText('It waits.');
    expect(document.activeElement).toBe(send);
  });

  it('goes to Copy once a token is issued', async () => {
    hub.answer = (method) => [200, method === 'POST' ? { id: 't', token: 'moort_secret' } : { items: [], counts: {} }];
    render(<Tokens device="d" />);
    fireEvent.click(screen.getByText('Issue a token'));
    const issue = screen.getByText<HTMLButtonElement>('Issue the token');
    issue.focus();
    fireEvent.click(issue);
    await screen.findByTestId('issued-token');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Copy'));
  });

  it('begins in the form of a job', () => {
    navigate('/jobs/new');
    render(<NewJobPage />);
    expect(screen.getByLabelText('Name').hasAttribute('autofocus')).toBe(true);
  });
});
