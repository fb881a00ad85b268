import { act, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Device } from '../src/api/types';
import { LongRows } from '../src/components/LongRows';
import { DeviceTable } from '../src/pages/devices/DeviceTable';
import { navigate } from '../src/state/router';

const ROW_PX = 50;

const ids = (n: number) => Array.from({ length: n }, (_, i) => `d${i}`);
const drawn = () => [...document.querySelectorAll('tbody tr:not(.gap)')].map((tr) => tr.getAttribute('data-testid'));
const gaps = () => [...document.querySelectorAll<HTMLElement>('tbody tr.gap')].map((tr) => Number.parseFloat(tr.style.height));

function Table({ items }: { items: string[] }) {
  return (
    <table>
      <LongRows
        items={items}
        id={(x) => x}
        columns={1}
        row={(x, place) => (
          <tr key={x} data-testid={x} aria-rowindex={place}>
            <td>
              <button type="button">{x}</button>
            </td>
          </tr>
        )}
      />
    </table>
  );
}

let scrolled = 0;
let layouts = 0;
/** Wide enough to make the others higher. */
let wide: string | undefined;

/** The page as a browser would lay it out, as far as rows are asked for it: each as high as the others, gaps as they say. */
function lay(): void {
  scrolled = 0;
  layouts = 0;
  wide = undefined;
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    layouts++;
    const usual = wide !== undefined && document.querySelector(`[data-testid=${wide}]`) ? 2 * ROW_PX : ROW_PX;
    const height = this instanceof HTMLElement && this.matches('tr') ? Number.parseFloat(this.style.height || String(usual)) : 0;
    return new DOMRect(0, -scrolled, 0, height);
  });
}

async function scrollTo(px: number): Promise<void> {
  scrolled = px;
  await act(() => void fireEvent.scroll(window));
}

describe('a long table', () => {
  beforeEach(lay);

  it('draws all of what is not long', () => {
    render(<Table items={ids(200)} />);
    expect(drawn()).toEqual(ids(200));
    expect(gaps()).toEqual([]);
  });

  it('draws what is near what is in sight, and is as high as if it drew all', async () => {
    render(<Table items={ids(5_000)} />);
    expect(drawn().length).toBeLessThan(60);
    await scrollTo(100_000);
    expect(drawn()).toContain('d2000');
    expect(drawn()).not.toContain('d1');
    expect(drawn().length).toBeLessThan(100);
    expect(gaps()[0]! + gaps()[1]! + drawn().length * ROW_PX).toBe(5_000 * ROW_PX);
    // Where the tab key comes in from outside.
    expect([drawn().at(0), drawn().at(-1)]).toEqual(['d0', 'd4999']);
    expect(screen.getByTestId('d2000').getAttribute('aria-rowindex')).toBe('2002');
    await scrollTo(10_000_000);
    expect(drawn().length).toBeLessThan(100);
    expect(gaps()).toHaveLength(1);
  });

  it('comes to rest where a row makes the others higher', async () => {
    // happy-dom's window is 768 px high: this row fits in while it is not there.
    wide = 'd35';
    render(<Table items={ids(1_000)} />);
    await scrollTo(1_000);
    await scrollTo(10);
    expect(layouts).toBeLessThan(2_000);
    expect(drawn()).toContain('d20');
  });

  it('keeps the row with the focus, and its neighbours for the tab key', async () => {
    render(<Table items={ids(1_000)} />);
    const button = screen.getByText('d7');
    button.focus();
    await scrollTo(30_000);
    expect(document.activeElement).toBe(button);
    expect(drawn().slice(0, 4)).toEqual(['d0', 'd6', 'd7', 'd8']);
    expect(gaps()).toHaveLength(3);
    button.blur();
    await scrollTo(40_000);
    expect(drawn()).not.toContain('d7');
  });

  it('keeps the focus in a row wherever that goes', () => {
    const { rerender } = render(<Table items={ids(150)} />);
    const button = screen.getByText('d70');
    button.focus();
    for (const order of [ids(150).reverse(), ['d70', ...ids(70)], [...ids(70), 'new', 'd70'], ['x', 'd70', 'y']]) {
      rerender(<Table items={order} />);
      expect(drawn()).toEqual(order);
      expect(document.activeElement).toBe(button);
      expect(screen.getByText('d70')).toBe(button);
    }
  });
});

describe('the table of devices', () => {
  const device = (id: string): Device => ({
    id,
    name: id,
    tags: {},
    enabled: true,
    createdAt: '2026-01-01T00:00:00Z',
    presence: { state: 'online' },
  });
  const choose = () => {};
  const table = (devices: Device[]) => <DeviceTable devices={devices} sort="id" chosen={[]} choose={choose} />;

  it('says how many rows it has, drawn or not', () => {
    navigate('/devices');
    render(table(ids(1_000).map(device)));
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('1001');
    expect(drawn().length).toBeLessThan(200);
  });

  it('touches the one row that an event is about', async () => {
    navigate('/devices');
    const devices = ids(1_000).map(device);
    const { rerender } = render(table(devices));
    const touched = new Set<string | undefined>();
    const observer = new MutationObserver((all) => {
      for (const { target } of all) touched.add((target as Element).closest?.('tr')?.dataset.testid ?? target.parentElement?.closest('tr')?.dataset.testid);
    });
    observer.observe(screen.getByRole('table'), { subtree: true, childList: true, attributes: true, characterData: true });
    rerender(table(devices.map((d) => (d.id === 'd5' ? { ...d, presence: { state: 'offline' } } : d))));
    await waitFor(() => expect(touched.size).toBeGreaterThan(0));
    expect([...touched]).toEqual(['device-d5']);
    observer.disconnect();
  });
});
