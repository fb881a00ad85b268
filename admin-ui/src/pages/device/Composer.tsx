import { useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Command, PresenceState } from '../../api/types';
import { Panel } from '../../components/basics';
import { Button } from '../../components/Button';
import { CommandFields } from '../../components/CommandFields';
import { commandOf, NO_COMMAND } from '../../lib/commandDraft';
import { FormError, fieldError } from '../../components/forms';
import { sentBefore } from '../../lib/templates';
import { useIdempotencyKey } from '../../state/idempotency';
import { useResource } from '../../state/resource';
import { useTask } from '../../state/task';
import { Beginnings } from './Beginnings';
import { Tracker } from './Tracker';

/** How many of the device's last commands are looked through for those that can be sent again. */
const HISTORY = 50;
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
  const task = useTask();
  const keyFor = useIdempotencyKey();
  const sent = useResource(device, (abort) => hub.listCommands(device, HISTORY, undefined, abort));
  const before = sentBefore(sent.data?.items ?? []);
  const meant = commandOf(draft);

  const submit = (e: Event) => {
    e.preventDefault();
    if ('error' in meant) return;
    const { command } = meant;
    void task.run(async () => {
      const accepted = await hub.sendCommand(device, command, keyFor.use(command));
      keyFor.spent();
      sent.reload();
      onSent(accepted);
    });
  };
  return (
    <form class="form" onSubmit={submit}>
      <Beginnings before={before} draft={draft} begin={setDraft} ready={!('error' in meant) && draft.name.trim() !== ''} />
      <CommandFields
        draft={draft}
        change={setDraft}
        errorOf={(field) => fieldError(task.error, field)}
        ttlHint={waitHint(state)}
        names={[...new Set(before.map((c) => c.draft.name))]}
      />
      <FormError error={task.error} fields={FIELDS} />
      <Button type="submit" class="button button-primary button-wide" off={task.busy || 'error' in meant}>
        {task.busy ? 'Sending…' : 'Send'}
      </Button>
    </form>
  );
}

function waitHint(state: PresenceState | undefined): string {
  return state === 'online' || state === undefined ? 'It goes out at once.' : 'It waits in the queue until the device connects.';
}
