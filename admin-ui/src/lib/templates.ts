import type { Command, Json } from '../api/types';
import { NO_COMMAND, type CommandDraft } from './commandDraft';

/** Commands as they were typed before, by a name that somebody gave them. */
export interface Template {
  title: string;
  draft: CommandDraft;
}

const KEY = 'mooring.templates';
const MOST = 50;

/** Those that this browser keeps; what is there and is no list of templates counts as none. */
export function templatesIn(): Template[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.filter(isTemplate) : [];
  } catch {
    return []; // Storage may be forbidden.
  }
}

function isTemplate(it: unknown): it is Template {
  const { title, draft } = (it ?? {}) as Partial<Template>;
  const texts = [title, draft?.name, draft?.payload, draft?.ttl];
  return texts.every((text) => typeof text === 'string');
}

/** Keeps one under its title, in the place of one that has it, and gives all; undefined where they cannot be kept. */
export function keepTemplate(template: Template): Template[] | undefined {
  return keep([template, ...templatesIn().filter((t) => t.title !== template.title)].slice(0, MOST));
}

export function forgetTemplate(title: string): Template[] | undefined {
  return keep(templatesIn().filter((t) => t.title !== title));
}

function keep(templates: Template[]): Template[] | undefined {
  try {
    localStorage.setItem(KEY, JSON.stringify(templates));
    return templates;
  } catch {
    return undefined;
  }
}

/** What was sent before, each different command once, newest first. */
export function sentBefore(commands: readonly Command[]): { label: string; draft: CommandDraft }[] {
  const found = new Map<string, { label: string; draft: CommandDraft }>();
  for (const c of commands) {
    const payload = payloadText(c.payload);
    const draft = { ...NO_COMMAND, name: c.name, payload };
    const key = `${c.name} ${payload}`;
    const typed = c.contentType === undefined || c.contentType === '' || c.contentType.startsWith('application/json');
    if (typed && !found.has(key)) found.set(key, { label: labelOf(c.name, c.payload), draft });
  }
  return [...found.values()];
}

const payloadText = (payload: Json | undefined) => (payload === undefined ? '' : JSON.stringify(payload, null, 2));

const LABEL = 48;

function labelOf(name: string, payload: Json | undefined): string {
  const text = payload === undefined ? name : `${name} ${JSON.stringify(payload)}`;
  return text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text;
}
