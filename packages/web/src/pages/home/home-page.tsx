/** What is on this server: official, verified, most used, and one's own; for an empty one how to put a first image there. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { selfQuery, serverQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { lazy, Suspense } from 'react';
import { FirstRun } from './first-run.tsx';
import { Shelf } from './shelf.tsx';

const OwnShelves = lazy(async () => ({ default: (await import('./own-shelves.tsx')).OwnShelves }));

export function HomePage() {
  const { home, titles, mine } = useTexts();
  usePageTitle(titles.home);
  const queries = useQueryClient();
  const { data: server } = useQuery(serverQuery);
  const { data: self } = useQuery(selfQuery);
  const first = useQuery({ queryKey: ['repositories', 'any'], queryFn: ({ signal }) => call('GET /repositories', { query: { limit: 1 }, signal }) });
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['repositories'] });
    void queries.invalidateQueries({ queryKey: ['search'] });
  };
  const live = useLiveEvents({ kinds: ['repository.created', 'repository.renamed', 'tag.moved'], onEvent: refresh, onLost: refresh });

  if (first.isPending) return <Skeleton />;
  if (first.isError) return <ErrorState isPage error={first.error} retry={() => void first.refetch()} />;
  if (first.data.items.length === 0) return <FirstRun live={live} />;
  const mayCreate = server?.accounts === false || self?.kind === 'user';
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h1>{home.title}</h1>
        {mayCreate && (
          <span className="flex flex-wrap gap-2">
            <Link to="/import" className="button">
              {home.drop}
            </Link>
            <Link to="/new" className="button">
              {mine.create}
            </Link>
          </span>
        )}
      </div>
      <div className="space-y-8">
        {self?.kind === 'user' && (
          <Suspense fallback={<Skeleton rows={3} />}>
            <OwnShelves />
          </Suspense>
        )}
        <Shelf title={home.official} query={{ official: 'true' }} all={{ official: true }} isOptional />
        <Shelf title={home.verified} query={{ verified: 'true', official: 'false' }} all={{ verified: true }} isOptional />
        <Shelf title={home.mostUsed} query={{}} all={{}} limit={20} />
      </div>
    </>
  );
}
