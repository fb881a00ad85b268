import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeviceFilter } from '../../api/hub';
import type { PresenceState } from '../../api/types';
import { PRESENCE_NAMES } from '../../components/basics';
import { SORTS, type Sort } from '../../lib/deviceSort';
import { query, setQuery } from '../../state/router';

const TYPING_MS = 250;
/** Among the states that a list can ask for: a device that operators have turned off is in none of its own. */
const DISABLED = 'disabled';
const STATES: readonly PresenceState[] = ['online', 'suspect', 'offline', 'never-seen'];

/** Asks for devices with this tag, besides what is asked for already. */
export function addTag(tag: string): void {
  const tags = query.peek().getAll('tag');
  if (!tags.includes(tag)) setQuery({ tag: [...tags, tag] });
}

/** Which devices are listed; the address holds it all. */
export function Filters({ filter, sort }: { filter: DeviceFilter; sort: Sort }) {
  const [typed, setTyped] = useState(filter.q);
  const [tag, setTag] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const search = (q: string) => {
    setTyped(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ q: q.trim() }), TYPING_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  // The query can also change from outside: by "clear the filters", or by going back.
  useEffect(() => {
    setTyped((t) => (t.trim() === filter.q ? t : filter.q));
  }, [filter.q]);
  const submitTag = (e: Event) => {
    e.preventDefault();
    const at = tag.indexOf('=');
    if (at < 1) return;
    addTag(`${tag.slice(0, at).trim()}=${tag.slice(at + 1).trim()}`);
    setTag('');
  };
  return (
    <div class="filters" role="search">
      <label class="filter-q">
        <span class="sr-only">Search by id or name</span>
        <input
          class="input"
          type="search"
          placeholder="Search by id or name"
          maxLength={64}
          value={typed}
          onInput={(e) => search(e.currentTarget.value)}
        />
      </label>
      <label>
        <span class="sr-only">State</span>
        <select
          class="input"
          value={filter.enabled === 'false' ? DISABLED : filter.state}
          onChange={(e) => {
            const chosen = e.currentTarget.value;
            setQuery(chosen === DISABLED ? { state: '', enabled: 'false' } : { state: chosen, enabled: '' });
          }}
        >
          <option value="">Any state</option>
          {STATES.map((s) => (
            <option key={s} value={s}>
              {PRESENCE_NAMES[s]}
            </option>
          ))}
          <option value={DISABLED}>Disabled</option>
        </select>
      </label>
      <label>
        <span class="sr-only">Order</span>
        <select class="input filter-sort" value={sort} onChange={(e) => setQuery({ sort: e.currentTarget.value })}>
          {SORTS.map((s) => (
            <option key={s.sort} value={s.sort}>
              {s.label}
            </option>
          ))}
        </select>
      </label>
      <form onSubmit={submitTag}>
        <label>
          <span class="sr-only">Tag, as key=value</span>
          <input
            class="input"
            placeholder="Tag, as site=north"
            pattern="[^=]+=.*"
            title="key=value, then Enter"
            value={tag}
            onInput={(e) => setTag(e.currentTarget.value)}
          />
        </label>
      </form>
      {filter.tags.length > 0 && (
        <ul class="tags" aria-label="Tags asked for">
          {filter.tags.map((t) => (
            <li key={t}>
              <button
                type="button"
                class="tag tag-on"
                aria-label={`Ask for ${t} no longer`}
                onClick={() => setQuery({ tag: filter.tags.filter((o) => o !== t) })}
              >
                {t} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
