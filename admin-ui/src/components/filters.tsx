import { useEffect, useId, useState } from 'preact/hooks';
import { fromLocalField, toLocalField, WITHIN, type TimeFilter } from '../lib/times';
import { setQuery } from '../state/router';

/** The choice of time that shows two fields. */
const BETWEEN = 'between';

interface FilterTextProps {
  label: string;
  value: string;
  set: (value: string) => void;
  /** What is offered; choosing one takes effect at once, else Enter or leaving the field does. */
  options: string[];
  onTyped?: (text: string) => void;
}

export function FilterText({ label, value, set, options, onTyped }: FilterTextProps) {
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

/** When; the address of the page holds it. `made` says what happened then, as "Accepted". */
export function FilterTime({ filter, made }: { filter: TimeFilter; made: string }) {
  const [asked, setAsked] = useState(false);
  const between = filter.within === '' && (asked || filter.from !== '' || filter.to !== '');
  const choose = (within: string) => {
    setAsked(within === BETWEEN);
    setQuery(within === BETWEEN ? { within: '' } : { within, from: '', to: '' });
  };
  return (
    <>
      <label>
        <span class="sr-only">{made}</span>
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
          <Moment label={`${made} from`} value={filter.from} set={(from) => setQuery({ from })} />
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
