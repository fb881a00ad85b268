import { useEffect, useState } from 'preact/hooks';
import { ApiError, type Tagged } from '../../api/http';
import * as hub from '../../api/hub';
import type { Device, DeviceChange } from '../../api/types';
import { ErrorNote, Skeleton, Tags } from '../../components/basics';
import { Button } from '../../components/Button';
import { Dialog, Field, FormError, fieldError } from '../../components/forms';
import { TagsField } from '../../components/TagsField';
import { LINES, parseTags, tagLines } from '../../lib/tags';
import { useTask } from '../../state/task';

interface Draft {
  name: string;
  tags: string;
}

const draftOf = ({ name, tags }: Device): Draft => ({ name, tags: tagLines(tags) });

/** The same on top of what somebody else has made of the device: fields that were touched stay as typed, the others follow. */
function rebased(draft: Draft, was: Device, is: Device): Draft {
  const from = draftOf(was);
  const to = draftOf(is);
  return {
    name: draft.name === from.name ? to.name : draft.name,
    tags: draft.tags === from.tags ? to.tags : draft.tags,
  };
}

/** Only what was touched, so that a change of the name takes no tag away; why it cannot be read as `error`. */
function changeOf(draft: Draft, base: Device): { change: DeviceChange } | { error: string } {
  const from = draftOf(base);
  const change: DeviceChange = {};
  if (draft.name.trim() !== from.name) change.name = draft.name.trim();
  if (draft.tags !== from.tags) {
    const parsed = parseTags(draft.tags, LINES);
    if ('error' in parsed) return parsed;
    change.tags = parsed.tags;
  }
  return { change };
}

interface EditProps {
  id: string;
  onChanged: (device: Device) => void;
  onClose: () => void;
}

/** Name and tags of a device, on the version of it that was read when the form was opened. */
export function EditDevice({ id, onChanged, onClose }: EditProps) {
  const [base, setBase] = useState<Tagged<Device> | undefined>(undefined);
  const reading = useTask();
  const read = () => void reading.run(async () => setBase(await hub.readDevice(id)));
  useEffect(read, [id]);
  return (
    <Dialog title={`Edit ${id}`} onClose={onClose}>
      {reading.error !== undefined && <ErrorNote error={reading.error} retry={read} title="The device could not be read" />}
      {!base && reading.error === undefined && <Skeleton label="Reading the device" rows={3} />}
      {base && <EditForm first={base} onChanged={onChanged} onClose={onClose} />}
    </Dialog>
  );
}

function EditForm({ first, onChanged, onClose }: { first: Tagged<Device> } & Omit<EditProps, 'id'>) {
  const [base, setBase] = useState(first);
  const [draft, setDraft] = useState(draftOf(first.value));
  const [meanwhile, setMeanwhile] = useState(false);
  const task = useTask();
  const { id } = base.value;
  const wanted = changeOf(draft, base.value);
  const nothing = 'change' in wanted && Object.keys(wanted.change).length === 0;
  const save = () =>
    task.run(async () => {
      if ('error' in wanted) return;
      try {
        onChanged(await hub.changeDevice(id, wanted.change, base.tag));
        onClose();
      } catch (e) {
        if (!(e instanceof ApiError && e.status === 412)) throw e;
        const now = await hub.readDevice(id);
        setDraft(rebased(draft, base.value, now.value));
        setBase(now);
        setMeanwhile(true);
      }
    });
  const submit = (e: Event) => {
    e.preventDefault();
    void save();
  };
  const takeTheirs = () => {
    setDraft(draftOf(base.value));
    setMeanwhile(false);
  };
  return (
    <form class="form" onSubmit={submit}>
      {meanwhile && <Meanwhile device={base.value} same={nothing} take={takeTheirs} />}
      <Field label="Name" error={fieldError(task.error, '/name')}>
        {(described) => (
          <input
            {...described}
            class="input"
            required
            autoFocus
            maxLength={128}
            pattern=".*\S.*"
            title="At least one letter or digit"
            value={draft.name}
            onInput={(e) => setDraft({ ...draft, name: e.currentTarget.value })}
          />
        )}
      </Field>
      <TagsField
        label="Tags"
        value={draft.tags}
        set={(tags) => setDraft({ ...draft, tags })}
        error={'error' in wanted ? wanted.error : fieldError(task.error, '/tags')}
      />
      <FormError error={task.error} fields={['/name', '/tags']} />
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <Button type="submit" class="button button-primary" off={task.busy || nothing || 'error' in wanted}>
          {task.busy ? 'Saving…' : meanwhile ? 'Save all the same' : 'Save'}
        </Button>
      </div>
    </form>
  );
}

/** What somebody else has made of it while the form was open. */
function Meanwhile({ device, same, take }: { device: Device; same: boolean; take: () => void }) {
  return (
    <div class="note" role="alert">
      <p class="note-title">Somebody has changed the device meanwhile</p>
      <p>
        Now its name is <b>{device.name}</b>, it is {device.enabled ? 'enabled' : 'disabled'}, and it has{' '}
        {Object.keys(device.tags).length > 0 ? 'these tags:' : 'no tags.'}
      </p>
      <Tags tags={device.tags} />
      <p>
        {same
          ? 'That is what you typed too: there is nothing left to save.'
          : 'Nothing was saved, and what you typed is still below. Look at both, then save it all the same.'}
      </p>
      {!same && (
        <button type="button" class="button" onClick={take}>
          Take what is there
        </button>
      )}
    </div>
  );
}
