import type { Device } from '../../api/types';
import { Ago, PresenceBadge, Tags } from '../../components/basics';
import { devicePath } from '../../state/router';

interface DeviceTableProps {
  devices: Device[];
  onTag: (tag: string) => void;
  /** The ids of the devices that are chosen to do something with them all. */
  chosen: readonly string[];
  /** Absent where nothing can be done with them. */
  choose: ((ids: readonly string[]) => void) | undefined;
}

export function DeviceTable({ devices, onTag, chosen, choose }: DeviceTableProps) {
  const ids = devices.map((d) => d.id);
  const all = ids.every((id) => chosen.includes(id));
  const toggle = (id: string) => choose?.(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
  return (
    <table class="table cards" data-testid="devices">
      <thead>
        <tr>
          <th scope="col">
            {choose ? (
              <label class="pick">
                <input
                  type="checkbox"
                  aria-label="Choose all that are shown"
                  checked={all}
                  onChange={() => choose(all ? [] : ids)}
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
          <tr key={d.id} data-testid={`device-${d.id}`}>
            <th scope="row" class="device-name">
              <div class="pick">
                {choose && (
                  <input type="checkbox" aria-label={`Choose ${d.id}`} checked={chosen.includes(d.id)} onChange={() => toggle(d.id)} />
                )}
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
              <Tags tags={d.tags} onPick={onTag} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
