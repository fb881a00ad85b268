import { useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Command, PresenceState } from '../../api/types';
import { Panel } from '../../components/basics';
import { CommandFields, commandOf, NO_COMMAND } from '../../components/CommandFields';
import { FormError, fieldError } from '../../components/forms';
import { useIdempotencyKey } from '../../state/idempotency';
import { useTask } from '../../state/task';
import { Tracker } from './Tracker';

const FIELDS = ['/name', '/payload', '/ttl'];

interface ComposerProps {
  device: string;
  state: PresenceState | undefined;
}

export function Composer({ device, state }: ComposerProps) {
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

function CommandForm({ device, state, onSent }: ComposerProps & { onSent: (c: Command) => void }) {
  const [draft, setDraft] = useState(NO_COMMAND);
  const [used, setUsed] = useState<readonly string[]>([]);
  const task = useTask();
  const keyFor = useIdempotencyKey();
  const meant = commandOf(draft);

  const submit = (e: Event) => {
    e.preventDefault();
    if ('error' in meant) return;
    const { command } = meant;
    void task.run(async () => {
      const accepted = await hub.sendCommand(device, command, keyFor.use(command));
      keyFor.spent();
      setUsed([command.name, ...used.filter((n) => n !== command.name)]);
      onSent(accepted);
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <CommandFields
        draft={draft}
        change={setDraft}
        errorOf={(field) => fieldError(task.error, field)}
        ttlHint={waitHint(state)}
        names={used}
      />
      <FormError error={task.error} fields={FIELDS} />
      <button type="submit" class="button button-primary button-wide" disabled={task.busy || 'error' in meant}>
        {task.busy ? 'Sending…' : 'Send'}
      </button>
    </form>
  );
}

function waitHint(state: PresenceState | undefined): string {
  return state === 'online' || state === undefined ? 'It goes out at once.' : 'It waits in the queue until the device connects.';
}
