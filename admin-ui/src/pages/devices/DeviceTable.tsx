import { useMemo } from 'preact/hooks';
import type { Device } from '../../api/types';
import { Ago, PresenceBadge, Tags } from '../../components/basics';
import { devicePath } from '../../state/router';
import { addTag } from './Filters';

type Choose = (change: (ids: readonly string[]) => readonly string[]) => void;

interface DeviceTableProps {
  devices: Device[];
  /** The ids of the devices that are chosen to do something with them all. */
  chosen: readonly string[];
  /** Absent where nothing can be done with them. */
  choose: Choose | undefined;
}

export function DeviceTable({ devices, chosen, choose }: DeviceTableProps) {
  const ids = devices.map((d) => d.id);
  const picked = new Set(chosen);
  const all = ids.every((id) => picked.has(id));
  return (
    <table class="table cards device-table" data-testid="devices">
      <thead>
        <tr>
          <th scope="col">
            {choose ? (
              <label class="pick">
                <input
                  type="checkbox"
                  aria-label="Choose all that are shown"
                  checked={all}
                  onChange={() => choose(() => (all ? [] : ids))}
                />
                Device
              </label>
            ) : (
              'Device'
            )}
          </th>
          <th scope="col">State</th>
          <th scope="col">Last seen</th>
          <th scope="col">Client</th>
          <th scope="col">Tags</th>
        </tr>
      </thead>
      <tbody>
        {devices.map((d) => (
          <Row key={d.id} device={d} chosen={picked.has(d.id)} choose={choose} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  device: Device;
  chosen: boolean;
  choose: Choose | undefined;
}

/** Made anew only when something of it has changed: there may be thousands, and an event is about one of them. */
function Row({ device: d, chosen, choose }: RowProps) {
  const toggle = () => choose?.((ids) => (ids.includes(d.id) ? ids.filter((id) => id !== d.id) : [...ids, d.id]));
  return useMemo(
    () => (
      <tr data-testid={`device-${d.id}`}>
        <th scope="row" class="device-name">
          <div class="pick">
            {choose && <input type="checkbox" aria-label={`Choose ${d.id}`} checked={chosen} onChange={toggle} />}
            <div>
              <a class="mono" href={devicePath(d.id)}>
                {d.id}
              </a>
              {d.name !== d.id && <span class="device-title">{d.name}</span>}
            </div>
          </div>
        </th>
        <td class="device-state">
          <PresenceBadge state={d.presence.state} />
          {!d.enabled && <span class="faint"> disabled</span>}
        </td>
        <td data-label="Last seen">
          <Ago at={d.presence.lastSeenAt} />
        </td>
        <td data-label="Client" class="faint">
          {d.presence.agent ?? '–'}
        </td>
        <td class="device-tags">
          <Tags tags={d.tags} onPick={addTag} />
        </td>
      </tr>
    ),
    [d, chosen, choose],
  );
}
