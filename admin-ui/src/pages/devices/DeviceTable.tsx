import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Device } from '../../api/types';
import { Ago, Disabled, PresenceBadge, Tags } from '../../components/basics';
import { LongRows } from '../../components/LongRows';
import { direction, sortedBy, type Sort } from '../../lib/deviceSort';
import { devicePath, query } from '../../state/router';
import { addTag } from './Filters';

type Choose = (change: (ids: readonly string[]) => readonly string[]) => void;

interface DeviceTableProps {
  devices: Device[];
  sort: Sort;
  /** The ids of the devices that are chosen to do something with them all. */
  chosen: readonly string[];
  /** Absent where nothing can be done with them. */
  choose: Choose | undefined;
}

export function DeviceTable({ devices, sort, chosen, choose }: DeviceTableProps) {
  const ids = devices.map((d) => d.id);
  const picked = new Set(chosen);
  const all = ids.every((id) => picked.has(id));
  return (
    <table class="table cards device-table" data-testid="devices" aria-rowcount={devices.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <SortHead column="id" first="id" sort={sort} label="Device">
            {choose && (
              <input
                type="checkbox"
                aria-label="Choose all that are shown"
                checked={all}
                onChange={() => choose(() => (all ? [] : ids))}
              />
            )}
          </SortHead>
          <SortHead column="state" first="state" sort={sort} label="State" />
          <SortHead column="last-seen" first="-last-seen" sort={sort} label="Last seen" />
          <th scope="col">Client</th>
          <th scope="col">Tags</th>
        </tr>
      </thead>
      <LongRows
        items={devices}
        id={(d) => d.id}
        columns={5}
        row={(d, place) => <Row key={d.id} device={d} place={place} chosen={picked.has(d.id)} choose={choose} />}
      />
    </table>
  );
}

interface SortHeadProps {
  column: string;
  /** The order that the first click asks for. */
  first: Sort;
  sort: Sort;
  label: string;
  /** What stands before the label. */
  children?: ComponentChildren;
}

/** The head of a column that the list can be sorted by; a link, so that each order has an address. */
function SortHead({ column, first, sort, label, children }: SortHeadProps) {
  const sorted = direction(column, sort);
  return (
    <th scope="col" aria-sort={sorted ?? 'none'}>
      <div class="pick">
        {children}
        <a class="sort" href={sortedBy(column, first, query.value)}>
          {label}
          <span class="sort-mark" aria-hidden="true">
            {sorted === 'ascending' ? '↑' : sorted === 'descending' ? '↓' : ''}
          </span>
        </a>
      </div>
    </th>
  );
}

interface RowProps {
  device: Device;
  place: number;
  chosen: boolean;
  choose: Choose | undefined;
}

/** Made anew only when something of it has changed: an event is about one of many. */
function Row({ device: d, place, chosen, choose }: RowProps) {
  return useMemo(() => {
    const toggle = () => choose?.((ids) => (ids.includes(d.id) ? ids.filter((id) => id !== d.id) : [...ids, d.id]));
    return (
      <tr data-testid={`device-${d.id}`} aria-rowindex={place}>
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
          {!d.enabled && <Disabled />}
        </td>
        <td data-label="Last seen" class={d.presence.lastSeenAt === undefined ? 'cell-none' : ''}>
          <Ago at={d.presence.lastSeenAt} />
        </td>
        <td data-label="Client" class={d.presence.agent === undefined ? 'faint cell-none' : 'faint'}>
          {d.presence.agent ?? '–'}
        </td>
        <td class="device-tags">
          <Tags tags={d.tags} onPick={addTag} />
        </td>
      </tr>
    );
  }, [d, place, chosen, choose]);
}
