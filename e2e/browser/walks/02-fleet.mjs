import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessible, devicePath, hub, textOf, until, withPage } from '../lib/stage.mjs';

describe('The fleet', () => {
  test('the overview counts this machine and its readings, and follows them', () =>
    withPage(async (page) => {
      await page.goto('/');
      await textOf(page.getByTestId('fleet-online').locator('.figure'), (n) => n === '1', 'one device is online');
      const rate = page.getByTestId('readings-rate');
      const slow = await textOf(rate, (n) => Number(n) > 0, 'readings come in');
      await hub.setInterval(0.2);
      await textOf(rate, (n) => Number(n) > Number(slow), `the rate rises above ${slow} a second by itself`);
      await page.locator('.events').getByText('succeeded').first().waitFor();
      await page.locator('.events').getByRole('link', { name: 'set-interval' }).first().waitFor();
      await hub.setInterval(1);
    }));

  test('the list finds this machine by a search and shows its state', () =>
    withPage(async (page) => {
      await page.goto('/');
      await page.getByRole('link', { name: 'Devices', exact: true }).click();
      const row = page.getByTestId(`device-${hub.device}`);
      await row.getByText('Online').waitFor();
      const search = page.getByRole('searchbox', { name: 'Search' });
      await search.fill('nothing-has-this-name');
      await page.getByText('No device fits').waitFor();
      await page.getByRole('button', { name: 'Clear the filters' }).click();
      await search.fill(hub.device);
      await page.waitForURL(`**/devices?q=${encodeURIComponent(hub.device)}`);
      await row.getByText('Online').waitFor();
      await page.getByRole('combobox', { name: 'State' }).selectOption('offline');
      await page.getByText('No device fits').waitFor();
    }));

  test('a new device gets a token that is shown once', () =>
    withPage(async (page) => {
      await page.goto('/devices');
      await page.getByRole('button', { name: 'New device' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Id').fill('walk-new');
      await dialog.getByLabel('Name').fill('Made by a walk');
      await dialog.getByLabel('Tags').fill('site=test');
      await dialog.getByRole('button', { name: 'Register' }).click();
      const token = await dialog.getByTestId('issued-token').inputValue();
      assert.match(token, /^mrd_[A-Za-z0-9]+_[A-Za-z0-9_-]{20,}$/);

      await dialog.getByRole('link', { name: 'Open walk-new' }).click();
      await page.getByTestId('tokens').getByRole('button', { name: 'Revoke first' }).waitFor();
      await page.getByTestId('presence').getByText('Never seen').waitFor();
      assert.ok(!(await page.content()).includes(token), 'the token is shown again');
      await page.reload();
      await page.getByTestId('tokens').getByRole('button', { name: 'Revoke first' }).waitFor();
      assert.ok(!(await page.content()).includes(token), 'the token is shown again after loading');
    }));

  test('an id that is taken is told', () =>
    withPage(
      async (page) => {
        await page.goto('/devices?new=1');
        await page.getByRole('dialog').getByLabel('Id').fill(hub.device);
        await page.getByRole('dialog').getByRole('button', { name: 'Register' }).click();
        await page.getByRole('dialog').getByText('The id is taken').waitFor();
      },
      { expected: [/status of 409 .*\/api\/v1\/devices$/] },
    ));

  test('a device that is not there is told so, and nothing is asked for it again and again', () =>
    withPage(
      async (page) => {
        await page.goto(devicePath('walk-nobody'));
        await page.getByRole('heading', { name: 'There is no device walk-nobody' }).waitFor();
        const stream = page.getByTestId('stream-state').locator('.stream-text');
        await textOf(stream, (text) => text === 'Live', 'the page is live all the same');
        await page.getByRole('link', { name: 'Search for walk-nobody' }).click();
        await page.getByText('No device fits').waitFor();
      },
      { expected: [/status of 40[04] .*walk-nobody/] },
    ));

  test('back and forward lead through the pages', () =>
    withPage(async (page) => {
      await page.goto('/');
      await page.getByTestId('fleet').waitFor();
      await page.getByRole('link', { name: 'Devices', exact: true }).click();
      await page.getByTestId('devices').getByRole('link', { name: hub.device, exact: true }).click();
      await page.getByTestId('readings').waitFor();
      await page.goBack();
      await page.getByRole('heading', { name: 'Devices' }).waitFor();
      await page.goBack();
      await page.getByTestId('fleet').waitFor();
      await page.goForward();
      await page.getByRole('heading', { name: 'Devices' }).waitFor();
      await page.goForward();
      await page.getByTestId('presence').getByText('Online').waitFor();
      assert.equal(new URL(page.url()).pathname, devicePath(hub.device));
    }));

  test('readings change on their own, and the chart draws them', () =>
    withPage(async (page) => {
      await page.goto(`${devicePath(hub.device)}?metric=cpu.percent`);
      const value = page.getByTestId('metric-uptime.seconds').locator('td.num');
      await value.waitFor();
      const before = await value.getAttribute('title');
      await page.waitForFunction(
        (was) => document.querySelector('[data-testid="metric-uptime.seconds"] td.num')?.title !== was,
        before,
      );
      // Any one of them: on a machine with much to do the processor's load alone reads 100.0 % all the time.
      const values = page.getByTestId('readings').locator('tbody td.num');
      const shown = async () => (await values.allTextContents()).join(' ');
      const first = await shown();
      await until(page, async () => (await shown()) !== first, `a value that is shown changes; they read ${first}`);
      assert.match(await page.getByTestId('metric-cpu.percent').locator('td.num').textContent(), /^\d+(\.\d)?\s%$/);
      assert.match(await page.getByTestId('metric-memory.used.bytes').locator('td.num').textContent(), /[MG]iB$/);

      await page.locator('[data-testid=plot][data-ready=true] canvas').waitFor();
      await page.waitForFunction(inkOfTheLine, 30);
      await page.getByTestId('metric-load.1m').getByRole('link').click();
      await page.waitForURL('**metric=load.1m*');
      await page.waitForFunction(inkOfTheLine, 30);
    }));

  test("the chart's labels are as large on a telephone's fine screen as they are meant", () =>
    withPage(
      async (page) => {
        await page.addInitScript(() => {
          const { fillText } = CanvasRenderingContext2D.prototype;
          window.labels = [];
          CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
            window.labels.push({ text, px: Number.parseFloat(/[\d.]+px/.exec(this.font)) });
            fillText.call(this, text, ...where);
          };
        });
        await page.goto(`${devicePath(hub.device)}?metric=cpu.percent`);
        await page.waitForFunction(inkOfTheLine, 30);
        const labels = await page.evaluate('labels');
        assert.ok(labels.some(({ text }) => /^\d+(\.\d)?\s%$/.test(text)), JSON.stringify(labels));
        // 14 px of the page are 28 of a screen that has two for each.
        assert.deepEqual(labels.filter(({ px }) => px !== 28), []);
        // On a wide one they become smaller as it is turned, and the line is there as before.
        await page.evaluate('labels = []');
        await page.setViewportSize({ width: 844, height: 390 });
        await page.waitForFunction(() => window.labels.some(({ px }) => px === 24));
        await page.waitForFunction(inkOfTheLine, 30);
        await page.evaluate('labels = []');
        await page.setViewportSize({ width: 390, height: 844 });
        await page.waitForFunction(() => window.labels.some(({ px }) => px === 28));
        await page.waitForFunction(inkOfTheLine, 30);
      },
      { viewport: { width: 390, height: 844 }, scale: 2 },
    ));

  test('has every page in a menu on a phone, by the keyboard too', () =>
    withPage(
      async (page) => {
        await page.goto('/');
        await page.getByTestId('fleet').waitFor();
        const nav = page.getByRole('navigation', { name: 'Pages' });
        const menu = page.getByRole('banner').getByRole('button', { name: 'Pages: Overview' });
        await nav.waitFor({ state: 'hidden' });
        await menu.press('Enter');
        await nav.waitFor();
        const cutOff = await page.evaluate(() => {
          const outside = ({ left, right, bottom, width }) => left < 0 || right > innerWidth || bottom > innerHeight || width === 0;
          return [...document.querySelectorAll('.nav a')]
            .filter((link) => outside(link.getBoundingClientRect()) || link.scrollWidth > link.clientWidth)
            .map((link) => link.textContent);
        });
        assert.deepEqual(cutOff, []);
        await accessible(page, 'the menu');
        await page.keyboard.press('Escape');
        await nav.waitFor({ state: 'hidden' });
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Overview');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/devices');
        await nav.waitFor({ state: 'hidden' });
      },
      { viewport: { width: 390, height: 844 } },
    ));
});

/** Whether the chart's canvas has at least so many pixels of the line's colour: axes and grid alone are not enough. */
function inkOfTheLine(least) {
  const canvas = document.querySelector('[data-testid=plot] canvas');
  if (!canvas || canvas.width === 0) return false;
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--accent)';
  const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map(Number);
  probe.remove();
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    const near = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24;
    if (near && data[i + 3] > 200) found++;
  }
  return found >= least;
}
