import { useEffect, useId, useRef, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import { COMMAND_STATES } from '../../lib/commands';
import { fromLocalField, isFiltered, NO_FILTER, toLocalField, WITHIN, type CommandFilter } from '../../lib/commandFilter';
import { setQuery } from '../../state/router';

const SUGGESTED = 8;
const TYPING_MS = 250;
/** The choice of time that shows two fields. */
const BETWEEN = 'between';

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
      <FilterTime filter={filter} />
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

interface FilterTextProps {
  label: string;
  value: string;
  set: (value: string) => void;
  /** What is offered; choosing one takes effect at once, else Enter or leaving the field does. */
  options: string[];
  onTyped?: (text: string) => void;
}

function FilterText({ label, value, set, options, onTyped }: FilterTextProps) {
  const [typed, setTyped] = useState(value);
  const list = useId();
  // It can also change from outside: by "Clear", or by going back.
  useEffect(() => setTyped(value), [value]);
  const type = (event: InputEvent & { currentTarget: HTMLInputElement }) => {
    const text = event.currentTarget.value;
    setTyped(text);
    const chosen = event.inputType === undefined || event.inputType === 'insertReplacementText';
    if (text === '' || (chosen && options.includes(text))) set(text);
    else onTyped?.(text.trim());
  };
  return (
    <label class="filter-text">
      <span class="sr-only">{label}</span>
      <input
        class="input mono"
        type="search"
        placeholder={label}
        list={list}
        maxLength={64}
        autoCapitalize="none"
        autoComplete="off"
        spellcheck={false}
        value={typed}
        onInput={type}
        onChange={(e) => set(e.currentTarget.value.trim())}
        onKeyDown={(e) => e.key === 'Enter' && set(e.currentTarget.value.trim())}
      />
      <datalist id={list}>
        {options.map((o) => (
          <option key={o} value={o} />
        ))}
      </datalist>
    </label>
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

function FilterTime({ filter }: { filter: CommandFilter }) {
  const [asked, setAsked] = useState(false);
  const between = filter.within === '' && (asked || filter.from !== '' || filter.to !== '');
  const choose = (within: string) => {
    setAsked(within === BETWEEN);
    setQuery(within === BETWEEN ? { within: '' } : { within, from: '', to: '' });
  };
  return (
    <>
      <label>
        <span class="sr-only">Accepted</span>
        <select
          class="input filter-within"
          value={between ? BETWEEN : filter.within}
          onChange={(e) => choose(e.currentTarget.value)}
        >
          <option value="">Any time</option>
          {WITHIN.map((w) => (
            <option key={w.within} value={w.within}>
              {w.label}
            </option>
          ))}
          <option value={BETWEEN}>Between…</option>
        </select>
      </label>
      {between && (
        <>
          <Moment label="Accepted from" value={filter.from} set={(from) => setQuery({ from })} />
          <Moment label="to" value={filter.to} set={(to) => setQuery({ to })} />
        </>
      )}
    </>
  );
}

/** A time in the browser's zone. */
function Moment({ label, value, set }: { label: string; value: string; set: (iso: string) => void }) {
  return (
    <label class="filter-moment">
      <span class="faint">{label}</span>
      <input
        class="input"
        type="datetime-local"
        title="In the time zone of this browser"
        value={toLocalField(value)}
        onChange={(e) => set(fromLocalField(e.currentTarget.value))}
      />
    </label>
  );
}
