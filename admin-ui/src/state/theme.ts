import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'mooring.theme';
const ORDER: readonly Theme[] = ['auto', 'light', 'dark'];

const stored = document.documentElement.dataset.theme;
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto');
/** Counts up with each change of the colours in use, for what is drawn rather than styled. */
export const palette = signal(0);

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length]!;
}

export function startTheme(): void {
  effect(() => {
    const chosen = theme.value;
    if (chosen === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    try {
      if (chosen === 'auto') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, chosen);
    } catch {
      // Storage may be forbidden: the choice then lasts as long as the page.
    }
    palette.value = palette.peek() + 1;
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => palette.value++);
}
