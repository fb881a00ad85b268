/** In which order devices are listed, as the hub takes it; the first is what it does by itself. */
export const SORTS = [
  { sort: 'id', label: 'By id' },
  { sort: '-id', label: 'By id, backwards' },
  { sort: 'name', label: 'By name' },
  { sort: '-last-seen', label: 'Seen last first' },
  { sort: 'last-seen', label: 'Longest unseen first' },
  { sort: 'state', label: 'Online first' },
  { sort: '-state', label: 'Never seen first' },
] as const;

export type Sort = (typeof SORTS)[number]['sort'];

export const sortOf = (params: URLSearchParams): Sort => SORTS.find((s) => s.sort === params.get('sort'))?.sort ?? 'id';

/** How a column is sorted, in the words of ARIA. */
export const direction = (column: string, sort: Sort) =>
  sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined;

/** The address of the same list in the order that a click on the column asks for: `first` of its two, then the other one. */
export function sortedBy(column: string, first: Sort, params: URLSearchParams): string {
  const next = new URLSearchParams(params);
  const other = first.startsWith('-') ? column : `-${column}`;
  next.set('sort', sortOf(params) === first ? other : first);
  return `?${next}`;
}
