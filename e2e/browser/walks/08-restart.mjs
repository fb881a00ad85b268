import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { devicePath, hub, sendCommand, textOf, until, withPage } from '../lib/stage.mjs';

/** While the hub is away the browser notes every connection that fails. */
const AWAY = [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|status of 503/];

describe('A page that nobody sees', () => {
  test('closes its one event stream, and is up to date again once it is seen', () =>
    withPage(async (page) => {
      let open = 0;
      const isStream = (request) => new URL(request.url()).pathname === '/api/v1/events';
      page.on('request', (request) => (open += isStream(request) ? 1 : 0));
      for (const end of ['requestfailed', 'requestfinished']) page.on(end, (request) => (open -= isStream(request) ? 1 : 0));
      const show = (state) =>
        page.evaluate((to) => {
          Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => to });
          document.dispatchEvent(new Event('visibilitychange'));
        }, state);
      await page.goto('/commands?name=unseen');
      const stream = page.getByTestId('stream-state').locator('.stream-text');
      await textOf(stream, (text) => text === 'Live', 'the page is live');
      await until(page, () => open === 1, 'it holds one stream');
      await show('hidden');
      await textOf(stream, (text) => text === 'Paused', 'it says that it has paused');
      await until(page, () => open === 0, 'the stream is closed');
      const sent = await sendCommand(hub.device, { name: 'unseen' });
      await show('visible');
      await page.getByTestId(`command-${sent.id}`).waitFor();
      await textOf(stream, (text) => text === 'Live', 'the page is live again');
      await until(page, () => open === 1, 'it holds one stream, not two');
    }));
});

describe('A hub that is started anew', () => {
  test('is noticed by an open page, which goes on by itself', () =>
    withPage(
      async (page) => {
        await page.goto(devicePath(hub.device));
        const stream = page.getByTestId('stream-state').locator('.stream-text');
        await textOf(stream, (text) => text === 'Live', 'the page is live');
        await page.getByTestId('metric-uptime.seconds').waitFor();

        await hub.stop();
        await textOf(stream, (text) => text === 'Reconnecting', 'the page says that the hub is away');
        await page.getByTestId('stale').waitFor();
        await page.getByTestId('presence').getByText('as of').waitFor();
        await hub.start();
        await textOf(stream, (text) => text === 'Live', 'the page is live again');
        await textOf(page.getByTestId('presence'), (text) => text === 'Online', 'the device is online again');
        const uptime = page.getByTestId('metric-uptime.seconds').locator('td.num');
        const before = await uptime.getAttribute('title');
        await page.waitForFunction(
          (was) => document.querySelector('[data-testid="metric-uptime.seconds"] td.num')?.title !== was,
          before,
        );
        await page.getByRole('alert').waitFor({ state: 'detached' });
        assert.equal(new URL(page.url()).pathname, devicePath(hub.device), 'the operator is signed in still');
      },
      { expected: AWAY },
    ));
});
