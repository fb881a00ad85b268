import type { Command } from '../../api/types';
import { Ago, ErrorNote, Sentence, Skeleton } from '../../components/basics';
import { CommandProgress, Payload, Result, timesSent } from '../../components/command';
import { Timeline } from '../../components/Timeline';
import { hasEnded } from '../../lib/commands';
import { useCommand } from '../../state/command';
import { commandPath } from '../../state/router';

interface TrackerProps {
  device: string;
  id: string;
  /** What is known already. */
  first?: Command;
  /** Whether each new state is read out. */
  announce?: boolean;
}

/** One command on its way: each state as it happens, why it is where it is, and what the device answered. */
export function Tracker({ device, id, first, announce = false }: TrackerProps) {
  const { followed, error, fetchNow } = useCommand(device, id, first);
  if (!followed) {
    return error === undefined ? <Skeleton label="Loading the command" rows={3} /> : <ErrorNote error={error} retry={fetchNow} />;
  }
  const { command, steps } = followed;
  return (
    <div class="tracker" data-testid="tracker" data-state={command.state}>
      {announce && (
        <p class="sr-only" role="status">
          Command {command.name}: {command.state}
        </p>
      )}
      <Timeline steps={steps} />
      <CommandProgress command={command} />
      <p class="tracker-why">
        <Sentence text={command.why} />
      </p>
      <p class="faint tracker-meta">
        {timesSent(command.attempts)}
        {!hasEnded(command.state) && (
          <>
            {' · gives up '}
            <Ago at={command.expiresAt} />
          </>
        )}
        {' · '}
        <a href={commandPath(device, id)} aria-label={`Open the command ${command.name} on a page of its own`}>
          open
        </a>
      </p>
      <Payload command={command} />
      {command.result && <Result result={command.result} />}
      {error !== undefined && <ErrorNote error={error} retry={fetchNow} />}
    </div>
  );
}
