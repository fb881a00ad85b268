import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../src/api/access';
import { changes, entryPath, gist, pageOf } from '../src/lib/audit';
import { Audit } from '../src/pages/Audit';
import { navigate } from '../src/state/router';
import { stage } from './stage';

const hub = stage();
const entry = (id: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: '2026-01-01T10:00:00.123456Z',
  actor: { kind: 'user', id: 'ada', name: 'ada' },
  address: '192.0.2.7',
  action: 'user.change',
  target: 'users/eve',
  before: { enabled: true, role: 'viewer' },
  after: { enabled: true, role: 'operator' },
  ...more,
});

describe('what an entry says', () => {
  it('puts what has changed before what has not', () =>
    expect(changes({ a: 1, b: 2 }, { a: 1, b: 3, c: [4] }).map((c) => [c.field, c.differs])).toEqual([
      ['b', true],
      ['c', true],
      ['a', false],
    ]));
  it('in a few words', () => {
    expect(gist(entry('1'))).toBe('role viewer → operator');
    expect(gist(entry('1', { before: { name: 'x' }, after: { at: 'now' } }))).toBe('no name (x), at now');
  });
  it('without what is blank, and without the signs of JSON', () => {
    const after = { idPrefix: '', maxUses: 5, tags: {}, scopes: ['a', 'b'], none: null };
    expect(gist(entry('1', { before: {}, after }))).toBe('maxUses 5, scopes a, b');
    const was = { tags: { site: 'north' }, scopes: ['a'] };
    expect(gist(entry('1', { before: was, after: { tags: {}, scopes: [] } }))).toBe('no tags (site=north), no scopes (a)');
  });
  it.each([
    ['devices/pump-7', '/devices/pump-7'],
    ['devices/pump-7/tokens/4fz', '/devices/pump-7'],
    ['devices/pump-7/commands/c1', '/devices/pump-7/commands/c1'],
    ['users/eve', '/users/eve'],
    ['jobs/j1', '/jobs/j1'],
    ['keys/k1', '/keys'],
    ['something/else', undefined],
  ])('%s leads to %s', (target, page) => expect(pageOf(target)).toBe(page));
  it('has an address that finds it by its time', () =>
    expect(entryPath(entry('7'))).toBe(
      '/audit?from=2026-01-01T10%3A00%3A00.123Z&to=2026-01-01T10%3A00%3A00.124Z&entry=7',
    ));
});

describe('the audit log', () => {
  beforeEach(() => navigate('/audit'));

  it('asks for what the address says, and loads more by cursor', async () => {
    navigate('/audit?who=ada&action=user&target=users%2Feve&from=2026-01-01T00:00:00Z');
    hub.answer = (_, url) => [200, url.includes('cursor=c2') ? { items: [entry('1')] } : { items: [entry('2')], next: 'c2' }];
    render(<Audit />);
    await screen.findByTestId('entry-2');
    expect(hub.requests[0]!.url).toBe(
      '/api/v1/audit?limit=50&who=ada&action=user&target=users%2Feve&from=2026-01-01T00%3A00%3A00.000Z',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Load more' }));
    await screen.findByTestId('entry-1');
    expect(screen.getByText('2 entries')).toBeTruthy();
  });

  it('opens an entry with all that it says, and the address tells which', async () => {
    hub.answer = () => [200, { items: [entry('2')] }];
    render(<Audit />);
    const row = await screen.findByTestId('entry-2');
    fireEvent.click(within(row).getByRole('button'));
    await waitFor(() => expect(location.search).toBe('?entry=2'));
    expect(within(row).getByRole('link', { name: 'users/eve' }).getAttribute('href')).toBe('/users/eve');
    expect(within(row).getAllByRole('row').map((r) => r.textContent)).toEqual([
      'FieldBeforeAfter',
      'rolevieweroperator',
      'enabledtruetrue',
    ]);
  });

  it('says what to do when nothing fits', async () => {
    navigate('/audit?who=nobody');
    hub.answer = () => [200, { items: [] }];
    render(<Audit />);
    fireEvent.click(await screen.findByRole('button', { name: 'Clear the filters' }));
    await waitFor(() => expect(location.search).toBe(''));
  });
});
