import type { CommandState } from '../api/types';
import { isCommandState } from './commands';
import { timesOf, type TimeFilter } from './times';

/** What the list of commands is asked for, as the address of the page says it. */
export interface CommandFilter extends TimeFilter {
  device: string;
  name: string;
  state: CommandState | '';
  job: string;
}

/** Takes every filter out of the address. */
export const NO_FILTER = { device: '', name: '', state: '', job: '', within: '', from: '', to: '' };

export function filterOf(params: URLSearchParams): CommandFilter {
  const get = (name: string) => params.get(name) ?? '';
  const state = get('state');
  return {
    device: get('device'),
    name: get('name'),
    state: isCommandState(state) ? state : '',
    job: get('job'),
    ...timesOf(params),
  };
}
