/** Of 1000: the least that is drawn of what there is, so that one failure among thousands is seen. */
const LEAST = 4;

interface SharesProps {
  shares: { state: string; n: number }[];
  total: number;
  class?: string;
}

/** The shares of states as one line. The numbers beside it say the same, so it is hidden from screen readers. */
export function Shares({ shares, total, class: extra = '' }: SharesProps) {
  const sizes = shares.map((s) => ({ ...s, size: s.n === 0 ? 0 : Math.max(LEAST, (s.n / total) * 1_000) }));
  const all = Math.max(
    1_000,
    sizes.reduce((sum, s) => sum + s.size, 0),
  );
  let x = 0;
  return (
    <svg class={`waterline ${extra}`} viewBox={`0 0 ${all} 6`} preserveAspectRatio="none" aria-hidden="true">
      {sizes.map((s) => {
        x += s.size;
        return s.size > 0 && <rect key={s.state} class={`fill-${s.state}`} x={x - s.size} y="0" width={s.size} height="6" />;
      })}
    </svg>
  );
}
