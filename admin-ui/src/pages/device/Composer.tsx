import { useId, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Command, NewCommand, PresenceState } from '../../api/types';
import { Panel } from '../../components/basics';
import { Field, FormError, fieldError } from '../../components/forms';
import { TTLS } from '../../lib/durations';
import { parsePayload } from '../../lib/payload';
import { useIdempotencyKey } from '../../state/idempotency';
import { useTask } from '../../state/task';
import { Tracker } from './Tracker';

const NAME = '[A-Za-z0-9][A-Za-z0-9._:\\/\\-]{0,63}';
const FIELDS = ['/name', '/payload', '/ttl'];

export function Composer({ device, state }: { device: string; state: PresenceState | undefined }) {
  const [sent, setSent] = useState<Command | undefined>(undefined);
  return (
    <Panel title="Send a command" id="composer">
      <CommandForm device={device} state={state} onSent={setSent} />
      {sent && (
        <div class="sent" data-testid="sent-command">
          <h3>
            <span class="mono">{sent.name}</span>
          </h3>
          <Tracker key={sent.id} device={device} id={sent.id} first={sent} announce />
        </div>
      )}
    </Panel>
  );
}

function CommandForm({
  device,
  state,
  onSent,
}: {
  device: string;
  state: PresenceState | undefined;
  onSent: (c: Command) => void;
}) {
  const [name, setName] = useState('');
  const [payload, setPayload] = useState('');
  const [ttl, setTtl] = useState('PT1H');
  const [used, setUsed] = useState<readonly string[]>([]);
  const task = useTask();
  const names = useId();
  const keyFor = useIdempotencyKey();
  const parsed = parsePayload(payload);
  const payloadError = parsed.ok ? undefined : parsed.error;

  const submit = (e: Event) => {
    e.preventDefault();
    if (!parsed.ok) return;
    const command: NewCommand = { name: name.trim(), ttl };
    if (parsed.value !== undefined) command.payload = parsed.value;
    void task.run(async () => {
      const accepted = await hub.sendCommand(device, command, keyFor.use(command));
      keyFor.spent();
      setUsed([command.name, ...used.filter((n) => n !== command.name)]);
      onSent(accepted);
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field label="Name" error={fieldError(task.error, '/name')}>
        {(described) => (
          <input
            {...described}
            class="input mono"
            required
            pattern={NAME}
            title="1 to 64 letters, digits and . _ : / -, beginning with a letter or digit"
            maxLength={64}
            list={names}
            placeholder="set-interval"
            autoCapitalize="none"
            autoComplete="off"
            spellcheck={false}
            value={name}
            onInput={(e) => setName(e.currentTarget.value)}
          />
        )}
      </Field>
      <datalist id={names}>
        {used.map((n) => (
          <option key={n} value={n} />
        ))}
      </datalist>
      <Field label="Payload, JSON (optional)" error={payloadError ?? fieldError(task.error, '/payload')}>
        {(described) => (
          <textarea
            {...described}
            class="input mono"
            rows={4}
            placeholder={'{ "seconds": 5 }'}
            autoCapitalize="none"
            spellcheck={false}
            value={payload}
            onInput={(e) => setPayload(e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="Give up after" hint={waitHint(state)} error={fieldError(task.error, '/ttl')}>
        {(described) => (
          <select {...described} class="input" value={ttl} onChange={(e) => setTtl(e.currentTarget.value)}>
            {TTLS.map((t) => (
              <option key={t.ttl} value={t.ttl}>
                {t.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <FormError error={task.error} fields={FIELDS} />
      <button type="submit" class="button button-primary button-wide" disabled={task.busy || !parsed.ok}>
        {task.busy ? 'Sending…' : 'Send'}
      </button>
    </form>
  );
}

function waitHint(state: PresenceState | undefined): string {
  return state === 'online' || state === undefined ? 'It goes out at once.' : 'It waits in the queue until the device connects.';
}
