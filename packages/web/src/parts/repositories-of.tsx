/** The repositories of a namespace that the reader may see, as a part of the list of all: names come in byte order. */
import { call } from '../api/client.ts';
import { RepositoryRow } from '../pages/home/repository-row.tsx';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useFormTexts } from '../language/form-texts.ts';
import { ErrorState, Skeleton } from './states.tsx';

const pageSize = 30;

export function RepositoriesOf({ namespace, empty }: { namespace: string; empty: string }) {
  const texts = useFormTexts();
  const prefix = `${namespace}/`;
  const list = useInfiniteQuery({
    queryKey: ['repositories', prefix],
    queryFn: ({ pageParam, signal }) => call('GET /repositories', { query: { after: pageParam, limit: pageSize }, signal }),
    initialPageParam: prefix,
    getNextPageParam: ({ items, next }) => (items.at(-1)?.name.startsWith(prefix) === true ? next : undefined),
  });
  if (list.isPending) return <Skeleton rows={3} />;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  const found = list.data.pages.flatMap(({ items }) => items).filter(({ name }) => name.startsWith(prefix));
  if (found.length === 0) return <p className="border-y border-line py-6 text-center text-muted">{empty}</p>;
  return (
    <>
      <ul className="border-t border-line">
        {found.map((repository) => (
          <RepositoryRow key={repository.name} {...repository} />
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
