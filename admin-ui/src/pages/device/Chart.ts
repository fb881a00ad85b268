import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Columns } from '../../lib/series';

export interface Pointed {
  /** Start of the bucket under the pointer, ms since 1970. */
  t: number;
  avg: number;
  min: number;
  max: number;
}

const HEIGHT = 260;
const POWERS_OF_TWO = Array.from({ length: 54 }, (_, i) => 2 ** i);
/** Narrower charts are those of telephones: larger labels. */
const NARROW_PX = 480;
/** A shorter way of the pointer is a click with a trembling hand. */
const LEAST_SELECTED_PX = 6;

/** One metric over time: the average as a line within the band from lowest to highest. Colours are those of the theme when it is made. */
export class Chart {
  private plot: uPlot;
  private narrow: boolean;
  private readonly resize: ResizeObserver;
  /** What is shown, seconds since 1970; uPlot takes a scale only together with data. */
  private window = { min: 0, max: 1 };

  /** @param bytes whether the axis steps by powers of two, so that its labels are round in KiB, MiB and GiB */
  constructor(
    host: HTMLElement,
    format: (n: number) => string,
    bytes: boolean,
    onPoint: (pointed: Pointed | undefined) => void,
    onSelect: (fromMs: number, toMs: number) => void,
  ) {
    const isNarrow = () => host.clientWidth < NARROW_PX;
    this.narrow = isNarrow();
    const make = () => this.make(host, format, bytes, onPoint, onSelect);
    this.plot = make();
    this.resize = new ResizeObserver(() => {
      if (this.narrow === isNarrow()) {
        this.plot.setSize({ width: Math.max(200, host.clientWidth), height: HEIGHT });
        return;
      }
      // The size of labels is that of the plot's first width: it takes another plot.
      this.narrow = isNarrow();
      const { data } = this.plot;
      this.plot.destroy();
      this.plot = make();
      this.plot.setData(data);
    });
    this.resize.observe(host);
  }

  private make(
    host: HTMLElement,
    format: (n: number) => string,
    bytes: boolean,
    onPoint: (pointed: Pointed | undefined) => void,
    onSelect: (fromMs: number, toMs: number) => void,
  ): uPlot {
    const colour = (name: string) => resolved(host, name);
    const font = `${this.narrow ? 14 : 12}px system-ui, sans-serif`;
    const axis: uPlot.Axis = {
      stroke: colour('--text-faint'),
      font,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
    return new uPlot(
      {
        width: Math.max(200, host.clientWidth),
        height: HEIGHT,
        padding: [8, 20, 0, 0], // the last time's label reaches over the right edge
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        scales: {
          x: { time: true, range: () => [this.window.min, this.window.max] },
          y: { range: (_, low, high) => padded(low, high) },
        },
        series: [{}, { stroke: colour('--accent'), width: 1.75, points: { size: 4 } }, edge, edge],
        bands: [{ series: [2, 3], fill: colour('--band') }],
        axes: [
          { ...axis, values: clock24(), space: 76, size: 32 },
          {
            ...axis,
            ...(bytes ? { incrs: POWERS_OF_TWO } : {}),
            size: (u, values) => widest(u, font, values),
            values: (_, splits) => splits.map(format),
          },
        ],
        hooks: {
          setCursor: [(u) => onPoint(pointedAt(u))],
          setSelect: [
            (u) => {
              const { left, width } = u.select;
              if (width < LEAST_SELECTED_PX) return;
              onSelect(u.posToVal(left, 'x') * 1_000, u.posToVal(left + width, 'x') * 1_000);
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      [[], [], [], []],
      host,
    );
  }

  show(columns: Columns, fromMs: number, toMs: number): void {
    this.window = { min: fromMs / 1_000, max: toMs / 1_000 };
    this.plot.setData(columns);
  }

  /** Moves the window on; less than half a pixel is not worth drawing. */
  slide(fromMs: number, toMs: number): void {
    const perPixel = (toMs - fromMs) / 1_000 / Math.max(1, this.plot.width);
    if (toMs / 1_000 - this.window.max < perPixel / 2) return;
    this.window = { min: fromMs / 1_000, max: toMs / 1_000 };
    this.plot.setScale('x', this.window);
  }

  destroy(): void {
    this.resize.disconnect();
    this.plot.destroy();
  }
}

/** A colour of the theme as a canvas understands it: the custom property itself reads `light-dark(…)`. */
function resolved(host: HTMLElement, name: string): string {
  const probe = host.appendChild(document.createElement('span'));
  probe.style.color = `var(${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Some room above and below; a flat line gets a range around it. */
function padded(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = high === low ? Math.max(Math.abs(high) * 0.1, 0.5) : (high - low) * 0.08;
  // A value that never goes below zero gets no axis below it.
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

function widest(u: uPlot, font: string, values: string[] | null): number {
  if (!values) return 56;
  // uPlot remembers which font it set last and sets it only anew: another left behind would be what it writes with.
  const before = u.ctx.font;
  u.ctx.font = font;
  const widths = values.map((v) => (v ? u.ctx.measureText(v).width : 0));
  u.ctx.font = before;
  // In steps of 8 px, so that the axis does not jitter while values change.
  return Math.max(48, Math.ceil((Math.max(...widths) + 16) / 8) * 8);
}

function clock24(): uPlot.Axis.Values {
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
  const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
  const second = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return (_, splits, _axis, _space, step) => {
    const format = step >= 86_400 ? day : step >= 60 ? minute : second;
    return splits.map((s) => format.format(s * 1_000));
  };
}

function pointedAt(u: uPlot): Pointed | undefined {
  const i = u.cursor.idx;
  if (i === null || i === undefined) return undefined;
  const [t, avg, max, min] = u.data.map((column) => column[i]);
  if (typeof t !== 'number' || typeof avg !== 'number') return undefined;
  return { t: t * 1_000, avg, min: min ?? avg, max: max ?? avg };
}
