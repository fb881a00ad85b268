import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../../api/http';
import type { Command } from '../../api/types';
import { Ago, Empty, ErrorNote, Panel, Sentence, Skeleton, StateBadge } from '../../components/basics';
import { CommandProgress, JsonText, payloadTitle, Result } from '../../components/command';
import { Fact } from '../../components/Fact';
import { Timeline } from '../../components/Timeline';
import { canCancel, canRetry, hasEnded, type Followed } from '../../lib/commands';
import { fullTime } from '../../lib/format';
import { useCommand } from '../../state/command';
import { unknownDevice } from '../../state/live';
import { commandPath, devicePath, jobPath } from '../../state/router';
import { mayAct } from '../../state/session';
import { CancelCommand, RetryCommand } from './actions';

/** One command: why it is where it is, its way, what was asked and what was answered. */
export function CommandPage({ device, id }: { device: string; id: string }) {
  const { followed, error, fetchNow } = useCommand(device, id);
  const missing = !followed && error instanceof ApiError && (error.status === 404 || error.status === 400);
  useEffect(() => {
    // The stream of a device that is not there would be refused.
    unknownDevice.value = missing ? device : undefined;
  }, [missing, device]);
  if (missing) {
    return (
      <Empty title="There is no such command" page>
        <p>{error.detail ?? `${device} has no command ${id}.`} Commands that ended long ago are deleted after some time.</p>
        <a class="button" href={`/commands?device=${encodeURIComponent(device)}`}>
          Commands of {device}
        </a>
      </Empty>
    );
  }
  return (
    <div class="stack">
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/commands">Commands</a>
        <span aria-hidden="true">/</span>
        <a href={`/commands?device=${encodeURIComponent(device)}`}>{device}</a>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{followed?.command.name ?? id}</span>
      </nav>
      {error !== undefined && <ErrorNote error={error} retry={fetchNow} title="This command is not up to date" />}
      {followed ? (
        <Whole followed={followed} fetchNow={fetchNow} />
      ) : (
        error === undefined && <Skeleton label="Loading the command" rows={6} />
      )}
    </div>
  );
}

function Whole({ followed: { command, steps }, fetchNow }: { followed: Followed; fetchNow: () => void }) {
  const { state } = command;
  return (
    <>
      <div class="page-head device-head">
        <h1 class="mono">{command.name}</h1>
        <span class="device-now" role="status" data-testid="state" data-state={state}>
          <StateBadge state={state} />
        </span>
        {mayAct.value && <Actions command={command} fetchNow={fetchNow} />}
      </div>
      <p class="why" data-testid="why">
        <Sentence text={command.why} />
      </p>
      <CommandProgress command={command} />
      <div class="device-grid">
        <Panel title="Timeline" id="timeline">
          <Timeline steps={steps} full />
        </Panel>
        <div class="stack device-side">
          <Facts command={command} />
          {command.payload !== undefined && (
            <Panel title={payloadTitle(command)} id="payload">
              <JsonText json={command.payload} />
            </Panel>
          )}
        </div>
        {command.result && (
          <Panel title="Answer of the device" id="answer">
            <Result result={command.result} />
            {state === 'failed' && <p class="faint tracker-meta">{anotherTry(command.result.retryable)}</p>}
          </Panel>
        )}
      </div>
    </>
  );
}

function anotherTry(retryable: boolean | undefined): string {
  if (retryable === undefined) return 'The device does not say whether it may go well another time.';
  return retryable ? 'By the device, it may go well another time.' : 'By the device, it would fail another time too.';
}

function Actions({ command, fetchNow }: { command: Command; fetchNow: () => void }) {
  const [asking, setAsking] = useState<'cancel' | 'retry' | undefined>(undefined);
  const close = () => setAsking(undefined);
  return (
    <div class="head-actions">
      {canCancel(command.state) && (
        <button type="button" class="button" onClick={() => setAsking('cancel')}>
          Cancel it
        </button>
      )}
      {canRetry(command.state) && (
        <button type="button" class="button button-primary" onClick={() => setAsking('retry')}>
          Try again
        </button>
      )}
      {asking === 'cancel' && <CancelCommand command={command} onCancelled={fetchNow} onClose={close} />}
      {asking === 'retry' && <RetryCommand command={command} onClose={close} />}
    </div>
  );
}

function Facts({ command: c }: { command: Command }) {
  return (
    <Panel title="Details" id="details">
      <dl class="facts">
        <Fact name="Device">
          <a class="mono" href={devicePath(c.device)}>
            {c.device}
          </a>
        </Fact>
        <Fact name="Accepted">
          {fullTime(c.createdAt)}{' '}
          <span class="faint">
            <Ago at={c.createdAt} />
          </span>
        </Fact>
        <Fact name={hasEnded(c.state) ? 'Valid until' : 'Gives up'}>
          {fullTime(c.expiresAt)}{' '}
          {!hasEnded(c.state) && (
            <span class="faint">
              <Ago at={c.expiresAt} />
            </span>
          )}
        </Fact>
        <Fact name="Sent">{c.attempts === 0 ? 'never' : c.attempts === 1 ? 'once' : `${c.attempts} times`}</Fact>
        {c.retryOf && (
          <Fact name="Tries again">
            <a href={commandPath(c.device, c.retryOf)}>the command before it</a>
          </Fact>
        )}
        {c.retriedBy && (
          <Fact name="Tried again">
            <a href={commandPath(c.device, c.retriedBy)}>by a later command</a>
          </Fact>
        )}
        {c.job && (
          <Fact name="Job">
            <a href={jobPath(c.job)}>the job that sent it</a>
          </Fact>
        )}
        <Fact name="Id">
          <span class="mono">{c.id}</span>
        </Fact>
      </dl>
    </Panel>
  );
}
