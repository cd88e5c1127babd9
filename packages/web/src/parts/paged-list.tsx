/** The frame of a list that comes in pages: what stands in its place while it loads, fails or is empty, and the way to more. */
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useFormTexts } from '../language/form-texts.ts';
import { ErrorState, Skeleton } from './states.tsx';

/** `rows`: the list items of what has come. */
type Props<Data> = { list: UseInfiniteQueryResult<Data>; rows: (data: Data) => readonly ReactNode[]; empty: ReactNode };

export function PagedList<Data>({ list, rows, empty }: Props<Data>) {
  const texts = useFormTexts();
  if (list.isPending) return <Skeleton rows={3} />;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  const shown = rows(list.data);
  if (shown.length === 0) return <p className="border-y border-line py-6 text-center text-muted">{empty}</p>;
  return (
    <>
      <ul className="border-t border-line">{shown}</ul>
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
