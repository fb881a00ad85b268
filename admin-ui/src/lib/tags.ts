/** One a line, as `parseTags` reads them with `LINES`: a value may hold a comma. */
export const tagLines = (tags: Record<string, string>) =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
export const LINES = /\n/;

/** Tags as people type them: `site=north, hall=7`. */
export function parseTags(text: string, between = /[,\n]/): { tags: Record<string, string> } | { error: string } {
  const tags: Record<string, string> = {};
  for (const part of text.split(between)) {
    const trimmed = part.trim();
    if (trimmed === '') continue;
    const at = trimmed.indexOf('=');
    const key = trimmed.slice(0, at).trim();
    if (at < 1 || key === '') return { error: `“${trimmed}” is not key=value.` };
    if (key in tags) return { error: `The tag ${key} is there twice.` };
    tags[key] = trimmed.slice(at + 1).trim();
  }
  return { tags };
}
