import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hub, NOBODY_SIGNED_IN, withPage } from '../lib/stage.mjs';

describe('The reference of the API', () => {
  test('is one click away, and shows each operation with an example', () =>
    withPage(async (page) => {
      await page.goto('/');
      await page.getByRole('contentinfo').getByRole('link', { name: 'API reference' }).click();
      await page.waitForURL('**/api/');
      await page.locator('#operations-commands-sendCommand').getByRole('button').first().click();
      await page.locator('#operations-commands-sendCommand .highlight-code').getByText('"set-interval"').first().waitFor();
      const operations = (await (await fetch(`${hub.url}/api/openapi.yaml`)).text()).match(/operationId:/g).length;
      assert.equal(await page.locator('.opblock').count(), operations);
    }));

  test('sends requests with a key, to those who are not signed in too', () =>
    withPage(
      async (page) => {
        await page.goto('/api/#/fleet/getFleet');
        const operation = page.locator('#operations-fleet-getFleet');
        await operation.getByRole('button', { name: 'Try it out' }).click();
        await operation.getByRole('button', { name: 'Execute' }).click();
        await operation.locator('.live-responses-table').getByText('401', { exact: true }).first().waitFor();
        await page.getByRole('button', { name: 'Authorize' }).click();
        await page.locator('.auth-container', { hasText: 'apiKey' }).getByLabel('Value').first().fill(hub.key);
        await page.getByRole('button', { name: 'Apply credentials' }).first().click();
        await page.getByRole('button', { name: 'Close' }).last().click();
        await operation.getByRole('button', { name: 'Execute' }).click();
        await operation.locator('.live-responses-table').getByText('"readingsPerSecond"').first().waitFor();
      },
      { signIn: false, expected: [NOBODY_SIGNED_IN] },
    ));

  test('fits a phone, and is dark where the system or the reader wants it', () =>
    withPage(
      async (page) => {
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.goto('/api/');
        await page.locator('.opblock').first().waitFor();
        const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        const dark = await ground();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
        await page.evaluate(() => localStorage.setItem('mooring.theme', 'light'));
        await page.reload();
        await page.locator('.opblock').first().waitFor();
        assert.notEqual(await ground(), dark);
      },
      { signIn: false, viewport: { width: 390, height: 844 } },
    ));
});
