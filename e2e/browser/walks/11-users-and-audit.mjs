import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOBODY_SIGNED_IN, hub, submitSignIn, textOf, withPage } from '../lib/stage.mjs';

const OWN = 'a horse of another colour';
const OTHER = 'a ship of another harbour';
const asWalker = { signIn: false, expected: [NOBODY_SIGNED_IN] };

async function signIn(page, password) {
  await page.goto('/sign-in');
  await submitSignIn(page, 'walker', password);
}

describe('Users, the audit log and the settings', () => {
  let password;

  test('a new user gets a password that is shown once', () =>
    withPage(async (page) => {
      await page.goto('/users');
      await page.getByTestId('users').getByText('you').waitFor();
      await page.getByRole('button', { name: 'New user' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('walker');
      await dialog.getByRole('radio', { name: /^viewer/ }).check();
      await dialog.getByRole('button', { name: 'Add the user' }).click();
      password = await dialog.getByTestId('one-time-password').inputValue();
      assert.ok(password.length >= 20, password);
      await dialog.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('row', { name: /^walker viewer with the one-time password never/ }).waitFor();
      assert.ok(!(await page.content()).includes(password), 'the password is shown again');
    }));

  test('who signs in with it, chooses another, and sees what a viewer may', () =>
    withPage(async (page) => {
      await signIn(page, password);
      await page.getByLabel('One-time password').fill(password);
      await page.getByLabel('New password', { exact: true }).fill(OWN);
      await page.getByLabel('New password again').fill(OWN);
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByTestId('fleet').waitFor();
      const menu = page.getByRole('navigation', { name: 'Pages' });
      assert.deepEqual(await menu.getByRole('link').allTextContents(), ['Overview', 'Devices', 'Commands', 'Jobs', 'Webhooks']);
      await page.goto('/audit');
      await page.getByText('it needs the role admin').waitFor();
    }, asWalker));

  test('a user changes its own password', () =>
    withPage(async (page) => {
      await signIn(page, OWN);
      await page.getByRole('link', { name: 'walker viewer: change your password' }).click();
      await page.getByLabel('Password until now').fill(OWN);
      await page.getByLabel('New password', { exact: true }).fill(OTHER);
      await page.getByLabel('New password again').fill(OTHER);
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByTestId('fleet').waitFor();
    }, asWalker));

  test('a user gets another role, is disabled, and deleted by its name', () =>
    withPage(async (page) => {
      await page.goto('/users');
      await page.getByRole('link', { name: 'walker' }).click();
      await page.getByRole('radio', { name: /^operator/ }).check();
      await page.getByRole('button', { name: 'Change the role' }).click();
      const change = page.getByRole('button', { name: 'Change the role' });
      await page.waitForFunction((button) => button.ariaDisabled === 'true', await change.elementHandle());
      assert.equal((await hub.call('GET', '/users/walker')).role, 'operator');

      await page.getByRole('button', { name: 'Disable' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
      await page.getByRole('button', { name: 'Enable' }).waitFor();
      await withPage(
        async (other) => {
          await signIn(other, OTHER);
          await other.getByText('This user is disabled').waitFor();
        },
        { ...asWalker, expected: [NOBODY_SIGNED_IN, /status of 403 .*\/session/] },
      );

      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByLabel('Name of the user').fill('walker');
      await page.getByRole('button', { name: 'Delete the user' }).click();
      await page.getByTestId('users').waitFor();
      assert.equal(await page.getByRole('link', { name: 'walker' }).count(), 0);
    }));

  test('the audit log tells all of it, by filters in the address', () =>
    withPage(async (page) => {
      await page.goto('/audit?target=users%2Fwalker&action=user');
      const log = page.getByTestId('audit');
      await log.waitFor();
      const actions = (await log.locator('.audit-action').allTextContents()).join(' ');
      assert.equal(actions, 'user.delete user.change user.change user.change-password user.change-password user.create');
      await log.getByRole('button', { name: /role viewer → operator/ }).click();
      await page.waitForURL('**entry=*');
      await log.getByRole('row', { name: 'role viewer operator' }).waitFor();
      await log.getByTitle('A link to this entry').click();
      await page.waitForURL('**/audit?from=*');
      await log.getByRole('row', { name: 'role viewer operator' }).waitFor();
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      const who = page.getByRole('combobox', { name: 'Who' });
      await who.fill('first-start');
      await who.press('Enter');
      await page.waitForURL('**who=first-start*');
      await textOf(log.locator('.audit-action').last(), (text) => text === 'user.create', 'the first start made a user');
    }));

  test('the settings are shown with their sources, and no secret', () =>
    withPage(async (page) => {
      await page.goto('/settings');
      await page.getByTestId('setting-session.heartbeat-interval').getByText('environment MOORING_SESSION_HEARTBEAT_INTERVAL').waitFor();
      await page.getByRole('checkbox', { name: 'Only those that are set' }).check();
      await page.getByTestId('setting-listen.host').waitFor({ state: 'detached' });
      await page.waitForURL('**/settings?set=1');
      await textOf(page.getByTestId('node-table').locator('td[data-label="Sessions"]').first(), (n) => Number(n) >= 1, 'the demo device has a session');
    }));
});
