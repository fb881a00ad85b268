import type { DeviceSession } from '../api/types';

export interface Stretch {
  from: number;
  to: number;
}

export const SPANS: readonly { id: string; label: string; ms: number }[] = [
  { id: '1h', label: '1 h', ms: 3_600_000 },
  { id: '24h', label: '24 h', ms: 86_400_000 },
  { id: '7d', label: '7 d', ms: 604_800_000 },
];

/** When the device was connected between two moments, by its sessions, newest first; what overlaps is one stretch. */
export function connected(sessions: readonly DeviceSession[], from: number, to: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const s of [...sessions].reverse()) {
    const start = Math.max(from, Date.parse(s.openedAt));
    const end = Math.min(to, s.closedAt === undefined ? to : Date.parse(s.closedAt));
    if (end <= start) continue;
    const last = stretches.at(-1);
    if (last && start <= last.to) last.to = Math.max(last.to, end);
    else stretches.push({ from: start, to: end });
  }
  return stretches;
}

/** From when on these sessions tell all: older ones may be left out of the list, and before it was registered there was no device. */
export function knownFrom(sessions: readonly DeviceSession[], complete: boolean, from: number, registered: number): number {
  const oldest = sessions.at(-1);
  return Math.max(from, registered, complete || !oldest ? from : Date.parse(oldest.openedAt));
}

/** The share of a time in which the device was connected, as text; never 100 % where something is missing. */
export function shareOf(stretches: readonly Stretch[], from: number, to: number): string {
  const sum = stretches.reduce((n, s) => n + s.to - s.from, 0);
  const percent = to > from ? (100 * sum) / (to - from) : 0;
  return `${(percent >= 99.95 && sum < to - from ? 99.9 : percent).toFixed(1)}\u202f%`;
}
