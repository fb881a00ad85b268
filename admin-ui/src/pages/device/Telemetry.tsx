import { useEffect, useRef, useState } from 'preact/hooks';
import * as hub from '../../api/hub';
import { hubNow } from '../../api/http';
import type { HubEvent, Latest, MetricLatest } from '../../api/types';
import { Ago, Empty, ErrorNote, MetricName, Panel, Skeleton } from '../../components/basics';
import { Sparkline } from '../../components/Sparkline';
import { value } from '../../lib/format';
import { append, SPARK_POINTS } from '../../lib/sparkline';
import { useStream } from '../../state/live';
import { useResource } from '../../state/resource';
import { query } from '../../state/router';
import { ChartPanel } from './ChartPanel';

/** How many metrics get their past fetched for the small courses; the others start with what comes. */
const SEEDED = 24;
const SEED_SPAN_MS = SPARK_POINTS * 5_000;

type Sparks = ReadonlyMap<string, readonly number[]>;
type Reading = NonNullable<HubEvent['readings']>[number];

export const isNumeric = (m: MetricLatest) => m.type === 'number' || m.type === 'integer';

export function Telemetry({ device }: { device: string }) {
  const latest = useResource<Latest>(device, (abort) => hub.getLatest(device, abort));
  const metrics = latest.data?.metrics;
  const [sparks, add] = useSparks(device, metrics);

  useStream({
    opened: latest.reload,
    events(batch) {
      const readings = batch.filter((e) => e.type === 'telemetry' && e.device === device).flatMap((e) => e.readings ?? []);
      if (readings.length === 0) return;
      latest.update((l) => ({ ...l, metrics: applyReadings(l.metrics, readings) }));
      add(readings);
      const known = new Set(metrics?.map((m) => m.metric));
      if (metrics && readings.some((r) => !known.has(r.metric))) latest.reload();
    },
  });

  const numeric = metrics?.filter(isNumeric) ?? [];
  const asked = query.value.get('metric');
  const charted = numeric.find((m) => m.metric === asked) ?? numeric[0];
  return (
    <>
      {charted && (
        <ChartPanel device={device} metric={charted.metric} newest={charted.value} metrics={numeric.map((m) => m.metric)} />
      )}
      <Panel title="Readings" id="readings">
        {latest.error !== undefined && (
          <ErrorNote error={latest.error} retry={latest.reload} title="The readings are not up to date" />
        )}
        {!metrics && latest.error === undefined && <Skeleton label="Loading readings" rows={6} />}
        {metrics && metrics.length === 0 && (
          <Empty title="No readings yet">
            <p>What the device sends appears here at once, and a chart of it above.</p>
          </Empty>
        )}
        {metrics && metrics.length > 0 && <Table metrics={metrics} sparks={sparks} charted={charted?.metric} />}
      </Panel>
    </>
  );
}

export function applyReadings(metrics: MetricLatest[], readings: readonly Reading[]): MetricLatest[] {
  const newest = new Map<string, Reading>();
  for (const r of readings) {
    const other = newest.get(r.metric);
    if (!other || Date.parse(other.time) <= Date.parse(r.time)) newest.set(r.metric, r);
  }
  return metrics.map((m) => {
    const r = newest.get(m.metric);
    return r && Date.parse(r.time) >= Date.parse(m.time) ? { ...m, time: r.time, value: r.value } : m;
  });
}

function Table({ metrics, sparks, charted }: { metrics: MetricLatest[]; sparks: Sparks; charted: string | undefined }) {
  return (
    <table class="table readings">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="num">
            Value
          </th>
          <th scope="col" class="readings-spark">
            <span class="sr-only">Course of the last values</span>
          </th>
          <th scope="col" class="readings-at">
            Measured
          </th>
        </tr>
      </thead>
      <tbody>
        {metrics.map((m) => (
          <tr key={m.metric} class={m.metric === charted ? 'row-on' : ''} data-testid={`metric-${m.metric}`}>
            <th scope="row" class="mono">
              {isNumeric(m) ? <MetricLink metric={m.metric} charted={m.metric === charted} /> : <MetricName name={m.metric} />}
            </th>
            <td class="num" title={m.value === null ? undefined : String(m.value)}>
              {value(m.metric, m.value)}
            </td>
            <td class="readings-spark">{isNumeric(m) && <Sparkline values={sparks.get(m.metric) ?? []} />}</td>
            <td class="readings-at faint">
              <Ago at={m.time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MetricLink({ metric, charted }: { metric: string; charted: boolean }) {
  const to = new URLSearchParams(query.value);
  to.set('metric', metric);
  return (
    <a href={`?${to}`} aria-current={charted ? 'true' : undefined} title="Show its chart">
      <MetricName name={metric} />
    </a>
  );
}

/** The last values of each metric: fetched once for the first ones, then carried on by what comes. */
function useSparks(device: string, metrics: MetricLatest[] | undefined): [Sparks, (readings: readonly Reading[]) => void] {
  const [sparks, setSparks] = useState<Sparks>(new Map());
  const ready = metrics !== undefined;
  const names = useRef<string[]>([]);
  names.current = metrics?.filter(isNumeric).map((m) => m.metric) ?? [];

  useEffect(() => {
    if (!ready) return;
    const abort = new AbortController();
    void seed(device, names.current.slice(0, SEEDED), abort.signal, (metric, past) =>
      setSparks((s) => new Map(s).set(metric, [...past, ...(s.get(metric) ?? [])].slice(-SPARK_POINTS))),
    );
    return () => abort.abort();
  }, [device, ready]);

  const add = (readings: readonly Reading[]) =>
    setSparks((before) => {
      const after = new Map(before);
      for (const r of readings) if (typeof r.value === 'number') after.set(r.metric, append(after.get(r.metric) ?? [], r.value));
      return after;
    });
  return [sparks, add];
}

/** One metric after the other: the courses are decoration and must not get in the way of anything else. */
async function seed(
  device: string,
  metrics: string[],
  abort: AbortSignal,
  found: (metric: string, past: number[]) => void,
): Promise<void> {
  const from = new Date(hubNow() - SEED_SPAN_MS).toISOString();
  for (const metric of metrics) {
    try {
      const series = await hub.getSeries(device, { metric, from, bucket: 'PT5S', agg: 'avg' }, abort);
      found(
        metric,
        series.items.map((i) => i.avg).filter((v): v is number => typeof v === 'number'),
      );
    } catch {
      return; // They fill up by themselves.
    }
  }
}
