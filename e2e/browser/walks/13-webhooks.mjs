import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { NOBODY_SIGNED_IN, accessible, hub, sendCommand, submitSignIn, textOf, until, withPage } from '../lib/stage.mjs';

const PHONE = { width: 390, height: 844 };

/** An endpoint that answers as it is told, and keeps what it got. */
class Receiver {
  status = 204;
  got = [];
  #server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    this.got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(this.status).end(this.status < 300 ? undefined : 'out of order');
  });

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}/hook`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const signed = (secret, { headers, body }) => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  return headers['webhook-signature'].split(' ').includes(`v1,${mac.digest('base64')}`);
};

describe('Webhooks', () => {
  const receiver = new Receiver();
  let path;
  let secret;
  before(() => receiver.listen());
  after(() => receiver.close());

  test('none is there, and the page says what one is good for', () =>
    withPage(async (page) => {
      await page.goto('/');
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Webhooks' }).click();
      await page.getByText('No webhooks yet').waitFor();
      await accessible(page, 'no webhooks');
    }));

  test('one is made by the keyboard, and its secret is shown once', () =>
    withPage(async (page) => {
      await page.goto('/webhooks?new=1');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').waitFor();
      await accessible(page, 'the dialog for a webhook');
      await page.keyboard.type('ERP');
      await page.keyboard.press('Tab');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('http://10.0.0.1/hook');
      await page.keyboard.press('Enter');
      await dialog.getByText('Webhooks may not call 10.0.0.1').waitFor();
      await dialog.getByLabel('URL').fill(receiver.url);
      await dialog.getByRole('checkbox', { name: /^jobs/ }).uncheck();
      await page.keyboard.press('Enter');
      secret = await dialog.getByTestId('signing-secret').inputValue();
      assert.match(secret, /^whsec_/);
      await accessible(page, 'the secret of a webhook');
      await dialog.getByRole('button', { name: 'Done' }).click();
      await page.getByRole('link', { name: 'ERP', exact: true }).click();
      await page.getByTestId('why').getByText('Working').waitFor();
      path = new URL(page.url()).pathname;
      assert.ok(!(await page.content()).includes(secret), 'the secret is shown again');
    }, { expected: [/status of 400 .*\/webhooks/] }));

  test('a test tells what came back', () =>
    withPage(async (page) => {
      await page.goto(path);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByTestId('said').getByText('The test was delivered, and answered 204.').waitFor();
      const [got] = receiver.got.splice(0);
      assert.equal(JSON.parse(got.body).type, 'test');
      assert.ok(signed(secret, got), 'the signature is that of the secret');
    }));

  test('what fails is seen, tried again, and delivered', () =>
    withPage(async (page) => {
      receiver.status = 503;
      await page.goto(path);
      await sendCommand(hub.device, { name: 'ping' });
      const table = page.getByTestId('delivery-table');
      await table.getByText('out of order').first().waitFor();
      await page.getByTestId('why').getByText('Failing since').waitFor();
      await accessible(page, 'a webhook that fails');
      receiver.status = 204;
      // By itself after the five seconds of the first wait, or of the second, which are minutes: nobody need wait for those.
      const works = page.getByTestId('why').getByText('Working: each event is sent as it happens.');
      const now = table.getByRole('button', { name: /^Send now/ }).first();
      await until(
        page,
        async () => {
          if (await now.isVisible()) await now.click({ timeout: 1_000 }).catch(() => {});
          return works.isVisible();
        },
        'it works',
      );
      await page.getByRole('link', { name: 'delivered' }).click();
      await page.waitForURL('**state=succeeded');
      const row = table.locator('tr[data-state=succeeded]').first();
      await row.getByRole('cell', { name: /^[2-9]$/ }).first().waitFor();
      await row.getByText(/event \d+,/).click();
      await row.getByText('"type": "command"').waitFor();
      const sent = receiver.got.filter((got) => JSON.parse(got.body).name === 'ping');
      assert.ok(sent.length >= 2 && sent.every((got) => signed(secret, got)));
      await row.getByRole('button', { name: /^Send again: event \d+/ }).click();
      await until(page, () => receiver.got.length > sent.length, 'it is sent again');
    }));

  test('an endpoint that is gone disables it; its dead letters are sent again', () =>
    withPage(async (page) => {
      receiver.status = 410;
      receiver.got = [];
      await sendCommand(hub.device, { name: 'ping' });
      await page.goto('/webhooks');
      const row = page.getByRole('row', { name: /ERP/ });
      await row.getByText('answered 410').waitFor();
      await row.getByRole('link', { name: /dead letters? of ERP/ }).click();
      await page.waitForURL('**state=dead');
      await page.getByTestId('why').getByText('Disabled, as the endpoint answered 410').waitFor();
      const again = page.getByRole('button', { name: /^Send \d+ dead letters? again/ });
      await again.waitFor();
      await accessible(page, 'dead letters');
      receiver.status = 204;
      await page.getByRole('button', { name: 'Enable' }).click();
      await page.getByRole('button', { name: 'Disable' }).waitFor();
      await again.click();
      await page.getByText('No dead letters').waitFor();
      await textOf(page.getByTestId('why'), (text) => text === 'Working: each event is sent as it happens.', 'it works');
    }));

  test('it is edited, and gets another secret', () =>
    withPage(async (page) => {
      await page.goto(`${path}?edit=1`);
      await page.getByRole('dialog').getByLabel('Only of devices with these tags').fill('demo=this-machine');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByTestId('webhook-facts').getByRole('link', { name: 'demo=this-machine' }).waitFor();
      await page.getByRole('button', { name: 'New secret' }).click();
      await page.getByRole('button', { name: 'Make a new secret' }).click();
      const other = await page.getByTestId('signing-secret').inputValue();
      await page.getByRole('button', { name: 'Done' }).click();
      await page.getByText('The former secret signs too').waitFor();
      receiver.got = [];
      await sendCommand(hub.device, { name: 'ping' });
      await until(page, () => receiver.got.length > 0, 'it is told of the command');
      assert.ok(signed(secret, receiver.got[0]) && signed(other, receiver.got[0]), 'both secrets sign');
    }));

  test('a phone shows it all', () =>
    withPage(
      async (page) => {
        for (const [at, shown] of [['/webhooks', 'webhooks'], [path, 'delivery-table']]) {
          await page.goto(at);
          await page.getByTestId(shown).waitFor();
          assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${at} is wider than the screen`);
          await accessible(page, `${at} on a phone`);
        }
      },
      { viewport: PHONE },
    ));

  test('a viewer sees it, and its host alone', () =>
    withPage(async (page) => {
      const { oneTimePassword } = await hub.call('POST', '/users', { name: 'hook-viewer', role: 'viewer' });
      const own = 'a gull of another colour';
      await page.goto('/sign-in');
      await submitSignIn(page, 'hook-viewer', oneTimePassword);
      await page.getByLabel('One-time password').fill(oneTimePassword);
      await page.getByLabel('New password', { exact: true }).fill(own);
      await page.getByLabel('New password again').fill(own);
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByTestId('fleet').waitFor();
      await page.goto(path);
      await page.getByTestId('delivery-table').waitFor();
      await page.getByTestId('webhook-facts').getByText(receiver.url.replace('hook', '…')).waitFor();
      assert.equal(await page.getByRole('main').getByRole('button').count(), 0);
      await hub.call('DELETE', '/users/hook-viewer');
    }, { signIn: false, expected: [NOBODY_SIGNED_IN] }));

  test('it is deleted by its name', () =>
    withPage(async (page) => {
      await page.goto(path);
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByLabel('Name of the webhook').fill('ERP');
      await page.getByRole('button', { name: 'Delete the webhook' }).click();
      await page.getByText('No webhooks yet').waitFor();
    }));
});
