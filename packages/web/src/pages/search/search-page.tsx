import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { FoundRow } from '../../parts/found-row.tsx';
import { now } from '../../parts/now.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { SearchFilters } from './search-filters.tsx';
import { dayMs, updatedDays, type Wanted } from './wanted.ts';

export function SearchPage() {
  const { search: texts, home } = useTexts();
  const wanted = useSearch({ from: '/search' });
  usePageTitle(wanted.q === undefined || wanted.q === '' ? texts.titleAll : texts.title(wanted.q));
  const found = useInfiniteQuery({
    queryKey: ['search', wanted],
    queryFn: ({ pageParam, signal }) => call('GET /search', { query: { ...toQuery(wanted), ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[14rem_minmax(0,1fr)]">
      <SearchFilters wanted={wanted} />
      <div className="min-w-0">
        <h1 className="mb-3">{wanted.q === undefined || wanted.q === '' ? texts.titleAll : texts.title(wanted.q)}</h1>
        {found.isPending ? (
          <Skeleton rows={8} />
        ) : found.isError ? (
          <ErrorState error={found.error} retry={() => void found.refetch()} />
        ) : (
          <Results pages={found.data.pages} />
        )}
        {found.hasNextPage && (
          <p className="mt-4 text-center">
            <button type="button" className="button" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {home.more}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

function Results({ pages }: { pages: readonly Awaited<ReturnType<typeof call<'GET /search'>>>[] }) {
  const { search: texts, list } = useTexts();
  const items = pages.flatMap((page) => page.items);
  const instead = pages[0]?.instead ?? [];
  if (items.length === 0) return <EmptyState title={texts.nothing}>{texts.nothingHint}</EmptyState>;
  return (
    <>
      {instead.length > 0 && (
        <p role="status" className="mb-2 text-muted">
          {texts.instead(list(instead))}
        </p>
      )}
      <ul className="border-t border-line">
        {items.map((item) => (
          <FoundRow key={item.name} {...item} />
        ))}
      </ul>
    </>
  );
}

function toQuery({ q, official, verified, organisation, platform, artifactType, updated }: Wanted) {
  const days = updatedDays.find((one) => one === updated);
  return {
    q: q ?? '',
    ...(official === true && { official: 'true' as const }),
    ...(verified === true && { verified: 'true' as const }),
    ...(organisation !== undefined && organisation !== '' && { organisation }),
    ...(platform !== undefined && { platform }),
    ...(artifactType !== undefined && artifactType !== '' && { artifactType }),
    ...(days !== undefined && { updatedSince: now() - days * dayMs }),
  };
}
