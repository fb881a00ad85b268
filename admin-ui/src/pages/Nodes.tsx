import { useState } from 'preact/hooks';
import type { Node } from '../api/access';
import * as hub from '../api/hub';
import { Ago } from '../components/basics';
import { ConfirmDialog } from '../components/forms';
import { AskDialog } from '../components/acts';
import { count } from '../lib/format';
import { isAdmin } from '../state/session';

const STATES = { up: 'up', draining: 'draining', lost: 'lost' } as const;

/** The hubs that share the database. A hub that has it for itself has nobody to send its devices to. */
export function NodeTable({ nodes, changed }: { nodes: Node[]; changed: () => void }) {
  const [asked, setAsked] = useState<Node>();
  const shared = nodes.some((n) => n.renewedAt !== undefined);
  const close = () => setAsked(undefined);
  const done = () => {
    close();
    changed();
  };
  return (
    <>
      <table class="table cards" data-testid="node-table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col" class="num">
              Sessions
            </th>
            <th scope="col" class="num">
              Readings/s
            </th>
            <th scope="col">Version</th>
            <th scope="col">Started</th>
            {shared && <th scope="col">Lease renewed</th>}
            {shared && isAdmin.value && (
              <th scope="col">
                <span class="sr-only">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {nodes.map((n) => (
            <tr key={n.name} data-testid={`node-${n.name}`}>
              <th scope="row" class="node-name">
                {n.name}
              </th>
              <td data-label="State">
                <span class="badge" data-state={n.state}>
                  {STATES[n.state]}
                </span>
                {n.problem !== undefined && n.state !== 'lost' && <span class="device-title">{n.problem}</span>}
              </td>
              <td data-label="Sessions" class="num">
                {count(n.sessions)}
              </td>
              <td data-label="Readings/s" class="num">
                {count(Math.round(n.readingsPerSecond ?? 0))}
              </td>
              <td data-label="Version">{n.version}</td>
              <td data-label="Started">
                <Ago at={n.startedAt} />
              </td>
              {shared && (
                <td data-label="Lease renewed">
                  <Ago at={n.renewedAt} />
                </td>
              )}
              {shared && isAdmin.value && (
                <td class="row-action">
                  {n.state !== 'lost' && (
                    <button type="button" class="button" onClick={() => setAsked(n)}>
                      {n.state === 'up' ? 'Drain' : 'Resume'} <span class="sr-only">{n.name}</span>
                    </button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {asked?.state === 'up' && (
        <DrainDialog node={asked} alone={nodes.filter((n) => n.state === 'up').length === 1} done={done} close={close} />
      )}
      {asked?.state === 'draining' && (
        <AskDialog
          title={`Let ${asked.name} take devices again?`}
          action="Resume"
          act={async () => {
            await hub.resumeNode(asked.name);
            changed();
          }}
          onClose={close}
        >
          <p>Devices that connect from now on may come to it. Those that went to other nodes stay there.</p>
        </AskDialog>
      )}
    </>
  );
}

interface DrainProps {
  node: Node;
  /** No other node takes devices. */
  alone: boolean;
  done: () => void;
  close: () => void;
}

function DrainDialog({ node, alone, done, close }: DrainProps) {
  const drain = async () => {
    await hub.drainNode(node.name);
    done();
  };
  return (
    <ConfirmDialog
      title={`Drain ${node.name}?`}
      word={node.name}
      wordLabel="Name of the node"
      action="Send its devices away"
      onConfirm={drain}
      onClose={close}
    >
      <p>
        Its {count(node.sessions)} devices are told to connect again, each at its own moment, and it takes no more until it is resumed or
        started anew. Stop it once it has no sessions.
      </p>
      {alone && <p class="note">No other node takes devices now, so this is refused: start or resume another first.</p>}
    </ConfirmDialog>
  );
}
