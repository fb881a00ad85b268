// Runs the browser tests: finds Chromium, installs what they need where that is out of date, starts node's test runner.
//
//   node run.mjs [--packaged-at TIME] [PART …]
//
// PART picks walks by a part of their file's name, as "commands". TIME says that a Maven build that began then has
// packaged every module; bin/hub then need not build them again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './lib/chromium.mjs';

const home = fileURLToPath(new URL('.', import.meta.url));
const args = process.argv.slice(2);

function fail(text) {
  console.error(text);
  process.exit(1);
}

function install() {
  const stamp = join(home, 'node_modules', '.mooring-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(home, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const run = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel', 'error'], { cwd: home, stdio: 'inherit' });
  if (run.error) fail(`npm could not be started (${run.error.message}). It comes with Node.js, see https://nodejs.org`);
  if (run.status !== 0) process.exit(run.status ?? 1);
  writeFileSync(stamp, wanted);
}

/** The stamp by which bin/hub knows that its jars are newer than their sources; never set back. */
function notePackaged(time) {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) fail(`--packaged-at wants a time such as 2026-11-22T08:00:00Z, not ${time}`);
  const stamp = join(home, '..', '..', 'target', 'built');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
  utimesSync(stamp, at, at);
}

try {
  findChromium();
} catch (e) {
  fail(e.message);
}
install();
if (args[0] === '--packaged-at') notePackaged(args.splice(0, 2)[1]);
// Builds what is stale; the tests themselves then start without that delay.
const built = spawnSync(join(home, '..', '..', 'bin', 'hub'), ['version'], { stdio: ['ignore', 'ignore', 'inherit'] });
if (built.status !== 0) fail('bin/hub does not start; see above.');
// Once to be read while it runs, once for bin/test, which shows at its end what has failed.
const report = join(home, 'target', 'walks.txt');
mkdirSync(dirname(report), { recursive: true });
const reporters = ['stdout', report].flatMap((to) => ['--test-reporter=spec', `--test-reporter-destination=${to}`]);
const run = spawnSync(process.execPath, ['--test', '--test-force-exit', ...reporters, 'all.test.mjs'], {
  cwd: home,
  stdio: 'inherit',
  env: { ...process.env, WALKS: args.join(' '), FORCE_COLOR: process.env.FORCE_COLOR ?? '0' },
});
process.exit(run.status ?? 1);
