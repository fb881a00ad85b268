import { useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import { AskDialog, RotationMeans } from '../../components/acts';
import { Button } from '../../components/Button';
import { plural } from '../../lib/format';
import { newJobFor } from '../../state/router';

/** The address of the form for a job holds the ids: more than these would be too long for it. Tags name any number. */
const MOST = 100;

/** What can be done with all devices that are chosen. */
export function Selection({ chosen, clear }: { chosen: readonly string[]; clear: () => void }) {
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState<readonly string[] | undefined>(undefined);
  const rotate = async () => {
    await hub.askRotation({ devices: [...chosen] });
    setAsked(chosen);
  };
  return (
    <section class="selection" aria-label="Chosen devices" data-testid="selection">
      <span role="status">
        {plural(chosen.length, 'device')} chosen
        {chosen.length > MOST && <span class="faint"> – a job for more than {MOST} is made by their tags</span>}
      </span>
      {asked === chosen && <a href="/rotations">Asked for other tokens: see how far they are</a>}
      <div class="head-actions">
        <button type="button" class="button button-quiet" onClick={clear}>
          Choose none
        </button>
        <Button class="button" off={asked === chosen} onClick={() => setAsking(true)}>
          Rotate tokens
        </Button>
        {chosen.length <= MOST && (
          <a class="button button-primary" href={newJobFor(chosen)}>
            New job
          </a>
        )}
      </div>
      {asking && (
        <AskDialog
          title={`Rotate the tokens of ${plural(chosen.length, 'device')}?`}
          action="Ask for other tokens"
          act={rotate}
          onClose={() => setAsking(false)}
        >
          <RotationMeans />
        </AskDialog>
      )}
    </section>
  );
}
