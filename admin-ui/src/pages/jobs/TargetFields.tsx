import { useEffect, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import { Panel } from '../../components/basics';
import { Field } from '../../components/forms';
import { count, plural } from '../../lib/format';
import { parseIds } from '../../lib/jobDraft';
import { parseTags } from '../../lib/tags';
import type { PartProps } from './NewJobPage';

const TYPING_MS = 400;
/** As many devices as the hub lists at once. */
const MOST = 1_000;

/** To whom: all devices with some tags, or a list of them. */
export function TargetFields({ draft, change, errorOf }: PartProps) {
  const fitting = useFitting(draft.by === 'tags' ? draft.tags : '');
  const listed = parseIds(draft.ids);
  const ids = 'ids' in listed && listed.ids.length > 0 ? `${plural(listed.ids.length, 'device')} listed.` : undefined;
  return (
    <Panel title="Devices" id="job-target">
      <div class="form">
        <fieldset class="choices">
          <legend class="sr-only">Devices by</legend>
          <Choice name="by" checked={draft.by === 'tags'} choose={() => change({ by: 'tags' })} label="All with these tags" />
          <Choice name="by" checked={draft.by === 'list'} choose={() => change({ by: 'list' })} label="These devices" />
        </fieldset>
        {draft.by === 'tags' ? (
          <Field
            label="Tags"
            hint={fitting ?? 'For example site=north, hall=7. A device needs all of them.'}
            error={errorOf('/target/tags')}
          >
            {(described) => (
              <input
                {...described}
                class="input"
                required
                autoCapitalize="none"
                spellcheck={false}
                value={draft.tags}
                onInput={(e) => change({ tags: e.currentTarget.value })}
              />
            )}
          </Field>
        ) : (
          <Field label="Ids of the devices" hint={ids ?? 'Apart by commas, blanks or lines.'} error={errorOf('/target/devices')}>
            {(described) => (
              <textarea
                {...described}
                class="input mono"
                required
                rows={6}
                autoCapitalize="none"
                spellcheck={false}
                value={draft.ids}
                onInput={(e) => change({ ids: e.currentTarget.value })}
              />
            )}
          </Field>
        )}
      </div>
    </Panel>
  );
}

interface ChoiceProps {
  name: string;
  checked: boolean;
  choose: () => void;
  label: string;
}

export function Choice({ name, checked, choose, label }: ChoiceProps) {
  return (
    <label class="check">
      <input type="radio" name={name} checked={checked} onChange={choose} />
      <span>{label}</span>
    </label>
  );
}

/** Says how many devices have the tags now; the job takes those that have them when it is made. */
function useFitting(text: string): string | undefined {
  const [told, setTold] = useState<{ text: string; says: string } | undefined>(undefined);
  useEffect(() => {
    const parsed = parseTags(text);
    if ('error' in parsed || Object.keys(parsed.tags).length === 0) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const tags = Object.entries(parsed.tags).map(([key, value]) => `${key}=${value}`);
      hub.listDevices({ q: '', state: '', tags }, MOST, undefined, abort.signal).then(
        ({ items, next }) => {
          const n = next === undefined ? plural(items.length, 'device') : `More than ${count(MOST)} devices`;
          setTold({ text, says: items.length === 0 ? 'No device has these tags now.' : `${n} fit now.` });
        },
        () => {}, // It is a help to whoever types; sending the job tells what is wrong.
      );
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return told?.text === text ? told.says : undefined;
}
