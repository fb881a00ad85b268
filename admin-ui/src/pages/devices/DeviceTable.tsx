import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Device } from '../../api/types';
import { Ago, Disabled, PresenceBadge, Tags } from '../../components/basics';
import { direction, sortedBy, type Sort } from '../../lib/deviceSort';
import { devicePath, query } from '../../state/router';
import { addTag } from './Filters';

/** How many rows are made anew together. */
const TOGETHER = 50;

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
    <table class="table cards device-table" data-testid="devices">
      <thead>
        <tr>
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
      {Array.from({ length: Math.ceil(devices.length / TOGETHER) }, (_, i) => (
        <Rows key={i} devices={devices.slice(i * TOGETHER, (i + 1) * TOGETHER)} picked={picked} choose={choose} />
      ))}
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

interface RowsProps {
  devices: Device[];
  picked: ReadonlySet<string>;
  choose: Choose | undefined;
}

/** Some rows, made anew only when something of them has changed: there may be thousands, and an event is about one of them. */
function Rows({ devices, picked, choose }: RowsProps) {
  const latest = useRef(devices);
  if (devices.length !== latest.current.length || devices.some((d, i) => d !== latest.current[i])) latest.current = devices;
  const chosen = devices.filter((d) => picked.has(d.id)).map((d) => d.id);
  return useMemo(
    () => (
      <tbody>
        {devices.map((d) => (
          <Row key={d.id} device={d} chosen={chosen.includes(d.id)} choose={choose} />
        ))}
      </tbody>
    ),
    [latest.current, chosen.join(), choose],
  );
}

interface RowProps {
  device: Device;
  chosen: boolean;
  choose: Choose | undefined;
}

function Row({ device: d, chosen, choose }: RowProps) {
  const toggle = () => choose?.((ids) => (ids.includes(d.id) ? ids.filter((id) => id !== d.id) : [...ids, d.id]));
  return (
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
}
