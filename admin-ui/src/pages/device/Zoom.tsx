import type { ComponentChildren } from 'preact';
import { bounds, moved, type ChartWindow } from '../../lib/chartWindow';
import { fullTime } from '../../lib/format';
import { setQuery } from '../../state/router';

/** Moves what the chart shows through time and makes it wider or narrower; dragging over the chart zooms in, too. */
export function Zoom({ window, children }: { window: ChartWindow; children?: ComponentChildren }) {
  const { fixed } = window;
  const { from, to } = bounds(window);
  const iso = (ms: number) => new Date(ms).toISOString();
  const step = (label: string, by: number, wider = 1) => (
    <button type="button" class="button button-quiet" onClick={() => setQuery(moved(window, by, wider))}>
      {label}
    </button>
  );
  return (
    <div class="zoom" role="group" aria-label="Time of the chart">
      {step('Earlier', -0.5)}
      {fixed && step('Later', 0.5)}
      {step('Zoom in', 0, 0.5)}
      {step('Zoom out', 0, 2)}
      {fixed && (
        <>
          <button type="button" class="button button-quiet" onClick={() => setQuery({ from: '', to: '' })}>
            Back to now
          </button>
          <span class="faint" role="status">
            {fullTime(iso(from))} to {fullTime(iso(to))}
          </span>
        </>
      )}
      {children}
    </div>
  );
}
