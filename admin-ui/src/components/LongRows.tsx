import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Lists up to this long are drawn as a whole: the browser then finds text in them, and prints them. In longer ones it cannot. */
const WHOLE = 200;
/** How far beyond what is in sight rows are drawn, in heights of the window. */
const BEYOND = 1;
/** Rows are added and dropped so many together, so that not every bit of scrolling draws anew. */
const STEP = 10;
/** Rows that are drawn before it is known how many are in sight. */
const FIRST = 20;
/** Heights that are remembered at a time. */
const REMEMBERED = 10_000;
/** What a row is taken to measure before the first one was drawn. */
const USUAL_PX = 57;

interface LongRowsProps<T> {
  items: readonly T[];
  id: (item: T) => string;
  /** A `<tr>`; `place` is its `aria-rowindex`, where the head's row is 1. */
  row: (item: T, place: number) => ComponentChild;
  columns: number;
}

/**
 * The body of a table that may have thousands of rows: those near what is in sight, the first and the last one, where the tab key
 * comes in, the one with the focus and its neighbours, and gaps as high as what is left out. The table says by `aria-rowcount` how many there are. A row is the same element wherever its
 * item goes, and keeps the focus.
 */
export function LongRows<T>({ items, id, row, columns }: LongRowsProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const heights = useRef(new Heights());
  /** What the children of the body are: ids, and undefined for gaps. */
  const drawn = useRef<(string | undefined)[]>([]);
  const [[from, to], setPart] = useState<readonly [number, number]>([0, FIRST]);

  const heightOf = (i: number) => heights.current.of(id(items[i]!));
  const whole = items.length <= WHOLE;
  const look = (drop: boolean) => {
    if (whole) return;
    const { top } = body.current!.getBoundingClientRect();
    const [first, end] = within(-top - BEYOND * innerHeight, -top + (1 + BEYOND) * innerHeight, items.length, heightOf);
    setPart((old) => {
      const part = drop ? ([first, end] as const) : ([Math.min(old[0], first), Math.max(old[1], end)] as const);
      return old[0] === part[0] && old[1] === part[1] ? old : part;
    });
  };
  const latest = useRef(look);
  latest.current = look;
  useLayoutEffect(() => {
    const onScroll = () => latest.current(true);
    const onResize = () => {
      heights.current.forget();
      heights.current.measure(body.current!, drawn.current);
      latest.current(true);
    };
    addEventListener('scroll', onScroll, { passive: true });
    addEventListener('resize', onResize);
    return () => {
      removeEventListener('scroll', onScroll);
      removeEventListener('resize', onResize);
    };
  }, []);

  const focus = body.current?.contains(document.activeElement) ? (document.activeElement as HTMLElement) : undefined;
  const focused = focus && drawn.current[[...body.current!.children].findIndex((child) => child.contains(focus))];
  useLayoutEffect(() => {
    // Moving an element takes the focus from it.
    if (focus?.isConnected && document.activeElement !== focus) focus.focus({ preventScroll: true });
    heights.current.measure(body.current!, drawn.current);
    // Drops none: how high rows are may depend on which are drawn, and it would go to and fro.
    look(false);
  });

  const kept = whole || focused === undefined ? -1 : items.findIndex((item) => id(item) === focused);
  const children: ComponentChild[] = [];
  const names: (string | undefined)[] = [];
  let gap = 0;
  let gaps = 0;
  const closeGap = () => {
    if (gap === 0) return;
    names.push(undefined);
    children.push(<Gap key={`gap ${gaps++}`} height={gap - heights.current.between} columns={columns} />);
    gap = 0;
  };
  items.forEach((item, i) => {
    const isEnd = i === 0 || i === items.length - 1;
    if (whole || isEnd || (i >= from && i < to) || (kept >= 0 && Math.abs(i - kept) <= 1)) {
      closeGap();
      names.push(id(item));
      children.push(row(item, i + 2));
    } else gap += heightOf(i);
  });
  closeGap();
  drawn.current = names;
  return <tbody ref={body}>{children}</tbody>;
}

function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr class="gap" aria-hidden="true" style={{ height: `${height}px` }}>
      <td colSpan={columns} />
    </tr>
  );
}

/** How high rows are, with the space to the next one. */
class Heights {
  /** What lies between two rows. */
  between = 0;
  private readonly known = new Map<string, number>();
  private usual: number | undefined;

  of(id: string): number {
    return this.known.get(id) ?? this.usual ?? USUAL_PX;
  }

  measure(body: HTMLElement, ids: readonly (string | undefined)[]): void {
    this.between = Number.parseFloat(getComputedStyle(body).rowGap) || 0;
    let sum = 0;
    let rows = 0;
    ids.forEach((id, i) => {
      const height = body.children[i]?.getBoundingClientRect().height ?? 0;
      if (id === undefined || height === 0) return;
      if (this.known.size >= REMEMBERED) this.known.clear();
      this.known.set(id, height + this.between);
      sum += height + this.between;
      rows++;
    });
    // Once and for all: what was never drawn must not change its height under the hand.
    if (rows > 0) this.usual ??= sum / rows;
  }

  forget(): void {
    this.known.clear();
    this.usual = undefined;
  }
}

/** From which row to before which they lie, at least in part, between two heights above and below the first one's top. */
function within(top: number, bottom: number, count: number, heightOf: (i: number) => number): readonly [number, number] {
  let y = 0;
  let first = 0;
  while (first < count && y + heightOf(first) < top) y += heightOf(first++);
  let end = first;
  while (end < count && y < bottom) y += heightOf(end++);
  return [Math.floor(first / STEP) * STEP, Math.ceil(end / STEP) * STEP];
}
