import { Panel } from '../../components/basics';
import { Field } from '../../components/forms';
import type { JobDraft } from '../../lib/jobDraft';
import type { PartProps } from './NewJobPage';
import { Choice } from './TargetFields';

/** How fast: at once or in waves, and within which bounds. */
export function RolloutFields({ draft, change, errorOf }: PartProps) {
  const waves = draft.waves !== 'none';
  return (
    <Panel title="Pace" id="job-rollout">
      <div class="form">
        <fieldset class="choices">
          <legend class="sr-only">Waves</legend>
          <Choice name="waves" checked={!waves} choose={() => change({ waves: 'none' })} label="All at once" />
          <Choice
            name="waves"
            checked={draft.waves === 'size'}
            choose={() => change({ waves: 'size' })}
            label="In waves of so many devices"
          />
          <Choice
            name="waves"
            checked={draft.waves === 'percent'}
            choose={() => change({ waves: 'percent' })}
            label="In waves of a share of them"
          />
        </fieldset>
        {waves && <WaveFields draft={draft} change={change} errorOf={errorOf} />}
        <div class="field-row">
          <Num
            label="At most so many a second (optional)"
            pointer="/rollout/perSecond"
            of="perSecond"
            {...{ draft, change, errorOf }}
          />
          <Num
            label="At most so many under way (optional)"
            pointer="/rollout/maxInFlight"
            of="maxInFlight"
            {...{ draft, change, errorOf }}
          />
        </div>
      </div>
    </Panel>
  );
}

function WaveFields({ draft, change, errorOf }: PartProps) {
  const interval = draft.next === 'interval';
  return (
    <div class="field-row">
      {draft.waves === 'size' ? (
        <Num label="Devices in a wave" pointer="/rollout/waveSize" of="waveSize" {...{ draft, change, errorOf }} />
      ) : (
        <Num label="Percent in a wave" pointer="/rollout/wavePercent" of="wavePercent" {...{ draft, change, errorOf }} />
      )}
      <Field label="The next wave begins" error={errorOf('/rollout/waveInterval')}>
        {(described) => (
          <div class="beside">
            <select
              {...described}
              class="input"
              value={draft.next}
              onChange={(e) => change({ next: e.currentTarget.value as JobDraft['next'] })}
            >
              <option value="ended">once all of the one before have ended</option>
              <option value="interval">every</option>
            </select>
            {interval && (
              <>
                <input
                  class="input beside-n"
                  inputMode="numeric"
                  aria-label="How many"
                  value={draft.every}
                  onInput={(e) => change({ every: e.currentTarget.value })}
                />
                <select
                  class="input"
                  aria-label="Unit"
                  value={draft.unit}
                  onChange={(e) => change({ unit: e.currentTarget.value as JobDraft['unit'] })}
                >
                  <option value="S">seconds</option>
                  <option value="M">minutes</option>
                  <option value="H">hours</option>
                </select>
              </>
            )}
          </div>
        )}
      </Field>
    </div>
  );
}

/** When it stops by itself. */
export function AbortFields({ draft, change, errorOf }: PartProps) {
  return (
    <Panel title="Safety" id="job-abort">
      <div class="form">
        <label class="check">
          <input type="checkbox" checked={draft.abort} onChange={(e) => change({ abort: e.currentTarget.checked })} />
          <span>Stop when too many devices end unsuccessfully</span>
        </label>
        {draft.abort && (
          <div class="field-row">
            <Num
              label="Percent of those that ended"
              pointer="/abort/failurePercent"
              of="failurePercent"
              {...{ draft, change, errorOf }}
            />
            <Num
              label="Not before so many have ended"
              pointer="/abort/minimumEnded"
              of="minimumEnded"
              {...{ draft, change, errorOf }}
            />
          </div>
        )}
      </div>
    </Panel>
  );
}

type NumField = 'waveSize' | 'wavePercent' | 'perSecond' | 'maxInFlight' | 'failurePercent' | 'minimumEnded';

function Num({ label, pointer, of, draft, change, errorOf }: PartProps & { label: string; pointer: string; of: NumField }) {
  return (
    <Field label={label} error={errorOf(pointer)}>
      {(described) => (
        <input
          {...described}
          class="input"
          inputMode="numeric"
          autoComplete="off"
          value={draft[of]}
          onInput={(e) => change({ [of]: e.currentTarget.value })}
        />
      )}
    </Field>
  );
}
