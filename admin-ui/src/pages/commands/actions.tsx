import { useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Command } from '../../api/types';
import { Sentence } from '../../components/basics';
import { Button } from '../../components/Button';
import { ConfirmDialog, Dialog, Field, FormError, fieldError } from '../../components/forms';
import { TTLS } from '../../lib/durations';
import { useIdempotencyKey } from '../../state/idempotency';
import { commandPath, navigate } from '../../state/router';
import { useTask } from '../../state/task';

interface CancelProps {
  command: Command;
  onCancelled: () => void;
  onClose: () => void;
}

export function CancelCommand({ command, onCancelled, onClose }: CancelProps) {
  const cancel = async () => {
    await hub.cancelCommand(command.device, command.id);
    onClose();
    onCancelled();
  };
  return (
    <ConfirmDialog
      title={`Cancel ${command.name}?`}
      word={command.name}
      wordLabel="Name of the command"
      action="Cancel the command"
      onConfirm={cancel}
      onClose={onClose}
    >
      <p>
        {command.attempts === 0
          ? `It has not been sent: ${command.device} will never see it.`
          : `It has been sent to ${command.device}, which may carry it out all the same; what it answers is not kept.`}{' '}
        This cannot be undone.
      </p>
    </ConfirmDialog>
  );
}

/** Tries a command again by a new one, and leads to that. */
export function RetryCommand({ command, onClose }: { command: Command; onClose: () => void }) {
  const [ttl, setTtl] = useState('');
  const task = useTask();
  const key = useIdempotencyKey();
  const submit = (e: Event) => {
    e.preventDefault();
    const retry = ttl === '' ? {} : { ttl };
    void task.run(async () => {
      const made = await hub.retryCommand(command.device, command.id, retry, key.use(retry));
      onClose();
      navigate(commandPath(made.device, made.id));
    });
  };
  return (
    <Dialog title={`Try ${command.name} again?`} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <p>
          <Sentence text={command.why} />
        </p>
        <p>A new command with the same name and payload is sent to {command.device}; this one stays as it is.</p>
        <Field label="Give up after" error={fieldError(task.error, '/ttl')}>
          {(described) => (
            <select {...described} class="input" autoFocus value={ttl} onChange={(e) => setTtl(e.currentTarget.value)}>
              <option value="">As long as the first time</option>
              {TTLS.map((t) => (
                <option key={t.ttl} value={t.ttl}>
                  {t.label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FormError error={task.error} fields={['/ttl']} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
          <Button type="submit" class="button button-primary" off={task.busy}>
            {task.busy ? 'Sending…' : 'Send it again'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
