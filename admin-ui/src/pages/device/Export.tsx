import { useRef, useState } from 'preact/hooks';
import { call } from '../../api/http';
import * as hub from '../../api/hub';
import { Dialog, FormError } from '../../components/forms';
import { bounds, type ChartWindow } from '../../lib/chartWindow';
import { fullTime, span } from '../../lib/format';
import { useTask } from '../../state/task';

const FORMATS = [
  { format: 'csv', label: 'CSV', means: 'for spreadsheets: a column for the time and one for each metric' },
  { format: 'ndjson', label: 'NDJSON', means: 'for programs: a JSON object on each line' },
] as const;

interface ExportProps {
  device: string;
  metric: string;
  window: ChartWindow;
}

/** Takes the readings of the time that the chart shows along as a file. */
export function Export(props: ExportProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button button-quiet zoom-end" onClick={() => setOpen(true)}>
        Export…
      </button>
      {open && <ExportDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ExportDialog({ device, metric, window: shown, onClose }: ExportProps & { onClose: () => void }) {
  // As the chart was when it was asked for: it may go on moving behind the dialog.
  const [range] = useState(() => {
    const { from, to } = bounds(shown);
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  });
  const [all, setAll] = useState(false);
  const [format, setFormat] = useState<(typeof FORMATS)[number]['format']>('csv');
  const link = useRef<HTMLAnchorElement>(null);
  const allowed = useRef(false);
  const task = useTask();
  const [begun, setBegun] = useState(false);
  const query = { metric: all ? [] : [metric], format };

  // A link streams into a file whatever its size, but cannot say why it was refused: the first millisecond is asked for before.
  const download = (e: Event) => {
    if (allowed.current) return;
    e.preventDefault();
    void task.run(async () => {
      setBegun(false);
      const moment = { from: range.from, to: new Date(Date.parse(range.from) + 1).toISOString() };
      await call<string>(hub.exportUrl(device, { ...query, ...moment }), { text: true });
      allowed.current = true;
      link.current?.click();
      allowed.current = false;
      setBegun(true);
    });
  };
  return (
    <Dialog title="Export readings" onClose={onClose}>
      <div class="form">
        <p data-testid="export-contents">
          All readings of {all ? `all metrics of ${device}` : <b class="mono">{metric}</b>} in the {span(Date.parse(range.to) - Date.parse(range.from))} that the
          chart shows, from {fullTime(range.from)} to {fullTime(range.to)}: each as it was sent, not the means of the chart. A row for
          each time, oldest first; times are in UTC.
        </p>
        <label class="check">
          <input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />
          <span>All metrics of the device</span>
        </label>
        <fieldset class="scopes">
          <legend>Format</legend>
          {FORMATS.map((f) => (
            <label key={f.format} class="check">
              <input type="radio" name="format" checked={f.format === format} onChange={() => setFormat(f.format)} />
              <span>
                <b>{f.label}</b> <span class="faint">{f.means}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <FormError error={task.error} fields={[]} />
        {begun && <p role="status">The download has begun. A long one shows in the browser's own list.</p>}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
          <a
            ref={link}
            class="button button-primary"
            href={hub.exportUrl(device, { ...query, ...range })}
            download=""
            autoFocus
            aria-disabled={task.busy}
            onClick={download}
          >
            Download
          </a>
        </div>
      </div>
    </Dialog>
  );
}
