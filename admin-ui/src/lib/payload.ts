import type { Json } from '../api/types';

const MAX_BYTES = 32 * 1024;

export type Parsed = { ok: true; value: Json | undefined } | { ok: false; error: string };

/** A command's payload as typed: empty means none. */
export function parsePayload(text: string): Parsed {
  if (text.trim() === '') return { ok: true, value: undefined };
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (e) {
    return { ok: false, error: explain(text, e) };
  }
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  if (bytes > MAX_BYTES) return { ok: false, error: `The payload has ${bytes} bytes; at most ${MAX_BYTES} are allowed.` };
  return { ok: true, value };
}

/** Browsers word the same mistake differently, and some give only a position: say the line and the column. */
function explain(text: string, e: unknown): string {
  const message = e instanceof Error ? e.message : '';
  const position = /position (\d+)/.exec(message)?.[1];
  const lineColumn = /line (\d+) column (\d+)/.exec(message);
  if (lineColumn) return `Not valid JSON: see line ${lineColumn[1]}, column ${lineColumn[2]}.`;
  if (position !== undefined) {
    const before = text.slice(0, Number(position)).split('\n');
    return `Not valid JSON: see line ${before.length}, column ${before[before.length - 1]!.length + 1}.`;
  }
  return 'Not valid JSON: names and text need double quotes, and every bracket its partner.';
}
