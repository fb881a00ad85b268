import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { devicePath, hub, textOf, withPage } from '../lib/stage.mjs';

/** While the hub is away the browser notes every connection that fails. */
const AWAY = [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|status of 503/];

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
