import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { devicePath, hub, textOf, withPage } from '../lib/stage.mjs';

/** A heartbeat every 2 s makes silence offline after 5 s; as much again for a busy machine. */
const DEADLINE_MS = 10_000;

describe('Presence', () => {
  test('the overview lists a device that is missing for as long as it is', () =>
    withPage(async (page) => {
      await page.goto('/');
      const attention = page.getByTestId('attention');
      await attention.getByText('No device is missing').waitFor();
      hub.signalDevice('SIGKILL'); // The demo starts it again after a second.
      await attention.getByRole('link', { name: hub.device }).waitFor();
      await attention.getByText('Offline').waitFor();
      await attention.getByText('No device is missing').waitFor();
      await textOf(page.getByTestId('fleet-online').locator('.figure'), (n) => n === '1', 'it counts as online again');
    }));

  test('a device that falls silent is suspected, then offline, and comes back, all without loading anew', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      const badge = page.getByTestId('presence');
      await textOf(badge, (text) => text === 'Online', 'the device is online');
      hub.signalDevice('SIGSTOP');
      const begun = Date.now();
      try {
        await textOf(badge, (text) => text === 'Suspect', 'a silent device is suspected');
        await textOf(badge, (text) => text === 'Offline', 'and then offline');
        assert.ok(Date.now() - begun < DEADLINE_MS, `it took ${Date.now() - begun} ms`);
        await page.getByText('It waits in the queue until the device connects.').waitFor();
      } finally {
        hub.signalDevice('SIGCONT');
      }
      await textOf(badge, (text) => text === 'Online', 'and online again');
    }));
});
