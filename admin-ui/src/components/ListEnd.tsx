import type { ComponentChildren } from 'preact';
import type { Pages } from '../state/pages';
import { plural } from '../lib/format';
import { ErrorNote } from './basics';
import { Button } from './Button';

/** Below a list: how many rows there are, what `children` say about them, and the way to more. */
export function ListEnd<T>({
  list,
  of,
  many,
  children,
}: {
  list: Pages<T>;
  of?: string;
  many?: string;
  children?: ComponentChildren;
}) {
  return (
    <>
      {list.moreError !== undefined && <ErrorNote error={list.moreError} />}
      <div class="list-end">
        {of && list.data && (
          <span class="faint" role="status">
            {plural(list.data.items.length, of, many)}
            {list.loadMore ? ' so far' : ''}
          </span>
        )}
        {children}
        {list.loadMore && (
          <Button class="button" off={list.loadingMore} onClick={list.loadMore}>
            {list.loadingMore ? 'Loading…' : 'Load more'}
          </Button>
        )}
      </div>
    </>
  );
}
