// Runs `npm ci` only where it would change something: a stamp inside node_modules holds the digest of the
// lock file and the node version of the last good install. Repeated builds save about 10 s by it. No script of a
// package is run: none is needed, and one of them would tell others of every install.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const home = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(home, 'node_modules', '.mooring-installed');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`The admin page is built with node 20.19 or newer; this is ${process.version}. Install a newer node.`);
  process.exit(1);
}

const wanted = createHash('sha256')
  .update(readFileSync(join(home, 'package-lock.json')))
  .update(process.version + process.platform + process.arch)
  .digest('hex');

if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
  console.log('node_modules is up to date.');
} else {
  const run = spawnSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
    cwd: home,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (run.error) console.error(`npm could not be started (${run.error.message}). Install npm 10 or newer.`);
  if (run.status !== 0) process.exit(run.status ?? 1);
  writeFileSync(stamp, wanted);
}
