import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { NOBODY_SIGNED_IN, accessible, devicePath, hub, inState, send, sendCommand, withPage } from '../lib/stage.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

let job;
before(async () => {
  await sendCommand(hub.device, { name: 'ping' });
  await hub.call('POST', '/enrolment-keys', { name: 'line 4', maxUses: 500, tags: { site: 'north' }, idPrefix: 'pump-' });
  await hub.call('POST', '/devices', { id: 'walk-straggler' });
  await hub.call('POST', '/rotations', { devices: ['walk-straggler'] });
  job = await hub.call('POST', '/jobs', { command: { name: 'ping' }, target: { devices: [hub.device] } });
});

/** On a wide and on a narrow screen: the page is loaded once, as it knows how wide it is by nothing that it could not learn anew. */
async function accessibleWideAndNarrow(page, name) {
  await page.setViewportSize(WIDE);
  await accessible(page, `${name}, wide`);
  await page.setViewportSize(NARROW);
  await accessible(page, `${name}, narrow`);
  assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name} is wider than a phone`);
}

describe('axe finds nothing, wide or narrow, light or dark', () => {
  test('signing in', () =>
    withPage(
      async (page) => {
        await page.goto('/sign-in');
        await page.getByLabel('User').waitFor();
        await accessibleWideAndNarrow(page, 'sign-in');
      },
      { signIn: false, expected: [NOBODY_SIGNED_IN] },
    ));

  const pages = [
    ['the overview', '/', (page) => page.getByTestId('fleet')],
    ['the devices', '/devices', (page) => page.getByTestId('devices')],
    ['the commands', '/commands', (page) => page.getByTestId('commands')],
    ['the commands that fit none', '/commands?name=none&within=1h', (page) => page.getByText('No command fits')],
    ['the jobs', '/jobs', (page) => page.getByTestId('jobs')],
    ['a job', () => `/jobs/${job.id}`, (page) => page.getByTestId('devices').locator('tbody')],
    ['the form for a job', '/jobs/new?device=a', (page) => page.getByTestId('job-summary')],
    ['the enrolment keys', '/enrolment-keys', (page) => page.getByTestId('enrolment-keys')],
    ['the dialog for an enrolment key', '/enrolment-keys?new=1', (page) => page.getByRole('dialog')],
    ['the rotations', '/rotations', (page) => page.getByTestId('rotations')],
    ['the keys', '/keys', (page) => page.getByTestId('keys')],
    ['the users', '/users', (page) => page.getByTestId('users')],
    ['the dialog for a user', '/users?new=1', (page) => page.getByRole('dialog')],
    ['a user', () => `/users/${hub.user}`, (page) => page.getByTestId('user-access')],
    ['the audit log', '/audit', (page) => openFirstEntry(page)],
    ['the audit log where nothing fits', '/audit?who=nobody', (page) => page.getByText('No entry fits')],
    ['nodes and settings', '/settings', (page) => page.getByTestId('settings')],
    ["one's own password", '/password', (page) => page.getByLabel('New password again')],
    ['the dialog for a key', '/keys?new=1', (page) => page.getByRole('dialog')],
    ['the dialog for a device', '/devices?new=1', (page) => page.getByRole('dialog')],
    ['no such page', '/nowhere', (page) => page.getByText('There is no such page')],
  ];
  for (const [name, path, shown] of pages) {
    test(name, () =>
      withPage(async (page) => {
        await page.goto(typeof path === 'string' ? path : path());
        await shown(page).waitFor();
        await accessibleWideAndNarrow(page, name);
      }),
    );
  }

  test('a device with its chart and a command', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      await page.locator('[data-testid=plot][data-ready=true] canvas').waitFor();
      await send(page, 'ping');
      await inState(page, 'succeeded');
      await page.getByTestId('commands').locator('.commands-row').first().click();
      await page.getByTestId('commands').getByTestId('tracker').waitFor();
      await accessibleWideAndNarrow(page, 'a device');
    }));
});

/** Opens it, and gives what has to be waited for. */
function openFirstEntry(page) {
  const row = page.getByTestId('audit').locator('li').first();
  return { waitFor: () => row.getByRole('button').click().then(() => row.getByRole('table').or(row.getByText('From')).first().waitFor()) };
}
