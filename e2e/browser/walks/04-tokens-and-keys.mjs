import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessible, devicePath, hub, withPage } from '../lib/stage.mjs';

describe('Tokens and keys', () => {
  test('a token is issued, and revoked by typing the id of the device', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-tokens' });
      await page.goto(devicePath('walk-tokens'));
      const tokens = page.getByTestId('tokens');
      await tokens.getByRole('button', { name: 'Issue a token' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('factory');
      await dialog.getByRole('button', { name: 'Issue the token' }).click();
      assert.match(await dialog.getByTestId('issued-token').inputValue(), /^mrd_/);
      await dialog.getByRole('button', { name: 'Done' }).click();

      await tokens.getByRole('button', { name: 'Revoke factory' }).click();
      const revoke = dialog.getByRole('button', { name: 'Revoke the token' });
      await dialog.getByLabel('Id of the device').fill('walk-token');
      assert.ok(await revoke.isDisabled(), 'a wrong id is taken');
      await dialog.getByLabel('Id of the device').fill('walk-tokens');
      await revoke.click();
      await tokens.getByText('revoked').waitFor();
      assert.equal(await tokens.getByRole('button', { name: 'Revoke factory' }).count(), 0);
    }));

  test('times are those of the zone in which the operator sits', () =>
    withPage(
      async (page) => {
        await hub.call('POST', '/devices', { id: 'walk-zones' });
        await page.goto(devicePath('walk-zones'));
        await page.getByTestId('tokens').getByRole('button', { name: 'Issue a token' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Name').fill('for later');
        await dialog.getByLabel('Valid from').fill('2040-01-01T09:30');
        await accessible(page, 'the dialog for a token');
        await dialog.getByRole('button', { name: 'Issue the token' }).click();
        await dialog.getByRole('button', { name: 'Done' }).click();
        // Summer time there: thirteen hours before Greenwich, and so still the year before it.
        await page.getByTestId('tokens').getByText('not yet valid, but from 1 Jan 2040, 09:30:00').waitFor();
        const { items } = await hub.call('GET', '/devices/walk-zones/tokens');
        assert.deepEqual(items.map(({ notBefore }) => notBefore), ['2039-12-31T20:30:00Z']);

        await page.goto('/commands');
        await page.getByRole('combobox', { name: 'Accepted' }).selectOption('between');
        await page.getByLabel('to', { exact: true }).fill('2020-07-01T00:00');
        await page.waitForURL('**to=2020-06-30T12%3A00%3A00.000Z');
      },
      { timezoneId: 'Pacific/Auckland' },
    ));

  test('a certificate is bound by its fingerprint, and removed by typing the id of the device', () =>
    withPage(
      async (page) => {
        await hub.call('POST', '/devices', { id: 'walk-certificates' });
        await page.goto(devicePath('walk-certificates'));
        const certificates = page.getByTestId('certificates');
        await certificates.getByText('No certificates').waitFor();
        await certificates.getByRole('button', { name: 'Bind a certificate' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Fingerprint').fill('no fingerprint');
        await dialog.getByLabel('Name').fill('burnt in');
        await dialog.getByRole('button', { name: 'Bind it' }).click();
        await dialog.locator('.field-error').getByText(/./).waitFor();
        await dialog.getByLabel('Fingerprint').fill('AB:'.repeat(31) + 'CD');
        await dialog.getByRole('button', { name: 'Bind it' }).click();
        await certificates.getByTitle('ab'.repeat(31) + 'cd').waitFor();
        await certificates.getByRole('button', { name: 'Remove burnt in' }).click();
        await dialog.getByLabel('Id of the device').fill('walk-certificates');
        await dialog.getByRole('button', { name: 'Remove the certificate' }).click();
        await certificates.getByText('No certificates').waitFor();
      },
      { expected: [/status of 400 .*\/certificates/] },
    ));

  test('an enrolment key registers as many devices as it is for', () =>
    withPage(async (page) => {
      await page.goto('/enrolment-keys');
      await page.getByRole('button', { name: 'New enrolment key' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('walk line 4');
      await dialog.getByLabel('Ids begin with').fill('walk-enrolled-');
      await dialog.getByLabel('Tags').fill('site=walk');
      await dialog.getByRole('button', { name: 'Issue the key' }).click();
      const key = await dialog.getByTestId('issued-key').inputValue();
      assert.match(key, /^mre_/);
      await dialog.getByRole('button', { name: 'Done' }).click();

      const enrolled = await hub.ask('POST', '/enrol', key, { id: 'walk-enrolled-1' });
      assert.equal(enrolled.status, 201);
      assert.match((await enrolled.json()).token, /^mrd_/);
      assert.equal((await hub.ask('POST', '/enrol', key, { id: 'walk-enrolled-2' })).status, 403);
      await page.reload();
      await page.getByRole('row', { name: /walk line 4/ }).getByText('1 of 1').waitFor();
      await page.getByRole('button', { name: 'Revoke walk line 4' }).click();
      await dialog.getByLabel('Name of the key').fill('walk line 4');
      await dialog.getByRole('button', { name: 'Revoke the key' }).click();
      await page.getByRole('row', { name: /walk line 4/ }).getByText('revoked').waitFor();
    }));

  test('a rotation is asked for, and shows who is not done', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-rotated', tags: { walk: 'rotation' } });
      await page.goto('/rotations');
      await page.getByRole('button', { name: 'Rotate tokens' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Tags').fill('walk=rotation');
      await dialog.getByRole('button', { name: 'Rotate tokens' }).click();
      await dialog.getByText('Asked 1 device').waitFor();
      await dialog.getByRole('button', { name: 'Done' }).click();
      await page.getByTestId('rotations').getByRole('row', { name: /walk-rotated/ }).getByText('asked').waitFor();
    }));

  test('a key works until it is revoked, within its scopes', () =>
    withPage(async (page) => {
      await page.goto('/keys');
      await page.getByRole('button', { name: 'New API key' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('walk billing');
      assert.ok(await dialog.getByLabel('see devices').isChecked());
      await dialog.getByRole('button', { name: 'Issue the key' }).click();
      const key = await dialog.getByTestId('issued-key').inputValue();
      await dialog.getByRole('button', { name: 'Done' }).click();

      assert.equal((await hub.ask('GET', '/devices', key)).status, 200);
      assert.equal((await hub.ask('GET', '/keys', key)).status, 403);
      await page.getByRole('button', { name: 'Revoke walk billing' }).click();
      await dialog.getByLabel('Name of the key').fill('walk billing');
      await dialog.getByRole('button', { name: 'Revoke the key' }).click();
      await page.getByRole('row', { name: /walk billing/ }).getByText('revoked').waitFor();
      assert.equal((await hub.ask('GET', '/devices', key)).status, 401);
    }));
});
