// All walks share one hub and one browser, so that the whole takes a minute: they run in the order of their file names,
// and each leaves the hub as it found it, apart from devices and commands of its own.
import { readdirSync } from 'node:fs';
import { after } from 'node:test';
import { closeStage, openStage } from './lib/stage.mjs';

const wanted = (process.env.WALKS ?? '').split(' ').filter((part) => part !== '');
const walks = readdirSync(new URL('./walks/', import.meta.url))
  .filter((name) => name.endsWith('.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();
if (walks.length === 0) throw new Error(`No walk has any of these in its name: ${wanted.join(' ')}`);

// Not in a hook: when there is no stage, that one error is all there is to say.
await openStage();
after(closeStage, { timeout: 60_000 });
for (const walk of walks) await import(`./walks/${walk}`);
