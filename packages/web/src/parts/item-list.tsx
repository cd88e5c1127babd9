/** A list that comes in pages: its rows, or what stands in their place. */
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useFormTexts } from '../language/form-texts.ts';
import { ErrorState, Skeleton } from './states.tsx';

type Page<Item> = { readonly items: readonly Item[]; readonly next?: string };
type Props<Item> = {
  of: QueryKey;
  load: (after: { after?: string }, signal: AbortSignal) => Promise<Page<Item>>;
  keyOf: (item: Item) => string;
  row: (item: Item) => ReactNode;
  empty: ReactNode;
};

export function ItemList<Item>({ of, load, keyOf, row, empty }: Props<Item>) {
  const texts = useFormTexts();
  const list = useInfiniteQuery({
    queryKey: of,
    queryFn: ({ pageParam, signal }) => load(pageParam === '' ? {} : { after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  if (list.isPending) return <Skeleton rows={3} />;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="border-y border-line py-6 text-center text-muted">{empty}</p>;
  return (
    <>
      <ul className="border-t border-line">
        {items.map((item) => (
          <li key={keyOf(item)} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            {row(item)}
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <p className="mt-4 text-center">
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {texts.more}
          </button>
        </p>
      )}
    </>
  );
}
