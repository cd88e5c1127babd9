import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { FoundRow } from '../../parts/found-row.tsx';
import { now } from '../../parts/now.ts';
import { PagedList } from '../../parts/paged-list.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { SearchFilters } from './search-filters.tsx';
import { dayMs, updatedDays, type Wanted } from './wanted.ts';

export function SearchPage() {
  const { search: texts, list } = useTexts();
  const wanted = useSearch({ from: '/search' });
  usePageTitle(wanted.q === undefined || wanted.q === '' ? texts.titleAll : texts.title(wanted.q));
  const key = ['search', wanted];
  const found = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => call('GET /search', { query: { ...toQuery(wanted), ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const instead = found.data?.pages[0]?.instead ?? [];
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[14rem_minmax(0,1fr)]">
      <SearchFilters wanted={wanted} />
      <div className="min-w-0">
        <h1 className="mb-3">{wanted.q === undefined || wanted.q === '' ? texts.titleAll : texts.title(wanted.q)}</h1>
        {instead.length > 0 && (
          <p role="status" className="mb-2 text-muted">
            {texts.instead(list(instead))}
          </p>
        )}
        <PagedList
          of={key}
          list={found}
          rows={({ pages }) => pages.flatMap(({ items }) => items).map((item) => <FoundRow key={item.name} {...item} />)}
          empty={
            <>
              <p className="py-4 text-base font-semibold text-text">{texts.nothing}</p>
              <p className="mx-auto mb-4 max-w-xl">{texts.nothingHint}</p>
            </>
          }
        />
      </div>
    </div>
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
