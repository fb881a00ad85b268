import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOBODY_SIGNED_IN, accessible, hub, withPage } from '../lib/stage.mjs';

describe('The reference of the API', () => {
  test('is one click away, and shows each operation with an example', () =>
    withPage(async (page) => {
      await page.goto('/');
      await page.getByRole('contentinfo').getByRole('link', { name: 'API reference' }).press('Enter'); // a click would miss what moves while the page fills
      await page.waitForURL('**/api/');
      await page.locator('#operations-commands-sendCommand').getByRole('button').first().click();
      await page.locator('#operations-commands-sendCommand .highlight-code').getByText('"set-interval"').first().waitFor();
      const operations = (await (await fetch(`${hub.url}/api/openapi.yaml`)).text()).match(/operationId:/g).length;
      assert.equal(await page.locator('.opblock').count(), operations);
      assert.equal(await page.getByText('Servers').count(), 0);
      const licences = await page.getByRole('link', { name: 'Licences' }).getAttribute('href');
      assert.match(await (await fetch(hub.url + licences)).text(), /swagger-ui\n.*SmartBear/s);
    }));

  test('names each parameter, those of a path first', () =>
    withPage(async (page) => {
      for (const [operation, names] of [
        ['commands-sendCommand', ['device', 'Idempotency-Key', 'Prefer']],
        ['access-changeUser', ['user']],
        ['webhooks-replayDelivery', ['webhook', 'delivery']],
      ]) {
        await page.goto(`/api/#/${operation.replace('-', '/')}`);
        await page.reload();
        const name = page.locator(`#operations-${operation} .parameter__name:not(.opblock-title)`);
        await name.first().waitFor();
        const shown = await name.evaluateAll((all) => all.map((n) => n.firstChild?.textContent));
        assert.deepEqual(shown.slice(0, names.length), names);
        assert.ok(shown.every(Boolean), shown.join());
      }
    }));

  test('sends what a signed-in user asks for, and no request that would never end', () =>
    withPage(async (page) => {
      await page.goto('/api/#/access/getSession');
      const session = page.locator('#operations-access-getSession');
      await session.getByRole('button', { name: 'Try it out' }).click();
      await session.getByRole('button', { name: 'Execute' }).click();
      await session.locator('.live-responses-table').getByText(`"${hub.user}"`).first().waitFor();
      const events = page.locator('#operations-fleet-streamEvents');
      await events.getByRole('button').first().click();
      await events.getByRole('heading', { name: 'Responses' }).waitFor();
      assert.equal(await events.getByRole('button', { name: 'Try it out' }).count(), 0);
    }));

  for (const [width, viewport] of [['wide', { width: 1280, height: 900 }], ['narrow', { width: 390, height: 844 }]]) {
    test(`breaks no rule of axe on a ${width} screen, light or dark`, () =>
      withPage(
        async (page) => {
          await page.goto('/api/');
          const devices = page.locator('#operations-devices-listDevices');
          await devices.getByRole('button').first().click();
          await devices.getByRole('button', { name: 'Try it out' }).click();
          await devices.getByRole('button', { name: 'Execute' }).click();
          await devices.locator('.live-responses-table').first().waitFor();
          const create = page.locator('#operations-devices-createDevice');
          await create.getByRole('button').first().click();
          await create.getByRole('heading', { name: 'Responses' }).waitFor();
          await accessible(page, 'an operation that was tried, and another one open');
          await page.goto('/api/#/devices/changeDevice');
          await page.reload();
          const change = page.locator('#operations-devices-changeDevice');
          await change.getByRole('tab', { name: 'Schema' }).first().click();
          await change.getByText('Additional properties').first().waitFor();
          await accessible(page, 'an operation with its schema');
          await page.getByRole('button', { name: 'Authorize' }).first().click();
          await page.locator('.auth-container').first().waitFor();
          await accessible(page, 'the dialog for a key');
        },
        { viewport },
      ));
  }

  test('sends requests with a key, for those who are not signed in too', () =>
    withPage(
      async (page) => {
        await page.goto('/api/#/fleet/getFleet');
        const operation = page.locator('#operations-fleet-getFleet');
        await operation.getByRole('button', { name: 'Try it out' }).click();
        await operation.getByRole('button', { name: 'Execute' }).click();
        await operation.locator('.live-responses-table').getByText('401', { exact: true }).first().waitFor();
        await page.getByRole('button', { name: 'Authorize' }).first().click();
        const key = page.locator('.auth-container', { hasText: 'apiKey' });
        await key.getByLabel('Value').fill(hub.key);
        await key.getByRole('button', { name: 'Authorize' }).click();
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
