import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Headless and quiet: no look-ups of update or sync servers. */
export const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // As root, as in many containers, Chromium's own sandbox cannot work.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** The path of the browser: CHROMIUM, or the first of the usual names on PATH. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM names ${named}, which is not there. Unset it, or let it name a Chromium or Chrome.`);
  }
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  for (const name of NAMES) {
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(
    'The browser tests need Chromium, and there is none.\n' +
      'Debian and Ubuntu, as root: apt-get install chromium\n' +
      'Elsewhere: install Chromium or Chrome and set CHROMIUM to the path of the program.',
  );
}
