import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Device, fails, succeeds } from '../lib/device.mjs';
import { accessible, commandPath, hub, sendCommand, textOf, until, withPage } from '../lib/stage.mjs';

const AWAY = 'walk-history-away';
/** More than a page of the list holds. */
const MANY = 60;

describe('The history of commands', () => {
  let good;
  let bad;

  before(async () => {
    await hub.call('POST', '/devices', { id: AWAY });
    good = await Device.connect('walk-history-good', ({ name }) => (name === 'update' ? undefined : succeeds()));
    bad = await Device.connect('walk-history-bad', fails);
  });
  after(() => {
    good.leave();
    bad.leave();
  });

  const rows = (page) => page.getByTestId('commands').locator('tbody tr');

  test('lists what is sent to any device as it happens, and filters it by its address', () =>
    withPage(async (page) => {
      await sendCommand(good.id, { name: 'history-first' });
      await page.goto('/commands');
      await rows(page).filter({ hasText: 'history-first' }).getByText('succeeded').waitFor();

      const failed = await sendCommand(bad.id, { name: 'history-second' });
      const row = page.getByTestId(`command-${failed.id}`);
      await row.getByText('failed', { exact: true }).waitFor();
      await row.getByText('the valve did not close').waitFor();

      await page.getByLabel('State').selectOption('failed');
      await page.getByLabel('Device, by its id').fill(bad.id);
      await page.getByLabel('Device, by its id').press('Enter');
      await page.waitForURL((url) => url.search === `?state=failed&device=${bad.id}`);
      await until(page, async () => (await rows(page).count()) === 1, 'one command has failed on this device');
      await page.reload();
      await row.waitFor();
      assert.equal(await rows(page).count(), 1, 'the address keeps the filter');

      await page.getByRole('button', { name: 'Clear' }).click();
      await rows(page).filter({ hasText: 'history-first' }).waitFor();
      await page.getByRole('combobox', { name: 'Accepted' }).selectOption('between');
      await page.getByLabel('to', { exact: true }).fill('2020-01-01T00:00');
      await page.getByText('No command fits').waitFor();
    }));

  test('is held while somebody reads it, and goes on', () =>
    withPage(async (page) => {
      const first = await sendCommand(good.id, { name: 'history-held' });
      await page.goto('/commands?name=history-held');
      await page.getByTestId(`command-${first.id}`).waitFor();
      await page.getByRole('button', { name: 'Hold' }).click();
      const second = await sendCommand(good.id, { name: 'history-held' });
      await until(page, async () => (await hub.command(second)).state === 'succeeded', 'the device has answered');
      await page.waitForTimeout(2_000); // twice as long as the list takes to follow
      assert.equal(await rows(page).count(), 1, 'the list moves while it is held');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByTestId(`command-${second.id}`).waitFor();
    }));

  test('goes on page by page', () =>
    withPage(async (page) => {
      for (let i = 0; i < MANY; i++) await sendCommand(AWAY, { name: 'history-many', payload: i });
      await page.goto(`/commands?device=${AWAY}&name=history-many`);
      await page.getByText('50 commands so far').waitFor();
      await page.getByRole('button', { name: 'Load more' }).click();
      await page.getByText(`${MANY} commands`, { exact: true }).waitFor();
      assert.equal(await rows(page).count(), MANY);
      assert.equal(await page.getByRole('button', { name: 'Load more' }).count(), 0);
    }));

  test('tells of a device that is not there', () =>
    withPage(
      async (page) => {
        await page.goto('/commands?device=walk-nobody');
        await page.getByText('There is no device walk-nobody').waitFor();
        await page.getByRole('button', { name: 'Commands of all devices' }).click();
        await rows(page).first().waitFor();
      },
      { expected: [/status of 404 .*walk-nobody/] },
    ));

  test('shows one command with its way, how far the device is, and its answer', () =>
    withPage(async (page) => {
      await page.goto('/commands?name=update');
      const sent = await sendCommand(good.id, { name: 'update', payload: { version: 7 } });
      await page.getByTestId(`command-${sent.id}`).getByRole('link', { name: 'update' }).click();
      await page.waitForURL(`**${commandPath(sent)}`);
      const state = page.getByTestId('state');
      await textOf(state, (text) => text === 'received', 'the device has it');
      await page.getByTestId('payload').getByText('"version": 7').waitFor();

      good.progress('update', 40, 'downloading');
      await page.getByTestId('progress').getByText('downloading').waitFor();
      assert.equal(await page.getByRole('progressbar', { name: 'Progress of update' }).getAttribute('value'), '40');
      await accessible(page, 'a command under way');

      good.finish('update', succeeds());
      await textOf(state, (text) => text === 'succeeded', 'it has succeeded');
      await page.getByTestId('answer').getByText('"done": true').waitFor();
      assert.equal(await page.getByTestId('progress').count(), 0);
      const steps = page.getByTestId('timeline').locator('li[data-state]');
      assert.deepEqual(await steps.evaluateAll((all) => all.map((li) => li.dataset.state)), [
        'queued',
        'sent',
        'received',
        'succeeded',
      ]);
      const { transitions } = await hub.command(sent);
      const last = transitions.at(-1);
      await steps.last().getByText(`session ${last.epoch} on ${last.node}`).waitFor();
      await steps.last().getByText(last.cause).waitFor();
    }));

  test('cancels what waits, by its name', () =>
    withPage(async (page) => {
      const sent = await sendCommand(AWAY, { name: 'history-cancel' });
      await page.goto(commandPath(sent));
      await textOf(page.getByTestId('why'), (why) => /has never connected/.test(why), 'it says what it waits for');
      await page.getByRole('button', { name: 'Cancel it' }).click();
      const dialog = page.getByRole('dialog');
      await page.waitForFunction(() => document.activeElement?.labels?.[0]?.textContent === 'Name of the command');
      await page.keyboard.type('history-cance');
      assert.ok(await dialog.getByRole('button', { name: 'Cancel the command' }).isDisabled(), 'a wrong name is taken');
      await page.keyboard.type('l');
      await page.keyboard.press('Enter');
      await textOf(page.getByTestId('state'), (text) => text === 'cancelled', 'it is cancelled');
      assert.equal((await hub.command(sent)).state, 'cancelled');
      assert.equal(await page.getByRole('button', { name: 'Cancel it' }).count(), 0);
    }));

  test('tries again what failed by a new command, and each leads to the other', () =>
    withPage(async (page) => {
      const sent = await sendCommand(bad.id, { name: 'history-again', payload: [1] });
      await page.goto(commandPath(sent));
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Send it again' }).click();
      await page.waitForURL((url) => url.pathname !== commandPath(sent));
      await textOf(page.getByTestId('state'), (text) => text === 'failed', 'the new one has failed too');
      const again = page.url();
      await page.getByRole('link', { name: 'the command before it' }).click();
      await page.waitForURL(`**${commandPath(sent)}`);
      await page.getByRole('link', { name: 'by a later command' }).click();
      await page.waitForURL(again);
      const { items } = await hub.call('GET', '/commands?name=history-again');
      assert.equal(items.length, 2, 'more than one new command was made');
    }));

  test('says so where a command is not there', () =>
    withPage(
      async (page) => {
        await page.goto(commandPath({ device: AWAY, id: '00000000-0000-7000-8000-000000000000' }));
        await page.getByRole('heading', { name: 'There is no such command' }).waitFor();
        await page.getByRole('link', { name: `Commands of ${AWAY}` }).click();
        await rows(page).first().waitFor();
      },
      { expected: [/status of 404 .*walk-history-away/] },
    ));
});
