/** What is on this server, and for an empty one how to put a first image there. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { useTexts } from '../../language/language.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { FirstRun } from './first-run.tsx';
import { RepositoryRow } from './repository-row.tsx';

const pageSize = 30;

export function HomePage() {
  const { home, titles } = useTexts();
  usePageTitle(titles.home);
  const queries = useQueryClient();
  const repositories = useInfiniteQuery({
    queryKey: ['repositories'],
    queryFn: ({ pageParam, signal }) => call('GET /repositories', { query: { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const refresh = () => void queries.invalidateQueries({ queryKey: ['repositories'] });
  const live = useLiveEvents({
    kinds: ['repository.created', 'repository.renamed', 'tag.moved'],
    onEvent({ kind, repository }) {
      if (kind === 'tag.moved') void queries.invalidateQueries({ queryKey: ['repository', repository] });
      else refresh();
    },
    onLost: refresh,
  });

  if (repositories.isPending) return <Skeleton />;
  if (repositories.isError) return <ErrorState error={repositories.error} retry={() => void repositories.refetch()} />;
  const found = repositories.data.pages.flatMap(({ items }) => items);
  if (found.length === 0) return <FirstRun live={live} />;
  return (
    <>
      <h1 className="mb-4">{home.title}</h1>
      <ul className="border-t border-line">
        {found.map((repository) => (
          <RepositoryRow key={repository.name} {...repository} />
        ))}
      </ul>
      {repositories.hasNextPage && (
        <p className="mt-4 text-center">
          <button type="button" className="button" disabled={repositories.isFetchingNextPage} onClick={() => void repositories.fetchNextPage()}>
            {home.more}
          </button>
        </p>
      )}
    </>
  );
}
