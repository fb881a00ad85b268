import type { Presence } from '../../api/types';
import { Ago, Empty, Panel, PRESENCE_NAMES } from '../../components/basics';
import { Fact } from '../../components/Fact';
import { clockTime, count, fullTime, millis, offset, span } from '../../lib/format';
import { now, staleSince } from '../../state/live';

export function PresencePanel({ presence: p, createdAt }: { presence: Presence; createdAt: string }) {
  const stale = staleSince.value;
  const live = p.state === 'online' || p.state === 'suspect';
  if (p.state === 'never-seen') {
    return (
      <Panel title="Presence" id="presence-facts">
        <Empty title="It has never connected">
          <p>
            Registered <Ago at={createdAt} />. It connects with one of its tokens.
          </p>
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel title="Presence" id="presence-facts">
      <dl class="facts">
        <Fact name={`${PRESENCE_NAMES[p.state]} for`}>
          {p.since ? <span title={fullTime(p.since)}>{span((stale ?? now.value) - Date.parse(p.since))}</span> : '–'}
          {stale !== undefined && <span class="faint"> as of {clockTime(stale)}</span>}
        </Fact>
        <Fact name="Last seen">
          <Ago at={p.lastSeenAt} />
        </Fact>
        <Fact name="Address">{p.address ? <span class="mono">{p.address}</span> : '–'}</Fact>
        <Fact name="Client">{p.agent ?? '–'}</Fact>
        {live && <Fact name="Round trip">{p.roundTripMs === undefined ? '–' : millis(p.roundTripMs)}</Fact>}
        {live && (
          <Fact name="Clock" title="The device's clock against the hub's">
            {p.clockOffsetMs === undefined ? '–' : offset(p.clockOffsetMs)}
          </Fact>
        )}
        <Fact name="Session">{p.epoch === undefined ? '–' : `no. ${p.epoch}`}</Fact>
        <Fact name="Last close">
          {p.closeCode === undefined && p.closeReason === undefined
            ? '–'
            : [p.closeCode, p.closeReason].filter((x) => x !== undefined && x !== '').join(' ')}
        </Fact>
        {p.droppedReadings !== undefined && p.droppedReadings > 0 && (
          <Fact name="Dropped readings" title="For want of room or on a bad disk, as the device said when it last connected">
            {count(p.droppedReadings)}
          </Fact>
        )}
        <Fact name="Registered">
          <Ago at={createdAt} />
        </Fact>
      </dl>
    </Panel>
  );
}
