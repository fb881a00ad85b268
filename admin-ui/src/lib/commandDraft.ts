import type { NewCommand } from '../api/types';
import { parsePayload } from './payload';

/** A command as it is typed. */
export interface CommandDraft {
  name: string;
  payload: string;
  ttl: string;
}

export const NO_COMMAND: CommandDraft = { name: '', payload: '', ttl: 'PT1H' };

/** The command that is meant, or why the payload cannot be sent. */
export function commandOf({ name, payload, ttl }: CommandDraft): { command: NewCommand } | { error: string } {
  const parsed = parsePayload(payload);
  if (!parsed.ok) return { error: parsed.error };
  const command: NewCommand = { name: name.trim(), ttl };
  if (parsed.value !== undefined) command.payload = parsed.value;
  return { command };
}
