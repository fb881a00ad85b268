import { useEffect, useRef, useState } from 'preact/hooks';
import { hubNow } from '../../api/http';
import * as hub from '../../api/hub';
import type { Value } from '../../api/types';
import { ErrorNote, Panel } from '../../components/basics';
import { between, bounds, windowOf, type ChartWindow } from '../../lib/chartWindow';
import { clockTime, fullTime, isBytes, measure, value } from '../../lib/format';
import { addLive, bucketOf, columns, RANGES, replaceTail, since, summary, type Bucket, type Range } from '../../lib/series';
import { useEvery, useStream } from '../../state/live';
import { useResource } from '../../state/resource';
import { query, setQuery } from '../../state/router';
import { palette } from '../../state/theme';
import type { Chart, Pointed } from './Chart';
import { Export } from './Export';
import { Zoom } from './Zoom';

/** The newest buckets are fetched again this often: live events hold only the newest value of each batch. */
const TAIL_MS = 5_000;
/** Takes the time that was zoomed to out of the address. */
const NO_ZOOM = { from: '', to: '' };

const iso = (ms: number) => new Date(ms).toISOString();

interface Asked {
  from: number;
  to?: number;
}

async function fetchBuckets(
  device: string,
  metric: string,
  range: Range,
  { from, to }: Asked,
  abort: AbortSignal,
): Promise<Bucket[]> {
  const start = new Date(Math.floor(from / range.bucketMs) * range.bucketMs).toISOString();
  const end = to === undefined ? {} : { to: new Date(to).toISOString() };
  const got = await hub.getSeries(
    device,
    { metric, from: start, ...end, bucket: range.bucket, agg: 'avg,min,max,count' },
    abort,
  );
  return got.items.map(bucketOf);
}

interface ChartPanelProps {
  device: string;
  metric: string;
  /** The metric's newest value. */
  newest: Value;
  metrics: string[];
}

export function ChartPanel({ device, metric, newest, metrics }: ChartPanelProps) {
  const shown = windowOf(query.value);
  const { range, fixed } = shown;
  const series = useResource<Bucket[]>(`${metric} ${range.id}`, (abort) =>
    fetchBuckets(device, metric, range, fixed ?? { from: hubNow() - range.spanMs }, abort),
  );
  useTail(device, metric, shown, series);

  const chooser = (
    <div class="chart-choice">
      <label>
        <span class="sr-only">Metric</span>
        <select class="input mono" value={metric} onChange={(e) => setQuery({ metric: e.currentTarget.value })}>
          {metrics.map((m) => (
            <option key={m} value={m}>
              {m}
            </option>
          ))}
        </select>
      </label>
      <div class="segments" role="group" aria-label="Range">
        {RANGES.map((r) => (
          <button key={r.id} type="button" aria-pressed={r === range} onClick={() => setQuery({ range: r.id, ...NO_ZOOM })}>
            {r.label}
          </button>
        ))}
      </div>
    </div>
  );
  return (
    <Panel title="Chart" id="chart" aside={chooser}>
      {series.error !== undefined && <ErrorNote error={series.error} retry={series.reload} title="The chart is not up to date" />}
      <Plot metric={metric} newest={newest} window={shown} buckets={series.data} />
      <Zoom window={shown}>
        <Export device={device} metric={metric} window={shown} />
      </Zoom>
    </Panel>
  );
}

type Series = ReturnType<typeof useResource<Bucket[]>>;

/** Lets the chart's right end follow the device, and drops what has left on the left. */
function useTail(device: string, metric: string, { range, fixed }: ChartWindow, series: Series): void {
  const abort = useRef<AbortController | undefined>(undefined);
  useStream({
    opened: series.reload,
    events(batch) {
      const told = batch.filter((e) => e.type === 'telemetry' && e.device === device).flatMap((e) => e.readings ?? []);
      const mine = told.filter((r) => r.metric === metric && typeof r.value === 'number');
      if (fixed || mine.length === 0) return;
      series.update((all) => mine.reduce((b, r) => addLive(b, Date.parse(r.time), r.value as number, range.bucketMs), all));
    },
  });
  useEvery(Math.max(TAIL_MS, range.bucketMs), () => {
    if (fixed || !series.data || series.loading) return;
    abort.current?.abort();
    abort.current = new AbortController();
    const now = hubNow();
    const from = now - 3 * Math.max(TAIL_MS, range.bucketMs);
    fetchBuckets(device, metric, range, { from }, abort.current.signal).then(
      (tail) => series.update((all) => since(replaceTail(all, tail), now - range.spanMs - range.bucketMs)),
      () => {}, // The next turn tries again; a hub that is away shows in the stream's state.
    );
  });
  useEffect(() => () => abort.current?.abort(), [metric, range.id]);
}

interface PlotProps {
  metric: string;
  newest: Value;
  window: ChartWindow;
  buckets: Bucket[] | undefined;
}

function Plot({ metric, newest, window, buckets }: PlotProps) {
  const { range, fixed } = window;
  const host = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<Chart | undefined>(undefined);
  const [pointed, setPointed] = useState<Pointed | undefined>(undefined);

  // Loaded apart: half of the page's script, and only this panel needs it.
  useEffect(() => {
    let gone = false;
    let made: Chart | undefined;
    void import('./Chart').then(({ Chart }) => {
      if (gone || !host.current) return;
      made = new Chart(host.current, (n) => measure(metric, n), isBytes(metric), setPointed, (from, to) =>
        setQuery(between(from, to)),
      );
      setChart(made);
    });
    return () => {
      gone = true;
      made?.destroy();
      setChart(undefined);
      setPointed(undefined);
    };
  }, [metric, palette.value]);
  useEffect(() => {
    const { from, to } = bounds(window);
    chart?.show(columns(buckets ?? [], range.bucketMs), from, to);
  }, [chart, buckets, range.id]);
  useEvery(1_000, () => {
    if (!fixed) chart?.slide(hubNow() - range.spanMs, hubNow());
  });

  const facts = buckets && summary(buckets);
  const when = fixed ? `${fullTime(iso(fixed.from))} to ${fullTime(iso(fixed.to))}` : `last ${range.label}`;
  const text = facts
    ? `${metric}, ${when}: lowest ${measure(metric, facts.min)}, highest ${measure(metric, facts.max)}, newest ${value(metric, newest)}`
    : `${metric}, ${when}: no readings`;
  return (
    <div class="plot">
      <p class="plot-line" aria-hidden="true">
        {pointed ? <PointedText metric={metric} pointed={pointed} /> : facts && <FactsText metric={metric} newest={newest} facts={facts} />}
      </p>
      <div ref={host} class="plot-host" role="img" aria-label={text} data-testid="plot" data-ready={buckets ? 'true' : 'false'} />
      {buckets && !facts && (
        <p class="plot-none">{fixed ? 'No readings in this time. Zoom out.' : `No readings in the last ${range.label}. Choose a longer range.`}</p>
      )}
    </div>
  );
}

function PointedText({ metric, pointed }: { metric: string; pointed: Pointed }) {
  return (
    <>
      <span>{clockTime(pointed.t)}</span>
      <span>
        mean <b>{measure(metric, pointed.avg)}</b>
      </span>
      <span>
        {measure(metric, pointed.min)} to {measure(metric, pointed.max)}
      </span>
    </>
  );
}

function FactsText({ metric, newest, facts }: { metric: string; newest: Value; facts: { min: number; max: number } }) {
  return (
    <>
      <span>
        now <b>{value(metric, newest)}</b>
      </span>
      <span>
        {measure(metric, facts.min)} to {measure(metric, facts.max)}
      </span>
    </>
  );
}
