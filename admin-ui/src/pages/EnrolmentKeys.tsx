import { useState } from 'preact/hooks';
import * as hub from '../api/hub';
import type { EnrolmentKey, IssuedEnrolmentKey } from '../api/credentials';
import { Ago, Tags } from '../components/basics';
import { IssueDialog } from '../components/credentials';
import { Field } from '../components/forms';
import { KeyPage } from '../components/KeyPage';
import { parseTags } from '../lib/tags';

/** Keys with which new devices register themselves. */
export function EnrolmentKeys() {
  return (
    <KeyPage<EnrolmentKey>
      title="Enrolment keys"
      testId="enrolment-keys"
      one="enrolment key"
      many="enrolment keys"
      prefix="mre"
      list={hub.listEnrolmentKeys}
      revoke={hub.revokeEnrolmentKey}
      purpose="With an enrolment key new devices register themselves, each once, and get tokens of their own."
      loss="No device can enrol with it from now on; those that have stay."
      columns={[
        { name: 'Devices', cell: (k) => `${k.uses} of ${k.maxUses}` },
        {
          name: 'Ids',
          cell: (k) => (k.idPrefix === '' ? <span class="faint">any</span> : <span class="mono">{k.idPrefix}…</span>),
        },
        {
          name: 'Tags',
          cell: (k) => (Object.keys(k.tags).length === 0 ? <span class="faint">–</span> : <Tags tags={k.tags} />),
        },
        { name: 'Last used', cell: (k) => <Ago at={k.lastUsedAt} /> },
      ]}
      usedUp={(k) => k.uses >= k.maxUses}
      create={(onClose, onCreated) => <CreateKey onClose={onClose} onCreated={onCreated} />}
    />
  );
}

function CreateKey({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [uses, setUses] = useState('1');
  const [prefix, setPrefix] = useState('');
  const [typed, setTyped] = useState('');
  const parsed = parseTags(typed);
  const tags = 'tags' in parsed ? parsed.tags : undefined;
  return (
    <IssueDialog<IssuedEnrolmentKey>
      of="key"
      title="New enrolment key"
      name={{ label: 'Name', hint: 'What it is for, for example line 4', required: true }}
      days={30}
      issue={(wanted, key) =>
        hub.createEnrolmentKey(
          { ...wanted, maxUses: Number(uses), tags: tags ?? {}, ...(prefix === '' ? {} : { idPrefix: prefix }) },
          key,
        )
      }
      onIssued={onCreated}
      onClose={onClose}
      secret={({ name, key }) => ({ title: `The enrolment key ${name}`, label: 'Enrolment key', value: key })}
      own={{
        pointer: '/maxUses',
        ready: tags !== undefined,
        content: [uses, prefix, tags],
        fields: (error) => (
          <>
            <Field label="Devices" hint="How many may enrol with it" error={error}>
              {(described) => (
                <input
                  {...described}
                  class="input"
                  type="number"
                  min={1}
                  max={1_000_000}
                  required
                  value={uses}
                  onInput={(e) => setUses(e.currentTarget.value)}
                />
              )}
            </Field>
            <Field label="Ids begin with (optional)">
              {(described) => (
                <input
                  {...described}
                  class="input mono"
                  maxLength={64}
                  pattern="[A-Za-z0-9][A-Za-z0-9._:\-]*"
                  title="Letters, digits and . _ : -"
                  value={prefix}
                  onInput={(e) => setPrefix(e.currentTarget.value)}
                />
              )}
            </Field>
            <Field
              label="Tags (optional)"
              hint="That its devices get, as site=north, hall=7"
              error={'error' in parsed ? parsed.error : undefined}
            >
              {(described) => <input {...described} class="input" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />}
            </Field>
          </>
        ),
      }}
    />
  );
}
