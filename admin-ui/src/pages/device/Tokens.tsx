import { useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { IssuedToken, NewToken, Token } from '../../api/types';
import { AskDialog, RotationMeans } from '../../components/acts';
import { Ago, Panel } from '../../components/basics';
import { Button } from '../../components/Button';
import { Field } from '../../components/forms';
import { IssueDialog, Listing, RevokeButton, RevokeDialog } from '../../components/credentials';
import { standing } from '../../lib/expiry';
import { fullTime } from '../../lib/format';
import { fromLocalField } from '../../lib/times';
import { useFresh } from '../../state/fresh';
import { now } from '../../state/live';
import { useResource } from '../../state/resource';
import { RotationNote, useRotation } from './RotationNote';

export function Tokens({ device }: { device: string }) {
  const tokens = useResource(device, (abort) => hub.listTokens(device, abort));
  useFresh(tokens, 10_000);
  const [issuing, setIssuing] = useState(false);
  const [asking, setAsking] = useState(false);
  const rotation = useRotation(device);
  const [revoking, setRevoking] = useState<Token | undefined>(undefined);
  // Each step of a rotation makes a token or revokes one.
  const step = rotation.data && (rotation.data.items[0]?.state ?? 'none');
  const known = useRef(step);
  useEffect(() => {
    if (known.current !== undefined && step !== known.current) tokens.reload();
    known.current = step;
  }, [step]);
  const issue = (
    <div class="head-actions">
      <Button
        class="button button-quiet"
        off={rotation.data?.items.length !== 0}
        onClick={() => setAsking(true)}
      >
        Rotate
      </Button>
      <button type="button" class="button button-quiet" onClick={() => setIssuing(true)}>
        Issue a token
      </button>
    </div>
  );
  return (
    <Panel title="Tokens" id="tokens" aside={issue}>
      <RotationNote device={device} rotation={rotation} />
      <Listing
        of="tokens"
        resource={tokens}
        rows={2}
        empty={{ title: 'No tokens', content: <p>Without one the device cannot connect.</p> }}
      >
        {(items) => (
          <ul class="tokens">
            {items.map((t) => (
              <TokenRow key={t.id} token={t} onRevoke={() => setRevoking(t)} />
            ))}
          </ul>
        )}
      </Listing>
      {asking && (
        <AskDialog
          title={`Rotate the token of ${device}?`}
          action="Rotate the token"
          act={async () => {
            await hub.askRotation({ devices: [device] });
            rotation.reload();
          }}
          onClose={() => setAsking(false)}
        >
          <RotationMeans />
        </AskDialog>
      )}
      {issuing && <IssueToken device={device} onClose={() => setIssuing(false)} onIssued={tokens.reload} />}
      {revoking && (
        <RevokeDialog
          of="token"
          title={`Revoke ${revoking.name}?`}
          word={device}
          wordLabel="Id of the device"
          revoke={() => hub.revokeToken(device, revoking.id)}
          onRevoked={tokens.reload}
          onClose={() => setRevoking(undefined)}
        >
          The session it opened ends at once, and the device cannot come back with it.
        </RevokeDialog>
      )}
    </Panel>
  );
}

/** Why it was revoked, where that was not by hand. */
const REVOKED = { operator: '', rotated: ', another one took its place', superseded: ', a later one was used' };

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const state = standing(token, now.value);
  return (
    <li class={state === 'valid' || state === 'not yet valid' ? '' : 'row-over'} data-testid={`token-${token.id}`}>
      <div>
        <b>{token.name}</b> <span class="mono faint">{token.id}</span>
        <p class="faint">
          issued <Ago at={token.createdAt} />
          {state !== 'valid' && ` · ${state}${REVOKED[token.revokedCause ?? 'operator']}`}
          {state === 'not yet valid' && (
            <>
              {', but from '}
              <time dateTime={token.notBefore}>{fullTime(token.notBefore)}</time>
            </>
          )}
          {token.unproven === true && state === 'valid' && ' · handed over, not used yet'}
          {token.lastUsedAt !== undefined && (
            <>
              {' · last used '}
              <Ago at={token.lastUsedAt} /> from {token.lastUsedAddress}
            </>
          )}
          {token.expiresAt && state === 'valid' && (
            <>
              {' · expires '}
              <Ago at={token.expiresAt} />
            </>
          )}
        </p>
      </div>
      {(state === 'valid' || state === 'not yet valid') && <RevokeButton name={token.name} onClick={onRevoke} />}
    </li>
  );
}

function IssueToken({ device, onClose, onIssued }: { device: string; onClose: () => void; onIssued: () => void }) {
  const [from, setFrom] = useState('');
  return (
    <IssueDialog<IssuedToken>
      of="token"
      title={`Issue a token for ${device}`}
      name={{ label: 'Name (optional)', hint: 'Where it is used, for example factory', required: false }}
      days={0}
      issue={({ name, ...rest }, key) => {
        const token: NewToken = { ...rest, ...(name !== '' && { name }), ...(from !== '' && { notBefore: fromLocalField(from) }) };
        return hub.createToken(device, token, key);
      }}
      onIssued={onIssued}
      onClose={onClose}
      own={{
        pointer: '/notBefore',
        ready: true,
        content: from,
        from: fromLocalField(from),
        fields: (error) => (
          <Field label="Valid from (optional)" hint="In the time zone of your browser; empty: at once" error={error}>
            {(described) => (
              <input
                {...described}
                class="input"
                type="datetime-local"
                value={from}
                onInput={(e) => setFrom(e.currentTarget.value)}
              />
            )}
          </Field>
        ),
      }}
      secret={({ token }) => ({ title: `A token for ${device}`, label: 'Token', value: token })}
    />
  );
}
