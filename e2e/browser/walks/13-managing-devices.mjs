import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Device } from '../lib/device.mjs';
import { accessible, devicePath, hub, textOf, until, withPage } from '../lib/stage.mjs';

const PHONE = { width: 390, height: 844 };
const ids = (page) =>
  page
    .getByTestId('devices')
    .locator('tbody .device-name a')
    .evaluateAll((all) => all.map((a) => a.textContent));

describe('Managing a device', () => {
  test('an edit that somebody else was faster with is shown beside theirs, and saved after a look', () =>
    withPage(
      async (page) => {
        await hub.call('POST', '/devices', { id: 'walk-edited', name: 'Pump', tags: { site: 'north, quay' } });
        await page.goto(devicePath('walk-edited'));
        await page.getByTestId('manage').getByRole('button', { name: 'Edit' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Name').fill('Pump of the operator');
        await accessible(page, 'editing a device');
        await hub.call('PATCH', '/devices/walk-edited', { tags: { hall: '7' } }, { 'if-match': '*' });
        await dialog.getByRole('button', { name: 'Save' }).click();
        await dialog.getByText('Somebody has changed the device meanwhile').waitFor();
        assert.equal(await dialog.getByLabel('Name').inputValue(), 'Pump of the operator');
        assert.equal(await dialog.getByRole('textbox', { name: 'Tags' }).inputValue(), 'hall=7');
        await accessible(page, 'an edit that came too late');
        await dialog.getByRole('button', { name: 'Save all the same' }).click();
        await page.locator('.device-title').getByText('Pump of the operator').waitFor();
        const now = await hub.call('GET', '/devices/walk-edited');
        assert.deepEqual(now.tags, { hall: '7' }, 'what the other one did stays');
      },
      { expected: [/status of 412 .*\/devices\/walk-edited/] },
    ));

  test('turned off it loses its session, is listed as disabled, and is turned on again', () =>
    withPage(async (page) => {
      await Device.connect('walk-turned-off');
      await page.goto(devicePath('walk-turned-off'));
      await page.getByTestId('presence').getByText('Online').waitFor();
      await page.getByTestId('manage').getByRole('button', { name: 'Disable' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
      await page.getByTestId('presence').getByText('Disabled').waitFor();
      await page.getByTestId('presence').getByText('Offline').waitFor();
      await accessible(page, 'a disabled device');
      await page.goto('/devices');
      await page.getByLabel('State').selectOption('disabled');
      await page.waitForURL('**enabled=false');
      await page.getByTestId('device-walk-turned-off').getByText('Disabled').waitFor();
      await page.getByRole('link', { name: 'walk-turned-off' }).click();
      await page.getByTestId('manage').getByRole('button', { name: 'Enable' }).click();
      await page.getByTestId('presence').getByText('Disabled').waitFor({ state: 'detached' });
    }));

  test('a rotation under way is seen on its page and called off', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-not-rotated' });
      await page.goto(devicePath('walk-not-rotated'));
      const tokens = page.getByTestId('tokens');
      await tokens.getByRole('button', { name: 'Rotate' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate the token' }).click();
      await tokens.getByTestId('rotation').getByText('it gets another token when it connects').waitFor();
      await accessible(page, 'a rotation under way');
      await tokens.getByRole('button', { name: 'Cancel the rotation' }).click();
      await tokens.getByTestId('rotation').waitFor({ state: 'detached' });
      assert.deepEqual((await hub.call('GET', '/rotations?state=open&device=walk-not-rotated')).items, []);
    }));

  test('it is deleted by typing its id', () =>
    withPage(
      async (page) => {
        await hub.call('POST', '/devices', { id: 'walk-deleted' });
        await page.goto(devicePath('walk-deleted'));
        await page.getByTestId('manage').getByRole('button', { name: 'Delete' }).click();
        const dialog = page.getByRole('dialog');
        const remove = dialog.getByRole('button', { name: 'Delete the device' });
        assert.ok(await remove.isDisabled());
        await accessible(page, 'deleting a device');
        await dialog.getByLabel('Id of the device').fill('walk-deleted');
        await remove.click();
        await page.waitForURL('**/devices');
        assert.equal((await hub.ask('GET', '/devices/walk-deleted', hub.key)).status, 404);
      },
      { viewport: PHONE },
    ));

  test('who only looks is offered none of it', () =>
    withPage(async (page) => {
      await page.route('**/api/v1/session', (route) =>
        route.fulfill({ json: { user: 'vic', role: 'viewer', passwordChangeRequired: false } }),
      );
      await page.goto(devicePath(hub.device));
      await page.getByTestId('sessions').waitFor();
      assert.equal(await page.getByTestId('manage').count(), 0);
      assert.equal(await page.getByTestId('tokens').count(), 0);
    }));
});

describe('Taking readings along', () => {
  test('the time of the chart comes as a file, and the dialog says what is in it', () =>
    withPage(async (page) => {
      await page.goto(`${devicePath(hub.device)}?metric=cpu.percent`);
      await page.locator('[data-testid=plot][data-ready=true] canvas').waitFor();
      await page.getByRole('button', { name: 'Export…' }).click();
      const dialog = page.getByRole('dialog');
      await textOf(dialog.getByTestId('export-contents'), (text) => text.includes('All readings of cpu.percent'), 'what it holds');
      await accessible(page, 'the dialog for an export');
      const coming = page.waitForEvent('download');
      await dialog.getByRole('link', { name: 'Download' }).click();
      const download = await coming;
      assert.match(download.suggestedFilename(), /\.csv$/);
      const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
      assert.equal(lines[0], 'time,cpu.percent');
      assert.match(lines[1], /^\d{4}-\d\d-\d\dT.*Z,[\d.]+$/);
    }));

  test('a refusal is told in words', () =>
    withPage(
      async (page) => {
        await page.goto(`${devicePath(hub.device)}?metric=cpu.percent`);
        await page.getByRole('button', { name: 'Export…' }).click();
        await page.route('**/telemetry/export?**', (route) =>
          route.fulfill({
            status: 503,
            headers: { 'Retry-After': '10' },
            json: { type: 'urn:mooring:problem:busy', title: 'Too many exports at this moment', status: 503, detail: 'As many run as limits.exports allows.' },
          }),
        );
        await page.getByRole('link', { name: 'Download' }).click();
        const alert = page.getByRole('dialog').getByRole('alert');
        await alert.getByText('Too many exports at this moment').waitFor();
        await alert.getByText(/It can be tried again/).waitFor();
      },
      { expected: [/status of 503 .*\/export/] },
    ));
});

describe('The order of devices', () => {
  test('is asked for by the heads of the table, and stands in the address', () =>
    withPage(async (page) => {
      for (const [id, name] of [['walk-order-1', 'Charlie'], ['walk-order-2', 'alpha'], ['walk-order-3', 'Bravo']]) {
        await hub.call('POST', '/devices', { id, name });
      }
      await page.goto('/devices?q=walk-order&sort=name');
      const order = (wanted) => until(page, async () => (await ids(page)).join() === wanted, `the order ${wanted}`);
      await order('walk-order-2,walk-order-3,walk-order-1');
      await page.getByRole('link', { name: 'Device', exact: true }).click();
      await order('walk-order-1,walk-order-2,walk-order-3');
      await page.getByRole('link', { name: 'Device', exact: true }).click();
      await page.waitForURL('**sort=-id');
      await order('walk-order-3,walk-order-2,walk-order-1');
      const head = page.getByRole('columnheader', { name: /Device/ });
      assert.equal(await head.getAttribute('aria-sort'), 'descending');
      await page.reload();
      await order('walk-order-3,walk-order-2,walk-order-1');
      await page.goBack();
      await order('walk-order-1,walk-order-2,walk-order-3');
      await accessible(page, 'sorted devices');
    }));
});
