import type { Role } from '../api/types';
import type { Route } from '../state/router';

/** The pages that are not for everybody. The hub refuses what they ask for to others, so they are not offered either. */
const NEEDS: Partial<Record<Route['page'], Role>> = {
  'new-job': 'operator',
  'enrolment-keys': 'operator',
  keys: 'admin',
  users: 'admin',
  user: 'admin',
  audit: 'admin',
  settings: 'admin',
};
const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

export const neededFor = (page: Route['page']): Role => NEEDS[page] ?? 'viewer';

export const mayOpen = (page: Route['page'], role: Role) => RANK[role] >= RANK[neededFor(page)];
