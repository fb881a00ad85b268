import type { ComponentChildren } from 'preact';
import { useTask } from '../state/task';
import { ErrorNote } from './basics';
import { Button } from './Button';
import { Dialog } from './forms';

/** What can be done with a thing, and what it means: an entry of a list `acts`. */
export function Act({ label, means, onClick }: { label: string; means: string; onClick: () => void }) {
  return (
    <li>
      <span class="faint">{means}</span>
      <button type="button" class="button" onClick={onClick}>
        {label}
      </button>
    </li>
  );
}

interface AskProps {
  title: string;
  action: string;
  act: () => Promise<void>;
  onClose: () => void;
  /** What it means. */
  children: ComponentChildren;
}

/** Asks for something that can be undone, yet ends sessions. */
export function AskDialog({ title, action, act, onClose, children }: AskProps) {
  const task = useTask();
  const confirm = () =>
    void task.run(async () => {
      await act();
      onClose();
    });
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="form">
        {children}
        {task.error !== undefined && <ErrorNote error={task.error} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <Button class="button button-primary" autoFocus off={task.busy} onClick={confirm}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** What it means to rotate a token, wherever that is asked. */
export const RotationMeans = () => (
  <p>
    A device that is connected gets another token at once, else when it connects, and is sent away once to come back with it. The one it
    has is valid until it is back, and revoked then; until then this can be cancelled.
  </p>
);
