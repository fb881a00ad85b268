import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Device } from '../lib/device.mjs';
import { accessible, devicePath, hub, textOf, withPage } from '../lib/stage.mjs';

describe('A device over time', () => {
  test('its sessions are listed with how long they lasted and why they ended', () =>
    withPage(async (page) => {
      const device = await Device.connect('walk-sessions');
      await page.goto(devicePath('walk-sessions'));
      const sessions = page.getByTestId('sessions');
      await sessions.getByTestId('session-1').getByText('it is open').waitFor();
      device.leave();
      await textOf(sessions.getByTestId('session-1').locator('.session-end'), (text) => text.includes('1000'), 'it ended by its own will');
      await sessions.getByRole('button', { name: '7 d' }).click();
      await page.waitForURL('**span=7d');
      assert.match(await sessions.getByTestId('strip').getAttribute('aria-label'), /^Connected \d+\.\d\s% since .*\d\d:\d\d:\d\d$/, 'no more than since it was registered');
    }));

  test('its chart zooms by a drag and by buttons, and the address holds the time', () =>
    withPage(async (page) => {
      await page.goto(`${devicePath(hub.device)}?metric=cpu.percent`);
      const plot = page.locator('[data-testid=plot][data-ready=true]');
      await plot.locator('canvas').waitFor();
      const box = await plot.locator('.u-over').boundingBox();
      await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.9, box.y + 80, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/from=.*to=/);
      const width = () => Date.parse(new URL(page.url()).searchParams.get('to')) - Date.parse(new URL(page.url()).searchParams.get('from'));
      const zoomed = width();
      assert.ok(Math.abs(zoomed / 60_000 - 6) < 0.5, `four tenths of a quarter of an hour, not ${zoomed / 60_000} min`);
      const zoom = page.getByRole('group', { name: 'Time of the chart' });
      await zoom.getByRole('button', { name: 'Zoom in' }).click();
      await page.waitForFunction((was) => !location.search.includes(was), new URL(page.url()).searchParams.get('from').slice(0, 16));
      assert.ok(Math.abs(width() / zoomed - 0.5) < 0.01, 'half as wide');
      await page.reload();
      await zoom.getByRole('button', { name: 'Back to now' }).click();
      await page.waitForURL((url) => !url.search.includes('from='));
    }));

  test('a command begins with one that was kept or sent before', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      const form = page.getByTestId('composer');
      await form.getByLabel('Name').fill('set-interval');
      await form.getByLabel('Payload').fill('{"seconds": 1}');
      await form.getByRole('button', { name: 'Keep it as a template' }).click();
      await page.getByRole('dialog').getByLabel('Title').fill('every second');
      await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
      await page.reload();
      await form.getByLabel('Begin with').selectOption({ label: 'every second' });
      assert.equal(await form.getByLabel('Name').inputValue(), 'set-interval');
      await form.getByRole('button', { name: 'Send' }).click();
      await form.getByTestId('sent-command').getByText('succeeded').first().waitFor();
      await form.getByRole('button', { name: 'Forget this template' }).click();
      await form.getByLabel('Begin with').selectOption({ label: 'set-interval {"seconds":1}' });
    }));

  test('devices that are chosen get a job together', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-chosen-1' });
      await hub.call('POST', '/devices', { id: 'walk-chosen-2' });
      await page.goto('/devices?q=walk-chosen');
      await page.getByLabel('Choose walk-chosen-2').check();
      await page.getByLabel('Choose walk-chosen-1').check();
      await accessible(page, 'devices that are chosen');
      await page.getByTestId('selection').getByRole('link', { name: 'New job' }).click();
      await page.getByTestId('job-summary').waitFor();
      assert.equal(await page.getByLabel('Ids of the devices').inputValue(), 'walk-chosen-2\nwalk-chosen-1');
    }));
});
