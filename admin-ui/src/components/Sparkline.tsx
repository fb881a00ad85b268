import { points } from '../lib/sparkline';

/** The course of the last values; the numbers beside it say the same, so it is hidden from screen readers. */
export function Sparkline({ values, width = 96, height = 24 }: { values: readonly number[]; width?: number; height?: number }) {
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points(values, width, height)} />
    </svg>
  );
}
