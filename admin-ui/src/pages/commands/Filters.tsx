import { useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import { COMMAND_STATES } from '../../lib/commands';
import { FilterText, FilterTime } from '../../components/filters';
import { NO_FILTER, type CommandFilter } from '../../lib/commandFilter';
import { isFiltered } from '../../lib/times';
import { setQuery } from '../../state/router';

const SUGGESTED = 8;
const TYPING_MS = 250;

/** Which commands are listed; the address holds it all. */
export function Filters({ filter, names }: { filter: CommandFilter; names: string[] }) {
  const [devices, suggest] = useDeviceSuggestions();
  return (
    <div class="filters" role="search">
      <FilterText
        label="Device, by its id"
        value={filter.device}
        set={(device) => setQuery({ device })}
        options={devices}
        onTyped={suggest}
      />
      <FilterText label="Name of the command" value={filter.name} set={(name) => setQuery({ name })} options={names} />
      <label>
        <span class="sr-only">State</span>
        <select class="input" value={filter.state} onChange={(e) => setQuery({ state: e.currentTarget.value })}>
          <option value="">Any state</option>
          {COMMAND_STATES.map((s) => (
            <option key={s} value={s}>
              {s}
            </option>
          ))}
        </select>
      </label>
      <FilterTime filter={filter} made="Accepted" />
      {filter.job !== '' && (
        <button
          type="button"
          class="tag tag-on"
          aria-label="Ask for this job's commands no longer"
          onClick={() => setQuery({ job: '' })}
        >
          job <span class="mono">{filter.job.slice(0, 8)}</span> <span aria-hidden="true">×</span>
        </button>
      )}
      {isFiltered(filter) && (
        <button type="button" class="button button-quiet" onClick={() => setQuery(NO_FILTER)}>
          Clear
        </button>
      )}
    </div>
  );
}

/** Ids of devices that fit what is typed; without them the whole id can be typed all the same. */
function useDeviceSuggestions(): [string[], (text: string) => void] {
  const [found, setFound] = useState<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const suggest = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      hub.listDevices({ q: text, state: '', tags: [] }, SUGGESTED, undefined, AbortSignal.timeout(5_000)).then(
        (page) => setFound(page.items.map((d) => d.id)),
        () => setFound([]),
      );
    }, TYPING_MS);
  };
  return [found, suggest];
}
