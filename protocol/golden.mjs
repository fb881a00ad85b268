// Golden frames: each <name>.txtpb says what a frame holds, <name>.hex which bytes it is. This script encodes
// the text with buf (Go's Protobuf runtime, a second opinion beside Java's) and compares; --write writes the .hex
// and copies them into PROTOCOL.md, whose copy ProtocolDocumentTest compares.
// Files without a .txtpb hold what no text can say (unknown fields); they are left alone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = 'src/test/resources/golden';
const write = process.argv.includes('--write');
const scratch = mkdtempSync(join(tmpdir(), 'golden-'));
const schema = join(scratch, 'schema.binpb');

function buf(...args) {
  const run = spawnSync('node_modules/.bin/buf', args);
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`buf ${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

function encode(file) {
  const type = /^# proto-message: (\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (!type) throw new Error(`${file} needs a line "# proto-message: <full name>"`);
  return buf('convert', schema, '--type', type, '--from', `${file}#format=txtpb`, '--to', '-#format=binpb');
}

const lines = (bytes) => bytes.toString('hex').replace(/(.{64})(?=.)/g, '$1\n') + '\n';

const wrong = [];
try {
  buf('build', '-o', schema);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.txtpb'))) {
    const hex = join(folder, name.replace(/txtpb$/, 'hex'));
    const expected = lines(encode(join(folder, name)));
    if (write) writeFileSync(hex, expected);
    else if (!existsSync(hex) || readFileSync(hex, 'utf8') !== expected) wrong.push(hex);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
if (write) {
  const blocks = /^```hex (\S+)\n[^`]*^```$/gm;
  const copy = (_, name) => '```hex ' + name + '\n' + readFileSync(join(folder, `${name}.hex`), 'utf8') + '```';
  writeFileSync('PROTOCOL.md', readFileSync('PROTOCOL.md', 'utf8').replace(blocks, copy));
}
if (wrong.length > 0) {
  console.error(`Not what the .txtpb beside it says (npm run golden writes them anew):\n${wrong.join('\n')}`);
  process.exit(1);
}
