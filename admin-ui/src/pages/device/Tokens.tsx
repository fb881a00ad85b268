import { useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { IssuedToken, NewToken, Token } from '../../api/types';
import { Ago, Panel } from '../../components/basics';
import { IssueDialog, Listing, RevokeButton, RevokeDialog } from '../../components/credentials';
import { standing } from '../../lib/expiry';
import { now } from '../../state/live';
import { useResource } from '../../state/resource';
import { mayAct } from '../../state/session';

export function Tokens({ device }: { device: string }) {
  const tokens = useResource(device, (abort) => hub.listTokens(device, abort));
  const [issuing, setIssuing] = useState(false);
  const [revoking, setRevoking] = useState<Token | undefined>(undefined);
  const issue = mayAct.value && (
    <button type="button" class="button button-quiet" onClick={() => setIssuing(true)}>
      Issue a token
    </button>
  );
  return (
    <Panel title="Tokens" id="tokens" aside={issue}>
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

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const state = standing(token, now.value);
  return (
    <li class={state === 'valid' || state === 'not yet valid' ? '' : 'row-over'} data-testid={`token-${token.id}`}>
      <div>
        <b>{token.name}</b> <span class="mono faint">{token.id}</span>
        <p class="faint">
          issued <Ago at={token.createdAt} />
          {state !== 'valid' && ` · ${state}`}
          {token.expiresAt && state === 'valid' && (
            <>
              {' · expires '}
              <Ago at={token.expiresAt} />
            </>
          )}
        </p>
      </div>
      {mayAct.value && (state === 'valid' || state === 'not yet valid') && <RevokeButton name={token.name} onClick={onRevoke} />}
    </li>
  );
}

function IssueToken({ device, onClose, onIssued }: { device: string; onClose: () => void; onIssued: () => void }) {
  return (
    <IssueDialog<IssuedToken>
      of="token"
      title={`Issue a token for ${device}`}
      name={{ label: 'Name (optional)', hint: 'Where it is used, for example factory', required: false }}
      days={0}
      issue={({ name, ...rest }) => {
        const token: NewToken = name === '' ? rest : { ...rest, name };
        return hub.createToken(device, token);
      }}
      onIssued={onIssued}
      onClose={onClose}
      secret={({ token }) => ({ title: `A token for ${device}`, label: 'Token', value: token })}
    />
  );
}
