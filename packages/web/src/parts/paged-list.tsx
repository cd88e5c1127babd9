/**
 * The frame of a list that comes in pages: what stands in its place while it loads, fails or is empty, and
 * the way to more. Who asked for more gets it while scrolling from then on; before, what stands below the list is near.
 */
import type { QueryKey, UseInfiniteQueryResult } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useFormTexts } from '../language/form-texts.ts';
import { LongList } from './long-list.tsx';
import { ErrorState, Skeleton } from './states.tsx';
import { usePlace } from './use-place.ts';

/** How far below what one sees the end of the list may be. */
const aheadPixels = 1200;

/** `of`: the key of its query. `rows`: the list items of what has come. */
type Props<Data> = {
  of: QueryKey;
  list: UseInfiniteQueryResult<Data>;
  rows: (data: Data) => readonly ReactElement[];
  empty: ReactNode;
  more?: string;
};

export function PagedList<Data extends { readonly pages: readonly unknown[] }>({ of, list, rows, empty, more }: Props<Data>) {
  const texts = useFormTexts();
  const pages = list.data?.pages.length ?? 0;
  const isComing = usePlace(of, list, pages);
  const end = useEndInView(pages > 1 && !isComing && list.hasNextPage && !list.isFetching && !list.isError, () => void list.fetchNextPage());
  if (list.data === undefined) return list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} /> : <Skeleton rows={3} />;
  const shown = rows(list.data);
  if (shown.length === 0) return <div className="border-y border-line py-6 text-center text-muted">{empty}</div>;
  return (
    <>
      <LongList name={JSON.stringify(of)} rows={shown} />
      {list.isError && <ErrorState error={list.error} retry={() => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch())} />}
      {list.hasNextPage && !list.isError && (
        <p ref={end} className="mt-4 text-center">
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {more ?? texts.more}
          </button>
        </p>
      )}
    </>
  );
}

/** The element whose coming into view is told, while that is wanted. */
function useEndInView(isWanted: boolean, onView: () => void) {
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!isWanted || end.current === null) return undefined;
    const watcher = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && onView(), {
      rootMargin: `0px 0px ${aheadPixels}px`,
    });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  });
  return end;
}
