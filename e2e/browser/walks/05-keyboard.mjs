import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOBODY_SIGNED_IN, devicePath, hub, inState, until, withPage } from '../lib/stage.mjs';

const MOST_TABS = 60;

describe('With the keyboard alone', () => {
  test('an operator signs in, finds the device and sends it a command', () =>
    withPage(
      async (page) => {
        await page.goto('/devices');
        await page.waitForURL('**/sign-in?*');
        await page.waitForFunction(() => document.activeElement?.name === 'user');
        await page.keyboard.type(hub.user);
        await page.keyboard.press('Tab');
        await page.keyboard.type(hub.password);
        await page.keyboard.press('Enter');
        await page.getByTestId('devices').waitFor();

        await tabTo(page, hub.device);
        await page.keyboard.press('Enter');
        await page.waitForURL(`**${devicePath(hub.device)}`);
        await page.getByTestId('composer').waitFor();
        await page.getByTestId('readings').locator('td').first().waitFor();

        await tabTo(page, 'Name');
        await page.keyboard.type('ping');
        await page.keyboard.press('Tab');
        await page.keyboard.type('{"by": "keys"}');
        await tabTo(page, 'Send');
        await page.keyboard.press('Enter');
        await inState(page, 'succeeded');
        await page.getByTestId('composer').getByText('"by": "keys"').first().waitFor();
        assert.equal(await focused(page), 'Send');
      },
      { signIn: false, expected: [NOBODY_SIGNED_IN] },
    ));

  test('a dialog holds the focus, closes by Escape and gives the focus back', () =>
    withPage(async (page) => {
      await page.goto('/devices');
      await page.getByTestId('devices').waitFor();
      await tabTo(page, 'New device');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      assert.equal(await focused(page), 'Id');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await hasFocus(page, 'New device');
    }));

  test('the focus goes to what came of a step: a new token is copied at once, a form is filled in', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-token-by-keys' });
      await page.goto(devicePath('walk-token-by-keys'));
      await page.getByTestId('tokens').getByText('No tokens').waitFor();
      await tabTo(page, 'Issue a token');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await tabTo(page, 'Issue the token');
      await page.keyboard.press('Enter');
      await page.getByTestId('issued-token').waitFor();
      await hasFocus(page, 'Copy');
      await page.keyboard.press('Escape');
      await hasFocus(page, 'Issue a token');
      await page.goto('/jobs/new');
      await page.getByTestId('job-command').waitFor();
      await hasFocus(page, 'Name');
      await page.goto('/jobs');
      await page.getByRole('link', { name: 'New job' }).first().press('Enter');
      await page.waitForURL('**/jobs/new');
      await hasFocus(page, 'Name');
    }));

  test('what cannot be undone is left by Escape, and done by the id and Enter', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-by-keys' });
      await hub.call('POST', '/devices/walk-by-keys/tokens', { name: 'factory' });
      await page.goto(devicePath('walk-by-keys'));
      await page.getByTestId('tokens').getByText('factory').waitFor();
      await tabTo(page, 'Revoke');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await hasFocus(page, 'Revoke');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      assert.equal(await focused(page), 'Id of the device');
      await page.keyboard.type('walk-by-keys');
      await page.keyboard.press('Enter');
      await page.getByTestId('tokens').getByText('revoked').waitFor();
    }));
});

/** Presses Tab until what has the focus bears this name; it must be visible to whoever looks for it. */
async function tabTo(page, name) {
  const passed = [];
  for (let i = 0; i < MOST_TABS; i++) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    if (here === name) {
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, 'none', `${name} does not show that it has the focus`);
      return;
    }
    passed.push(here);
  }
  assert.fail(`Tab does not lead to ${name}, only to ${passed.join(', ')}`);
}

/** Waits until what bears this name has the focus: it moves once the page has painted. */
const hasFocus = (page, name) => until(page, async () => (await focused(page)) === name, `${name} does not get the focus`);

const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return (element?.labels?.[0]?.textContent ?? element?.textContent ?? '').trim();
  });
