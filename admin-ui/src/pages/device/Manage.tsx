import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../api/http';
import * as hub from '../../api/hub';
import type { Device } from '../../api/types';
import { Act, AskDialog } from '../../components/acts';
import { ErrorNote, Panel, Tags } from '../../components/basics';
import { ConfirmDialog } from '../../components/forms';
import { navigate } from '../../state/router';
import { useTask } from '../../state/task';
import { EditDevice } from './EditDevice';

/** What operators do with the device itself, up to its end. */
export function Manage({ device, changed }: { device: Device; changed: (to: Device) => void }) {
  const [asking, setAsking] = useState<'edit' | 'disable' | 'delete' | undefined>(undefined);
  const task = useTask();
  const close = () => setAsking(undefined);
  // Without If-Match: to turn a device off must not fail because somebody has renamed it meanwhile.
  const turn = async (enabled: boolean) => changed(await hub.changeDevice(device.id, { enabled }));
  return (
    <Panel title="Manage" id="manage">
      {task.error !== undefined && <ErrorNote error={task.error} title="The device is still disabled" />}
      <ul class="acts">
        <Act label="Edit" means="Its name and its tags." onClick={() => setAsking('edit')} />
        {device.enabled ? (
          <Act label="Disable" means="It stays, and cannot connect." onClick={() => setAsking('disable')} />
        ) : (
          <Act label="Enable" means="It is disabled: let it connect again." onClick={() => void task.run(() => turn(true))} />
        )}
        <Act label="Delete" means="With its tokens, commands and history." onClick={() => setAsking('delete')} />
      </ul>
      {asking === 'edit' && <EditDevice id={device.id} onChanged={changed} onClose={close} />}
      {asking === 'disable' && (
        <AskDialog title={`Disable ${device.id}?`} action="Disable" act={() => turn(false)} onClose={close}>
          <p>Its session ends at once, and it cannot connect until it is enabled again. Commands wait for it until their time is up.</p>
        </AskDialog>
      )}
      {asking === 'delete' && <DeleteDevice id={device.id} onClose={close} />}
    </Panel>
  );
}

/** Deletes the version of the device that was read when the dialog was opened. */
function DeleteDevice({ id, onClose }: { id: string; onClose: () => void }) {
  const tag = useRef<string | undefined>(undefined);
  const [meanwhile, setMeanwhile] = useState<Device | undefined>(undefined);
  const read = async () => {
    const now = await hub.readDevice(id);
    tag.current = now.tag;
    return now.value;
  };
  // Should it fail, it is read when it is deleted.
  useEffect(() => void read().catch(() => {}), [id]);
  const confirm = async () => {
    try {
      if (tag.current === undefined) await read();
      await hub.deleteDevice(id, tag.current!);
    } catch (e) {
      if (!(e instanceof ApiError && e.status === 412)) throw e;
      setMeanwhile(await read());
      return;
    }
    navigate('/devices');
  };
  return (
    <ConfirmDialog
      title={`Delete ${id}?`}
      word={id}
      wordLabel="Id of the device"
      action={meanwhile ? 'Delete it all the same' : 'Delete the device'}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        Its session ends at once. Its tokens, certificates, commands, sessions and events go with it; its readings can no longer be
        read. This cannot be undone. The audit log keeps what was done to it.
      </p>
      {meanwhile && (
        <div class="note" role="alert">
          <p class="note-title">Somebody has changed the device meanwhile</p>
          <p>
            It was not deleted. Now its name is <b>{meanwhile.name}</b> and it is {meanwhile.enabled ? 'enabled' : 'disabled'}. Is it still the
            one to delete?
          </p>
          <Tags tags={meanwhile.tags} />
        </div>
      )}
    </ConfirmDialog>
  );
}
