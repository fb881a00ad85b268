import { useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Device, IssuedToken, NewDevice } from '../../api/types';
import { ErrorNote } from '../../components/basics';
import { Button } from '../../components/Button';
import { Dialog, Field, FormError, Secret, fieldError } from '../../components/forms';
import { parseTags } from '../../lib/tags';
import { devicePath } from '../../state/router';
import { useIdempotencyKey } from '../../state/idempotency';
import { useTask } from '../../state/task';

const ID = '[A-Za-z0-9][A-Za-z0-9._:\\-]{0,63}';

/** Registers a device, then issues its first token and shows it once. */
export function CreateDevice({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [device, setDevice] = useState<Device | undefined>(undefined);
  const [token, setToken] = useState<IssuedToken | undefined>(undefined);
  const issuing = useTask();
  const tokenKey = useIdempotencyKey();
  const issue = (id: string) => issuing.run(async () => setToken(await hub.createToken(id, { name: 'first' }, tokenKey.use(id))));
  const created = (d: Device) => {
    setDevice(d);
    onCreated();
    void issue(d.id);
  };
  if (!device) {
    return (
      <Dialog title="New device" onClose={onClose}>
        <DeviceForm onClose={onClose} onCreated={created} />
      </Dialog>
    );
  }
  return (
    <Dialog title={`${device.id} is registered`} onClose={onClose} locked={issuing.busy}>
      <div class="form">
        {issuing.error !== undefined && (
          <ErrorNote title="It has no token yet" error={issuing.error} retry={() => void issue(device.id)} />
        )}
        {token ? (
          <Secret label="Its token" value={token.token} testId="issued-token" />
        ) : (
          issuing.busy && <p role="status">Issuing its token…</p>
        )}
        <div class="actions">
          <Button class="button" off={issuing.busy} onClick={onClose}>
            Close
          </Button>
          <a class="button button-primary" href={devicePath(device.id)}>
            Open {device.id}
          </a>
        </div>
      </div>
    </Dialog>
  );
}

function DeviceForm({ onClose, onCreated }: { onClose: () => void; onCreated: (device: Device) => void }) {
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [tags, setTags] = useState('');
  const task = useTask();
  const idempotency = useIdempotencyKey();
  const parsed = parseTags(tags);
  const tagError = 'error' in parsed ? parsed.error : undefined;

  const submit = (e: Event) => {
    e.preventDefault();
    if ('error' in parsed) return;
    const device: NewDevice = { id: id.trim() };
    if (name.trim() !== '') device.name = name.trim();
    if (Object.keys(parsed.tags).length > 0) device.tags = parsed.tags;
    void task.run(async () => onCreated(await hub.createDevice(device, idempotency.use(device))));
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field label="Id" hint="Letters, digits and . _ : - ; it cannot be changed later." error={fieldError(task.error, '/id')}>
        {(described) => (
          <input
            {...described}
            class="input mono"
            required
            autoFocus
            pattern={ID}
            title="1 to 64 letters, digits and . _ : -, beginning with a letter or digit"
            maxLength={64}
            autoCapitalize="none"
            autoComplete="off"
            spellcheck={false}
            value={id}
            onInput={(e) => setId(e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="Name (optional)" error={fieldError(task.error, '/name')}>
        {(described) => (
          <input {...described} class="input" maxLength={128} value={name} onInput={(e) => setName(e.currentTarget.value)} />
        )}
      </Field>
      <Field label="Tags (optional)" hint="For example site=north, hall=7" error={tagError ?? fieldError(task.error, '/tags')}>
        {(described) => <input {...described} class="input" value={tags} onInput={(e) => setTags(e.currentTarget.value)} />}
      </Field>
      <FormError error={task.error} fields={['/id', '/name', '/tags']} />
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <Button type="submit" class="button button-primary" off={task.busy || tagError !== undefined}>
          {task.busy ? 'Registering…' : 'Register and issue a token'}
        </Button>
      </div>
    </form>
  );
}
