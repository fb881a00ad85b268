/** Values a sparkline holds at most. */
export const SPARK_POINTS = 60;

/** Appends, dropping the oldest. */
export function append(values: readonly number[], v: number): number[] {
  return [...values.slice(-(SPARK_POINTS - 1)), v];
}

/** Points of an SVG polyline in a box of `width` × `height`, the newest at the right edge; a flat line lies in the middle. */
export function points(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const high = Math.max(...values);
  const step = width / (SPARK_POINTS - 1);
  const left = width - step * (values.length - 1);
  return values
    .map((v, i) => {
      const y = high === low ? height / 2 : height - 1.5 - ((v - low) / (high - low)) * (height - 3);
      return `${(left + i * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
