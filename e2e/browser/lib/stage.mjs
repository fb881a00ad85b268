// The hub and the browser that all walks share, and pages that keep a record of everything that goes wrong in them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { FLAGS, findChromium } from './chromium.mjs';
import { DemoHub } from './hub.mjs';

/** Long enough for a machine with seven times the work it can do; what takes longer is broken. */
const PATIENCE_MS = 30_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const hub = new DemoHub();
let browser;
let signedIn;

export async function openStage() {
  const opening = chromium.launch({ executablePath: findChromium(), headless: true, args: FLAGS });
  try {
    await hub.start();
    browser = await opening;
  } catch (e) {
    await Promise.allSettled([opening.then((b) => b.close()), hub.end()]);
    throw e;
  }
}

export async function closeStage() {
  await browser?.close();
  await hub.end();
}

/**
 * Opens a page of a browser profile of its own, runs the walk, and fails when the page has complained on its console, by an
 * uncaught error or about the Content-Security-Policy, save for what `expected` knows: patterns of "text address".
 */
export async function withPage(walk, { signIn = true, expected = [], viewport = { width: 1280, height: 900 }, scale = 1, timezoneId } = {}) {
  const storageState = signIn ? await session() : undefined;
  const context = await browser.newContext({ baseURL: hub.url, viewport, deviceScaleFactor: scale, storageState, timezoneId });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`Uncaught: ${error.message}`));
  try {
    await walk(page);
    const unexpected = complaints.filter((c) => !expected.some((pattern) => pattern.test(c)));
    assert.deepEqual(unexpected, [], 'the page complained on its console');
  } catch (e) {
    e.stack += `\n    on ${page.url()}; its console says: ${complaints.join('\n      ') || 'nothing'}`;
    throw e;
  } finally {
    await context.close();
  }
}

/** What the page cannot do without: it learns by a 401 that nobody is signed in. */
export const NOBODY_SIGNED_IN = /status of 401 .*\/api\/v1\//;

/** One signing-in serves all walks that are not about it. */
async function session() {
  if (signedIn) return signedIn;
  const context = await browser.newContext({ baseURL: hub.url });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await submitSignIn(page, hub.user, hub.password);
  await page.getByTestId('fleet').waitFor();
  signedIn = await context.storageState();
  await context.close();
  return signedIn;
}

export async function submitSignIn(page, user, password) {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export const commandPath = ({ device, id }) => `${devicePath(device)}/commands/${id}`;
export const devicePath = (id) => `/devices/${encodeURIComponent(id)}`;

/** Waits until a locator's text fits, and returns it; says what was there instead. */
export async function textOf(locator, fits, what) {
  const until = Date.now() + PATIENCE_MS;
  let text;
  do {
    text = (await locator.textContent())?.trim();
    if (fits(text)) return text;
    await locator.page().waitForTimeout(100);
  } while (Date.now() < until);
  throw new assert.AssertionError({ message: `${what}; it still reads "${text}"` });
}

/** Waits until something holds. */
export async function until(page, holds, what) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new assert.AssertionError({ message: what });
    await page.waitForTimeout(100);
  }
}

/** Fails with a line for each thing that axe finds: by all its rules in the light, by those about colours in the dark. */
export async function accessible(page, name) {
  for (const [colorScheme, rules] of [
    ['light', undefined],
    ['dark', ['color-contrast', 'link-in-text-block']],
  ]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // A page hears of the change as its next frame begins, and paints itself then.
    await page.evaluate('new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))');
    // Evaluated by the debugger, which the page's Content-Security-Policy does not bind.
    if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
    const options = { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) };
    const found = await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`);
    const lines = found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} – ${n.failureSummary}`));
    assert.deepEqual(lines, [], `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Sends a command as another program does. */
export const sendCommand = (device, command) => hub.call('POST', `/devices/${encodeURIComponent(device)}/commands`, command);

/** Fills in the form for commands and sends it. */
export async function send(page, name, payload = '') {
  const form = page.getByTestId('composer');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Payload').fill(payload);
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByTestId('sent-command').getByRole('heading', { name }).waitFor();
  return form.getByTestId('tracker');
}

/** The states of a command's timeline that have been reached. */
export const states = (tracker) =>
  tracker.locator('.timeline li[data-state]').evaluateAll((all) => all.map((li) => li.dataset.state));

export const inState = (page, state) => page.getByTestId('composer').locator(`[data-testid=tracker][data-state=${state}]`).waitFor();
