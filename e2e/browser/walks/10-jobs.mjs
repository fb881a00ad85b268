import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Device, fails, succeeds } from '../lib/device.mjs';
import { accessible, hub, textOf, withPage } from '../lib/stage.mjs';

const TAGS = { walk: 'jobs' };

describe('Jobs', () => {
  const devices = [];
  let slow;

  before(async () => {
    for (const n of [1, 2, 3]) devices.push(await Device.connect(`walk-job-${n}`, succeeds, TAGS));
    devices.push(await Device.connect('walk-job-bad', fails, TAGS));
    slow = await Device.connect('walk-job-slow', () => undefined);
    devices.push(slow);
  });
  after(() => devices.forEach((d) => d.leave()));

  const make = (job) => hub.call('POST', '/jobs', job);
  const jobOf = (page) => hub.call('GET', `/jobs/${new URL(page.url()).pathname.split('/')[2]}`);
  const count = (page, state) => page.getByTestId(`count-${state}`).locator('.figure');

  test('are made by a form that says what will happen, and counted device by device', () =>
    withPage(async (page) => {
      await page.goto('/devices?tag=walk%3Djobs');
      await page.getByRole('link', { name: 'New job for them' }).click();
      await page.getByText('4 devices fit now.').waitFor();
      await page.getByLabel('Name', { exact: true }).fill('rinse');
      await page.getByLabel('Payload').fill('{"liters": 3}');
      await page.getByLabel('Title of the job').fill('Spring cleaning');
      await page.getByLabel('In waves of so many devices').check();
      await page.getByLabel('Devices in a wave').fill('2');
      await page.getByLabel('Stop when too many').uncheck();
      const summary = page.getByTestId('job-summary');
      await summary.getByText('in waves of 2 devices, each once all of the one before have ended').waitFor();
      await summary.getByRole('button', { name: 'Start the job' }).click();

      await page.getByRole('heading', { name: 'Spring cleaning' }).waitFor();
      await textOf(page.getByTestId('state'), (text) => text === 'completed, 1 failed', 'the job has completed');
      await textOf(count(page, 'succeeded'), (n) => n === '3', 'three have succeeded');
      await textOf(count(page, 'failed'), (n) => n === '1', 'one has failed');
      const job = await jobOf(page);
      assert.deepEqual(job.rollout.waveSize, 2);
      assert.equal(job.counts.total, 4);
      assert.equal(job.abort, undefined);
      await page.getByTestId('details').getByText('4 devices with walk=jobs').waitFor();

      await page.getByTestId('count-failed').click();
      await page.waitForURL('**?state=failed');
      const row = page.getByTestId('device-walk-job-bad');
      await row.getByText('the valve did not close').waitFor();
      assert.equal(await page.getByTestId('devices').locator('tbody tr').count(), 1);
      await row.getByRole('link', { name: 'The command rinse' }).click();
      await page.getByTestId('payload').getByText('"liters": 3').waitFor();
      await page.getByRole('link', { name: 'the job that sent it' }).click();
      await page.getByRole('heading', { name: 'Spring cleaning' }).waitFor();
      await page.getByRole('link', { name: 'Its commands in the history' }).click();
      await page.getByText('4 commands', { exact: true }).waitFor();
    }));

  test('are listed with their progress as it happens', () =>
    withPage(async (page) => {
      await page.goto('/jobs');
      await page.getByRole('heading', { name: 'Jobs' }).waitFor();
      await textOf(page.getByTestId('stream-state').locator('.stream-text'), (text) => text === 'Live', 'the page is live');
      const made = await make({
        title: 'Slow wave',
        command: { name: 'slow-wave' },
        target: { devices: ['walk-job-1', slow.id] },
      });
      const row = page.getByTestId(`job-${made.id}`);
      await row.getByText('running').waitFor();
      await row.getByText('1 of 2 ended, 50').waitFor();
      slow.finish('slow-wave', fails());
      await row.getByText('completed').waitFor();
      await row.getByText('1 unsuccessful').waitFor();
      await page.getByLabel('State').selectOption('aborted');
      await page.waitForURL('**/jobs?state=aborted');
      await row.waitFor({ state: 'detached' });
    }));

  test('are paused, resumed, and cancelled by name', () =>
    withPage(async (page) => {
      const made = await make({
        title: 'One by one',
        command: { name: 'one-by-one' },
        target: { devices: [slow.id, 'walk-job-1', 'walk-job-2'] },
        rollout: { maxInFlight: 1 },
      });
      await page.goto(`/jobs/${made.id}`);
      await textOf(count(page, 'received'), (n) => n === '1', 'the first has it');
      await accessible(page, 'a job that runs');
      await page.getByRole('button', { name: 'Pause' }).click();
      await textOf(page.getByTestId('state'), (text) => text === 'paused', 'it is paused');
      slow.finish('one-by-one', succeeds());
      await textOf(count(page, 'succeeded'), (n) => n === '1', 'what was under way has ended');
      assert.equal((await jobOf(page)).counts.waiting, 2);

      await page.getByRole('button', { name: 'Resume' }).click();
      await textOf(page.getByTestId('state'), (text) => text === 'completed', 'it has gone on to its end');
      assert.equal(await page.getByRole('button', { name: 'Pause' }).count(), 0);

      const again = await make({
        command: { name: 'stuck' },
        target: { devices: [slow.id, 'walk-job-1'] },
        rollout: { maxInFlight: 1 },
      });
      await page.goto(`/jobs/${again.id}`);
      await textOf(count(page, 'received'), (n) => n === '1', 'the first has it');
      await page.getByRole('button', { name: 'Cancel it' }).click();
      const dialog = page.getByRole('dialog');
      assert.ok(await dialog.getByRole('button', { name: 'Cancel the job' }).isDisabled());
      await dialog.getByLabel('Name of the job').fill('stuck');
      await dialog.getByRole('button', { name: 'Cancel the job' }).click();
      await textOf(page.getByTestId('state'), (text) => text === 'cancelled', 'it is cancelled');
      await textOf(count(page, 'skipped'), (n) => n === '1', 'the second is skipped');
      slow.finish('stuck', succeeds());
      await textOf(count(page, 'succeeded'), (n) => n === '1', 'what the device had goes on, and is counted');
    }));

  test('stop by themselves when too many fail, and say so', () =>
    withPage(async (page) => {
      await page.goto('/jobs/new?name=doomed&device=walk-job-bad&device=walk-job-1&device=walk-job-2');
      await page.getByText('3 devices listed.').waitFor();
      await page.getByLabel('At most so many under way').fill('1');
      await page.getByLabel('Not before so many have ended').fill('1');
      await page.getByRole('button', { name: 'Start the job' }).click();
      await textOf(page.getByTestId('state'), (text) => text === 'aborted', 'it has stopped');
      await textOf(count(page, 'skipped'), (n) => n === '2', 'the others are skipped');
      await textOf(page.getByTestId('why'), (why) => /^Aborted/.test(why), 'it says why');
    }));

  test('to devices that are not there are refused, with the name of each', () =>
    withPage(
      async (page) => {
        await page.goto('/jobs/new?name=lost&device=walk-job-1&device=walk-nobody');
        await page.getByRole('button', { name: 'Start the job' }).click();
        const ids = page.getByLabel('Ids of the devices');
        await page.getByTestId('job-target').locator('.field-error', { hasText: 'walk-nobody' }).waitFor();
        assert.equal(await ids.getAttribute('aria-invalid'), 'true');
        await ids.fill('walk-job-1');
        await page.getByRole('button', { name: 'Start the job' }).click();
        await textOf(page.getByTestId('state'), (text) => text === 'completed', 'the mended one is carried out');
      },
      { expected: [/status of 400 .*\/api\/v1\/jobs$/] },
    ));

  test('that are not there are told so', () =>
    withPage(
      async (page) => {
        await page.goto('/jobs/00000000-0000-7000-8000-000000000000');
        await page.getByRole('heading', { name: 'There is no such job' }).waitFor();
        await page.getByRole('link', { name: 'All jobs' }).click();
        await page.getByTestId('jobs').waitFor();
      },
      { expected: [/status of 404 .*\/api\/v1\/jobs\//] },
    ));

  test('are made with the keyboard alone', () =>
    withPage(async (page) => {
      await page.goto('/jobs/new?device=walk-job-1');
      await page.getByLabel('Name', { exact: true }).focus();
      await page.keyboard.type('by-keys');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'by-keys' }).waitFor();
      await textOf(page.getByTestId('state'), (text) => text === 'completed', 'it is carried out');
    }));
});
