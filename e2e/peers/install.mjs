// Runs `npm ci` only where it would change something: a stamp inside node_modules holds the digest of the lock
// file and the node version of the last good install. No script of a package is run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const home = fileURLToPath(new URL('.', import.meta.url));
const stamp = join(home, 'node_modules', '.mooring-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(home, 'package-lock.json')))
  .update(process.version)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  const run = spawnSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], { cwd: home, stdio: 'inherit' });
  if (run.error) console.error(`npm could not be started (${run.error.message}). Install npm 10 or newer.`);
  if (run.status !== 0) process.exit(run.status ?? 1);
  writeFileSync(stamp, wanted);
}
