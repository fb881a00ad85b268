import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobPage } from '../src/pages/jobs/JobPage';
import { Jobs } from '../src/pages/jobs/Jobs';
import { NewJobPage } from '../src/pages/jobs/NewJobPage';
import { navigate, path } from '../src/state/router';
import { job } from './jobSamples';
import { session } from '../src/state/session';
import { stage } from './stage';

const hub = stage();
const done = { ...job().counts, waiting: 0, succeeded: 3 };
const passes = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
afterEach(() => vi.useRealTimers());

describe('the list of jobs', () => {
  it('shows each with its progress and its bad ends', async () => {
    navigate('/jobs');
    hub.answer = () => [200, { items: [job({ counts: { ...done, succeeded: 1, failed: 2 } })] }];
    render(<Jobs />);
    const row = await screen.findByTestId('job-j1');
    expect(row.textContent).toContain('rinse to 3 devices with hall=3');
    expect(row.textContent).toContain('3 of 3 ended, 100');
    expect(within(row).getByText('2 unsuccessful')).toBeTruthy();
    expect(within(row).getByRole('link', { name: 'Spring cleaning' }).getAttribute('href')).toBe('/jobs/j1');
  });

  it('is asked for by state, and says what to do when it is empty', async () => {
    navigate('/jobs?state=paused');
    hub.answer = () => [200, { items: [] }];
    render(<Jobs />);
    fireEvent.click(await screen.findByRole('button', { name: 'Show all jobs' }));
    await screen.findByText('No jobs yet');
    expect(hub.requests.map((r) => r.url)).toEqual(['/api/v1/jobs?limit=25&state=paused', '/api/v1/jobs?limit=25']);
    expect(screen.getAllByRole('link', { name: 'New job' })[0]!.getAttribute('href')).toBe('/jobs/new');
  });
});

describe('one job', () => {
  const lines = [
    { device: 'a', state: 'succeeded', command: 'c1', changedAt: '2026-01-01T10:00:00Z' },
    { device: 'b', state: 'waiting', changedAt: '2026-01-01T10:00:00Z' },
  ];
  const shown = (one = job()) => {
    navigate('/jobs/j1');
    hub.answer = (_, url) => [200, url.includes('/devices') ? { items: lines } : one];
    return render(<JobPage id="j1" />);
  };

  it('counts exactly and leads to each device and its command', async () => {
    shown();
    expect((await screen.findByTestId('count-waiting')).textContent).toBe('2waiting');
    expect(screen.getByTestId('count-waiting').getAttribute('href')).toBe('?state=waiting');
    const row = await screen.findByTestId('device-a');
    expect(within(row).getByText('command').getAttribute('href')).toBe('/devices/a/commands/c1');
    expect(within(screen.getByTestId('device-b')).queryByText('command')).toBeNull();
    navigate('/jobs/j1?state=waiting');
    await screen.findByRole('heading', { name: 'Devices: waiting' });
    await waitFor(() => expect(hub.requests.at(-1)!.url).toBe('/api/v1/jobs/j1/devices?limit=50&state=waiting'));
  });

  it('names the key that made it, and leads an admin to what else that did', async () => {
    session.value = { user: 'ann', role: 'admin', passwordChangeRequired: false };
    shown(job({ createdBy: 'key:k3f9', createdByName: 'billing' }));
    expect((await screen.findByTestId('details')).textContent).toContain('by key billing k3f9');
    expect(screen.getByRole('link', { name: 'billing' }).getAttribute('href')).toBe('/audit?who=k3f9');
  });

  it('does not count as done whom it has skipped', async () => {
    shown(job({ state: 'cancelled', counts: { ...job().counts, total: 4, waiting: 0, queued: 0, sent: 0, received: 0, succeeded: 1, skipped: 3 } }));
    const progress = await screen.findByTestId('progress');
    expect(progress.textContent).toContain('1 of 4 ended, 25\u202f%');
    expect(progress.textContent).toContain('3 skipped');
    const bar = [...progress.querySelectorAll('.job-bar rect')];
    expect(bar.map((r) => [r.getAttribute('class'), r.getAttribute('x')])).toEqual([
      ['fill-succeeded', '0'],
      ['fill-skipped', '250'],
    ]);
  });

  it('follows the counts while it runs, then rests', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
    const asked = () => hub.requests.filter((r) => r.url === '/api/v1/jobs/j1').length;
    shown();
    await passes(100);
    expect(asked()).toBe(1);
    hub.answer = (_, url) => [200, url.includes('/devices') ? { items: lines } : job({ state: 'completed', counts: done })];
    await passes(1_000);
    expect(screen.getByTestId('count-succeeded').textContent).toBe('3succeeded');
    expect(document.title).toBe('Spring cleaning · Job · Mooring');
    await passes(10_000);
    expect(asked()).toBe(2);
    expect(hub.requests.filter((r) => r.url.includes('/devices'))).toHaveLength(2);
    expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull();
  });

  it('is paused at once, and shows what the hub answers', async () => {
    shown();
    fireEvent.click(await screen.findByRole('button', { name: 'Pause' }));
    hub.answer = () => [409, { title: 'The job has ended', status: 409 }];
    await screen.findByText('The job has ended');
    hub.answer = () => [200, job({ state: 'paused', why: 'Paused by ann.' })];
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await screen.findByRole('button', { name: 'Resume' });
    expect(screen.getByTestId('why').textContent).toBe('Paused by ann.');
  });

  it('is cancelled by its name', async () => {
    shown();
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel it' }));
    const button = screen.getByText<HTMLButtonElement>('Cancel the job');
    fireEvent.input(screen.getByLabelText('Name of the job'), { target: { value: 'Spring cleanin' } });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.input(screen.getByLabelText('Name of the job'), { target: { value: 'Spring cleaning' } });
    hub.answer = (_, url) => [200, url.includes('/devices') ? { items: lines } : job({ state: 'cancelled', counts: done })];
    fireEvent.submit(button.form!);
    await waitFor(() => expect(screen.getByTestId('state').textContent).toBe('cancelled'));
    expect(hub.posts().map((r) => r.url)).toEqual(['/api/v1/jobs/j1/cancel']);
  });

  it('says so when it is not there', async () => {
    hub.answer = () => [404, { title: 'Not found', status: 404 }];
    render(<JobPage id="j9" />);
    await screen.findByRole('heading', { name: 'There is no such job' });
  });
});

describe('the form for a job', () => {
  const start = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Start the job' });

  it('says what will happen, then makes one job however often it is sent', async () => {
    navigate('/jobs/new?name=rinse&device=a&device=b');
    hub.answer = () => [503, { title: 'Away', status: 503 }];
    render(<NewJobPage />);
    expect(within(screen.getByTestId('job-summary')).getByText('2 devices, listed by their ids')).toBeTruthy();
    fireEvent.submit(start().form!);
    await screen.findByText('Away');
    hub.answer = () => [201, job()];
    fireEvent.submit(start().form!);
    await waitFor(() => expect(path.value).toBe('/jobs/j1'));
    expect(hub.header(0, 'Idempotency-Key')).toBe(hub.header(1, 'Idempotency-Key'));
    expect(JSON.parse(hub.posts()[1]!.init.body as string)).toEqual({
      command: { name: 'rinse', ttl: 'PT1H' },
      target: { devices: ['a', 'b'] },
      abort: { failurePercent: 20, minimumEnded: 10 },
    });
  });

  it('waits for what is missing or wrong', () => {
    navigate('/jobs/new');
    hub.answer = () => [200, { items: [] }];
    render(<NewJobPage />);
    expect(start().getAttribute('aria-disabled')).toBe('true');
    fireEvent.input(screen.getByLabelText('Tags'), { target: { value: 'hall=3' } });
    expect(start().getAttribute('aria-disabled')).toBeNull();
    fireEvent.input(screen.getByLabelText('Payload, JSON (optional)'), { target: { value: '{' } });
    expect(start().getAttribute('aria-disabled')).toBe('true');
    fireEvent.input(screen.getByLabelText('Payload, JSON (optional)'), { target: { value: '' } });
    fireEvent.input(screen.getByLabelText('Percent of those that ended'), { target: { value: '200' } });
    expect(screen.getByText('A whole number, 1 to 100.')).toBeTruthy();
    expect(start().getAttribute('aria-disabled')).toBe('true');
  });

  it('shows what the hub says at the field that it is about', async () => {
    navigate('/jobs/new?name=rinse&device=a&device=b');
    const errors = ['a', 'b', 'c', 'd'].map((id, i) => ({
      pointer: `/target/devices/${i}`,
      detail: `No device has the id ${id}.`,
    }));
    hub.answer = () => [400, { title: 'Not valid', status: 400, errors }];
    render(<NewJobPage />);
    fireEvent.submit(start().form!);
    await screen.findByText('No device has the id a. No device has the id b. No device has the id c. And 1 more.');
    expect(screen.getByLabelText('Ids of the devices').getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tells how many devices fit', async () => {
    navigate('/jobs/new?tag=hall%3D3');
    hub.answer = () => [200, { items: [{}, {}], next: 'n' }];
    render(<NewJobPage />);
    await screen.findByText('More than 1,000 devices fit now.');
    expect(hub.requests[0]!.url).toBe('/api/v1/devices?limit=1000&tag=hall%3D3');
  });
});
