import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { devicePath, hub, inState, send, states, textOf, withPage } from '../lib/stage.mjs';

describe('Commands', () => {
  test('a ping goes all the way and brings its answer', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      const tracker = await send(page, 'ping', '{ "hello": "there" }');
      await inState(page, 'succeeded');
      assert.deepEqual(await states(tracker), ['queued', 'sent', 'received', 'succeeded']);
      const result = tracker.getByTestId('result');
      await result.waitFor();
      assert.match(await result.textContent(), /"hello": "there"/);
      await page.getByTestId('commands').getByText('ping').first().waitFor();
    }));

  test('a command without a payload is sent without one', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      const tracker = await send(page, 'system-info');
      await inState(page, 'succeeded');
      await tracker.getByTestId('result').getByText('"processors"').waitFor();
      assert.equal(await tracker.getByText('Payload').count(), 0, 'a payload is shown that was never sent');
    }));

  test('what the device says about a failure is shown', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      const tracker = await send(page, 'fail');
      await inState(page, 'failed');
      await tracker.getByTestId('result').getByText('this command always fails').waitFor();
    }));

  test('a command that takes its time is seen on its way', () =>
    withPage(async (page) => {
      await page.goto(devicePath(hub.device));
      const tracker = await send(page, 'sleep', '{"seconds": 1.5}');
      await inState(page, 'received');
      assert.deepEqual(await states(tracker), ['queued', 'sent', 'received']);
      await inState(page, 'succeeded');
      assert.deepEqual(await states(tracker), ['queued', 'sent', 'received', 'succeeded']);
    }));

  test('a payload that is no JSON is refused before it is sent', () =>
    withPage(async (page) => {
      const posts = [];
      page.on('request', (r) => r.method() === 'POST' && posts.push(r.url()));
      await page.goto(devicePath(hub.device));
      const form = page.getByTestId('composer');
      await form.getByLabel('Name').fill('ping');
      await form.getByLabel('Payload').fill('{"seconds": 5,}');
      await form.getByText(/Not valid JSON: see line 1, column \d+/).waitFor();
      assert.equal(await form.getByLabel('Payload').getAttribute('aria-invalid'), 'true');
      await form.getByLabel('Name').press('Enter');
      assert.ok(await form.getByRole('button', { name: 'Send' }).isDisabled(), 'it can be sent');
      assert.deepEqual(posts, []);
    }));

  test('a command for a device that is away waits, and says for what', () =>
    withPage(async (page) => {
      await hub.call('POST', '/devices', { id: 'walk-away' });
      await page.goto(devicePath('walk-away'));
      await page.getByText('It waits in the queue until the device connects.').waitFor();
      const tracker = await send(page, 'reboot');
      await inState(page, 'queued');
      await textOf(tracker.locator('.tracker-why'), (why) => /has never connected/.test(why), 'the reason is told');
      await tracker.getByText('Not sent yet').waitFor();
      assert.deepEqual(await states(tracker), ['queued']);
    }));
});
