import type { Command, Json } from '../api/types';
import { currentProgress } from '../lib/commands';
import { Ago } from './basics';

/** What pages show of a command, on whichever page it is. */

export const timesSent = (attempts: number) =>
  attempts === 0 ? 'Not sent yet' : attempts === 1 ? 'Sent once' : `Sent ${attempts} times`;

/** How far the device says it is, while it is at it. */
export function CommandProgress({ command }: { command: Command }) {
  const progress = currentProgress(command);
  if (!progress) return null;
  return (
    <div class="progress" data-testid="progress">
      <progress max={100} value={progress.percent} aria-label={`Progress of ${command.name}`} />
      <p class="progress-said">
        <b>{progress.percent}&#8239;%</b> {progress.message}{' '}
        <span class="faint">
          <Ago at={progress.at} />
        </span>
      </p>
    </div>
  );
}

/** The hub sends JSON as it is, and everything else as a string of base64. */
const titleOf = (what: string, contentType: string | undefined) =>
  !contentType || /[/+]json\b/.test(contentType) ? what : `${what}, ${contentType} in base64`;

export const payloadTitle = (command: { contentType?: string }) => titleOf('Payload', command.contentType);

export function Payload({ command }: { command: Command }) {
  if (command.payload === undefined) return null;
  return <Captioned title={payloadTitle(command)} json={command.payload} />;
}

export function Result({ result }: { result: NonNullable<Command['result']> }) {
  return (
    <div data-testid="result">
      {result.message && <p class="tracker-message">{result.message}</p>}
      {result.payload !== undefined && <Captioned title={titleOf('Result', result.contentType)} json={result.payload} />}
    </div>
  );
}

function Captioned({ title, json }: { title: string; json: Json }) {
  return (
    <figure class="json">
      <figcaption>{title}</figcaption>
      <JsonText json={json} />
    </figure>
  );
}

export function JsonText({ json }: { json: Json }) {
  return (
    <pre class="json-text" tabIndex={0}>
      {JSON.stringify(json, null, 2)}
    </pre>
  );
}
