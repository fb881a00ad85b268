import { useEffect, useRef } from 'preact/hooks';
import * as hub from '../../api/hub';
import type { Job, JobDevice, JobDeviceState } from '../../api/types';
import { Ago, Empty, ErrorNote, Panel, Skeleton, StateBadge } from '../../components/basics';
import { ListEnd } from '../../components/ListEnd';
import { LongRows } from '../../components/LongRows';
import { usePages } from '../../state/pages';
import { useReloadSoon } from '../../state/resource';
import { commandPath, devicePath } from '../../state/router';

const PAGE = 50;
/** Fetched anew when the counts have changed: once a second for a page of it, more seldom the longer it is. */
const AFTER_CHANGE_MS_A_ROW = 20;

/** Where each device of a job is, in the order of release, with the way to its command. */
export function JobDevices({ job, state }: { job: Job; state: JobDeviceState | '' }) {
  const list = usePages<JobDevice>(`${job.id} ${state}`, PAGE, (limit, cursor, abort) =>
    hub.listJobDevices(job.id, state, limit, cursor, abort),
  );
  const reloadSoon = useReloadSoon(list);
  const counts = JSON.stringify(job.counts);
  const known = useRef(counts);
  useEffect(() => {
    if (known.current === counts) return;
    known.current = counts;
    reloadSoon(AFTER_CHANGE_MS_A_ROW * list.shown());
  }, [counts]);

  const devices = list.data?.items;
  const all = state !== '' && (
    <a class="button button-quiet" href="?">
      Show all
    </a>
  );
  return (
    <Panel title={state === '' ? 'Devices' : `Devices: ${state}`} id="devices" aside={all}>
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The devices are not up to date" />}
      {!devices && list.error === undefined && <Skeleton label="Loading devices" rows={6} />}
      {devices?.length === 0 && <Empty title={state === '' ? 'It has no devices' : `No device is ${state}`} />}
      {devices && devices.length > 0 && (
        <>
          <DeviceTable name={job.command.name} devices={devices} />
          <ListEnd list={list} of="device" />
        </>
      )}
    </Panel>
  );
}

function DeviceTable({ name, devices }: { name: string; devices: JobDevice[] }) {
  return (
    <table class="table job-devices" aria-rowcount={devices.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">Device</th>
          <th scope="col">State</th>
          <th scope="col">Said</th>
          <th scope="col" class="num">
            Since
          </th>
          <th scope="col">
            <span class="sr-only">Command</span>
          </th>
        </tr>
      </thead>
      <LongRows
        items={devices}
        id={(d) => d.device}
        columns={5}
        row={(d, place) => (
          <tr key={d.device} data-testid={`device-${d.device}`} aria-rowindex={place}>
            <th scope="row" class="job-device">
              <a class="mono" href={devicePath(d.device)}>
                {d.device}
              </a>
            </th>
            <td class="job-device-state">
              <StateBadge state={d.state} />
            </td>
            <td class="job-device-said faint">{d.message}</td>
            <td class="job-device-at num faint">
              <Ago at={d.changedAt} />
            </td>
            <td class="job-device-command">
              {d.command && (
                <a href={commandPath(d.device, d.command)} aria-label={`The command ${name} of ${d.device}`}>
                  command
                </a>
              )}
            </td>
          </tr>
        )}
      />
    </table>
  );
}
