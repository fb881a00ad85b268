import { useState } from 'preact/hooks';
import type { Certificate } from '../../api/credentials';
import * as hub from '../../api/hub';
import { Ago, Panel } from '../../components/basics';
import { Button } from '../../components/Button';
import { Listing } from '../../components/credentials';
import { ConfirmDialog, Dialog, Field, FormError, fieldError } from '../../components/forms';
import { useFresh } from '../../state/fresh';
import { useResource } from '../../state/resource';
import { useTask } from '../../state/task';

/** The certificates by which a device may come in, beside its tokens. */
export function Certificates({ device }: { device: string }) {
  const certificates = useResource(device, (abort) => hub.listCertificates(device, abort));
  useFresh(certificates, 10_000);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Certificate | undefined>(undefined);
  const add = (
    <button type="button" class="button button-quiet" onClick={() => setAdding(true)}>
      Bind a certificate
    </button>
  );
  return (
    <Panel title="Certificates" id="certificates" aside={add}>
      <Listing
        of="certificates"
        resource={certificates}
        rows={1}
        empty={{ title: 'No certificates', content: <p>It comes in with its tokens alone.</p> }}
      >
        {(items) => (
          <ul class="tokens">
            {items.map((c) => (
              <li key={c.fingerprint}>
                <div>
                  <b>{c.name}</b>{' '}
                  <span class="mono faint" title={c.fingerprint}>
                    {c.fingerprint.slice(0, 16)}…
                  </span>
                  <p class="faint">
                    bound <Ago at={c.createdAt} />
                  </p>
                </div>
                <button type="button" class="button button-quiet" aria-label={`Remove ${c.name}`} onClick={() => setRemoving(c)}>
                  Remove
                </button>
              </li>
            ))}
          </ul>
        )}
      </Listing>
      {adding && <AddCertificate device={device} onClose={() => setAdding(false)} onAdded={certificates.reload} />}
      {removing && (
        <ConfirmDialog
          title={`Remove ${removing.name}?`}
          word={device}
          wordLabel="Id of the device"
          action="Remove the certificate"
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await hub.removeCertificate(device, removing.fingerprint);
            setRemoving(undefined);
            certificates.reload();
          }}
        >
          <p>The session it opened ends at once, and the device cannot come back with it until it is bound again.</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}

function AddCertificate({ device, onClose, onAdded }: { device: string; onClose: () => void; onAdded: () => void }) {
  const [fingerprint, setFingerprint] = useState('');
  const [name, setName] = useState('');
  const task = useTask();
  const submit = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      await hub.addCertificate(device, { fingerprint: fingerprint.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }) });
      onAdded();
      onClose();
    });
  };
  return (
    <Dialog title={`Bind a certificate to ${device}`} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <Field
          label="Fingerprint"
          hint="SHA-256 of the certificate, as openssl x509 -noout -fingerprint -sha256 shows it"
          error={fieldError(task.error, '/fingerprint')}
        >
          {(described) => (
            <input
              {...described}
              class="input mono"
              autoFocus
              autoComplete="off"
              spellcheck={false}
              required
              maxLength={128}
              value={fingerprint}
              onInput={(e) => setFingerprint(e.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Name (optional)" hint="Where it is used, for example factory" error={fieldError(task.error, '/name')}>
          {(described) => (
            <input {...described} class="input" maxLength={128} value={name} onInput={(e) => setName(e.currentTarget.value)} />
          )}
        </Field>
        <FormError error={task.error} fields={['/fingerprint', '/name']} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <Button type="submit" class="button button-primary" off={task.busy}>
            {task.busy ? 'Binding…' : 'Bind it'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
