const DAY_MS = 86_400_000;

/** What the forms offer for tokens and keys; 0 stands for never. */
export const EXPIRIES: readonly { days: number; label: string }[] = [
  { days: 0, label: 'Never' },
  { days: 30, label: 'In 30 days' },
  { days: 90, label: 'In 90 days' },
  { days: 365, label: 'In a year' },
];

/** Counted from `from`, ms since 1970: where it begins to be valid. */
export const expiresAt = (days: number, from: number): { expiresAt?: string } =>
  days === 0 ? {} : { expiresAt: new Date(from + days * DAY_MS).toISOString() };

/** What a token or key is good for now. */
export function standing(
  of: { notBefore?: string; expiresAt?: string; revokedAt?: string },
  now: number,
): 'valid' | 'not yet valid' | 'expired' | 'revoked' {
  if (of.revokedAt !== undefined) return 'revoked';
  if (of.expiresAt !== undefined && Date.parse(of.expiresAt) <= now) return 'expired';
  return of.notBefore !== undefined && Date.parse(of.notBefore) > now ? 'not yet valid' : 'valid';
}
