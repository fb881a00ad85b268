import * as hub from '../../api/hub';
import type { RotationPage, RotationState } from '../../api/credentials';
import { Ago, ErrorNote } from '../../components/basics';
import { Button } from '../../components/Button';
import { useEvery } from '../../state/live';
import { useResource, type Resource } from '../../state/resource';
import { useTask } from '../../state/task';

const REFRESH_MS = 3_000;

/** What the device is still to do, by how far it is. */
const MEANS: Record<RotationState, string> = {
  asked: 'it gets another token when it connects',
  unable: 'its software takes no tokens: issue one and bring it there by hand',
  'handed-over': 'it was sent another token, and has not said that it is stored',
  stored: 'it has stored the other token, and is not back with it yet',
  done: 'it is back with the other token',
};

/** The rotation of the device's token that is under way. It makes no event, so it is asked for again as long as there is one. */
export function useRotation(device: string): Resource<RotationPage> {
  const rotation = useResource<RotationPage>(device, (abort) => hub.getRotation(device, abort));
  useEvery(REFRESH_MS, () => {
    if (!rotation.loading && rotation.data?.items.length !== 0) rotation.reload();
  });
  return rotation;
}

/** How far it is, and the way to call it off. */
export function RotationNote({ device, rotation }: { device: string; rotation: Resource<RotationPage> }) {
  const task = useTask();
  const under = rotation.data?.items[0];
  const cancel = () =>
    void task.run(async () => {
      await hub.cancelRotation(device);
      rotation.reload();
    });
  return (
    <>
      {rotation.error !== undefined && (
        <ErrorNote error={rotation.error} retry={rotation.reload} title="Whether a rotation is under way could not be found out" />
      )}
      {task.error !== undefined && <ErrorNote error={task.error} title="The rotation goes on" />}
      {under && (
        <div class="note rotation-note" data-testid="rotation">
          <p class="note-title">A rotation is under way</p>
          <p role="status">
            Requested <Ago at={under.askedAt} />: {MEANS[under.state]}.
          </p>
          <Button
            class="button"
            off={task.busy}
            title="A token that the device was sent stays valid, as it may hold no other"
            onClick={cancel}
          >
            Cancel the rotation
          </Button>
        </div>
      )}
    </>
  );
}
