import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOBODY_SIGNED_IN, accessible, devicePath, hub, submitSignIn, withPage } from '../lib/stage.mjs';

describe('Signing in', () => {
  const open = { signIn: false, expected: [NOBODY_SIGNED_IN] };

  test('a wrong password is told clearly, the right one leads on, and signing out closes the door', () =>
    withPage(async (page) => {
      await page.goto('/');
      await page.waitForURL('**/sign-in');
      await submitSignIn(page, hub.user, 'not the password');
      const alert = page.getByRole('alert');
      await alert.waitFor();
      assert.match(await alert.textContent(), /password is wrong/);
      assert.equal(await page.getByLabel('Password').inputValue(), '', 'the wrong password is kept');
      assert.equal(await page.getByLabel('User').inputValue(), hub.user, 'the name has to be typed again');

      await submitSignIn(page, hub.user, hub.password);
      await page.getByTestId('fleet').waitFor();
      assert.equal(new URL(page.url()).pathname, '/');

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL('**/sign-in');
      await page.goto('/devices');
      await page.waitForURL('**/sign-in?return=*');
    }, open));

  test('a link into the page comes back to where it led', () =>
    withPage(async (page) => {
      const link = `${devicePath(hub.device)}?metric=load.1m&range=1h`;
      await page.goto(link);
      await page.waitForURL('**/sign-in?return=*');
      await submitSignIn(page, hub.user, hub.password);
      await page.getByTestId('chart').waitFor();
      const at = new URL(page.url());
      assert.equal(at.pathname + at.search, link);
      assert.equal(await page.getByTestId('chart').getByLabel('Metric').inputValue(), 'load.1m');
    }, open));

  test('a one-time password opens nothing but the choice of another', () =>
    withPage(
      async (page) => {
        const { oneTimePassword } = await hub.call('POST', '/users', { name: 'eve', role: 'operator' });
        await page.goto('/sign-in?return=/devices');
        await submitSignIn(page, 'eve', oneTimePassword);
        const change = page.getByRole('button', { name: 'Change password' });
        await change.waitFor();
        await accessible(page, 'Choosing a password');
        await page.goto('/keys');
        await change.waitFor();
        await page.getByLabel('One-time password').fill(oneTimePassword);
        await page.getByLabel('New password', { exact: true }).fill('short');
        await page.getByLabel('New password again').fill('short');
        await change.click();
        await page.getByText('Must have 12 to 256 characters').waitFor();
        await page.getByLabel('New password', { exact: true }).fill('a horse of another colour');
        await page.getByLabel('New password again').fill('a horse of another colour');
        await change.click();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.waitForURL('**/sign-in');
        await submitSignIn(page, 'eve', 'a horse of another colour');
        await page.getByTestId('fleet').waitFor();
        await hub.call('DELETE', '/users/eve');
      },
      { ...open, expected: [NOBODY_SIGNED_IN, /status of 400 .*\/session\/password/] },
    ));

  test('a return address leads nowhere else', () =>
    withPage(async (page) => {
      await page.goto('/sign-in?return=//elsewhere.example/');
      await submitSignIn(page, hub.user, hub.password);
      await page.getByTestId('fleet').waitFor();
      assert.equal(page.url(), `${hub.url}/`);
    }, open));
});
