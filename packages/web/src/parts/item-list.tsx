/** A list that comes in pages: its rows, or what stands in their place. */
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PagedList } from './paged-list.tsx';

type Page<Item> = { readonly items: readonly Item[]; readonly next?: string };
type Props<Item> = {
  of: QueryKey;
  load: (after: { after?: string }, signal: AbortSignal) => Promise<Page<Item>>;
  keyOf: (item: Item) => string;
  row: (item: Item) => ReactNode;
  empty: ReactNode;
};

export function ItemList<Item>({ of, load, keyOf, row, empty }: Props<Item>) {
  const list = useInfiniteQuery({
    queryKey: of,
    queryFn: ({ pageParam, signal }) => load(pageParam === '' ? {} : { after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <PagedList
      of={of}
      list={list}
      rows={({ pages }) =>
        pages
          .flatMap((page) => page.items)
          .map((item) => (
            <li key={keyOf(item)} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              {row(item)}
            </li>
          ))
      }
      empty={empty}
    />
  );
}
