import { useState } from 'preact/hooks';
import type { Setting } from '../api/access';
import * as hub from '../api/hub';
import { Empty, MetricName, Panel } from '../components/basics';
import { Listing } from '../components/credentials';
import { useEvery, useStream } from '../state/live';
import { useResource } from '../state/resource';
import { query, setQuery } from '../state/router';
import { NodeTable } from './Nodes';

const REFRESH_MS = 5_000;

/** The hubs that share the database, and what the one that answers is set to: settings are read when a hub starts. */
export function Settings() {
  const nodes = useResource('nodes', hub.listNodes);
  const settings = useResource('settings', hub.listSettings);
  useStream({
    opened() {
      nodes.reload();
      settings.reload(); // A hub that has come back may have others.
    },
    events: () => {},
  });
  useEvery(REFRESH_MS, nodes.reload);
  return (
    <div class="stack">
      <h1>Settings</h1>
      <Panel title="Nodes" id="nodes">
        <Listing of="nodes" resource={nodes} rows={1} empty={{ title: 'No nodes', content: undefined }}>
          {(items) => <NodeTable nodes={items} changed={nodes.reload} />}
        </Listing>
      </Panel>
      <Listing of="settings" resource={settings} rows={10} empty={{ title: 'No settings', content: undefined }}>
        {(items) => <SettingsOf all={items} />}
      </Listing>
    </div>
  );
}

/** Whether somebody has set it: the others are as the hub comes. */
const isSet = (s: Setting) => s.from !== 'default' && s.from !== 'not set';

function SettingsOf({ all }: { all: Setting[] }) {
  const [typed, setTyped] = useState(query.peek().get('q') ?? '');
  const q = (query.value.get('q') ?? '').toLowerCase();
  const onlySet = query.value.get('set') === '1';
  const found = all.filter((s) => (!onlySet || isSet(s)) && `${s.key} ${s.does}`.toLowerCase().includes(q));
  const search = (text: string) => {
    setTyped(text);
    setQuery({ q: text.trim() });
  };
  return (
    <>
      <div class="filters" role="search">
        <label class="filter-q">
          <span class="sr-only">Search the settings</span>
          <input
            class="input"
            type="search"
            placeholder="Search the settings"
            value={typed}
            onInput={(e) => search(e.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={onlySet} onChange={(e) => setQuery({ set: e.currentTarget.checked ? '1' : '' })} />
          <span>Only those that are set ({all.filter(isSet).length})</span>
        </label>
      </div>
      {found.length === 0 ? (
        <Empty title="No setting fits">
          <button
            type="button"
            class="button"
            onClick={() => {
              search('');
              setQuery({ set: '' });
            }}
          >
            Show all settings
          </button>
        </Empty>
      ) : (
        <SettingTable settings={found} />
      )}
    </>
  );
}

function SettingTable({ settings }: { settings: Setting[] }) {
  return (
    <table class="table cards setting-table" data-testid="settings">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((s) => (
          <tr key={s.key} data-testid={`setting-${s.key}`}>
            <th scope="row" class="mono">
              <MetricName name={s.key} />
            </th>
            <td data-label="Value" class={s.value === undefined ? 'faint' : 'mono'}>
              <span>
                {s.value ?? 'not set'}
                {isSet(s) && s.standard !== undefined && <span class="device-title">default {s.standard}</span>}
              </span>
            </td>
            <td data-label="From" class={isSet(s) ? '' : 'faint'}>
              {s.from === 'not set' ? '–' : s.from}
            </td>
            <td class="setting-does faint">
              {s.does} <span class="setting-type">{s.type}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
