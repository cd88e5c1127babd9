/** The audit of a namespace, or without one of the whole server. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { fieldText } from '../../parts/act-form.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { AuditEntry } from './audit-entry.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { useAuditTexts } from './texts.ts';

type Word = 'actor' | 'action' | 'namespace' | 'repository' | 'digest' | 'address';
type Filter = { readonly [word in Word]?: string } & { readonly since?: number; readonly until?: number };

const pageSize = 50;
const dayMs = 86_400_000;

export function AuditView({ namespace }: { namespace?: string }) {
  const texts = useAuditTexts();
  const [filter, setFilter] = useState<Filter>({});
  const list = useInfiniteQuery({
    queryKey: ['audit', namespace, filter],
    queryFn: ({ pageParam, signal }): Promise<Answer<'GET /audit'>> => {
      const query = { ...filter, limit: pageSize, ...(pageParam > 0 && { before: pageParam }) };
      return namespace === undefined
        ? call('GET /audit', { query, signal })
        : call('GET /namespaces/{namespace}/audit', { params: { namespace }, query, signal });
    },
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
  function change(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    setFilter(readFilter(new FormData(event.currentTarget)));
  }
  const entries = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section title={texts.title} hint={texts.hint}>
      <AuditFilters hasNamespace={namespace === undefined} isFiltered={Object.keys(filter).length > 0} onSubmit={change} onClear={() => setFilter({})} />
      {list.isPending && <Skeleton />}
      {list.isError && <ErrorState error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && entries.length === 0 && <p className="border-y border-line py-6 text-center text-muted">{texts.none}</p>}
      {entries.length > 0 && (
        <ul className="border-t border-line">
          {entries.map((entry) => (
            <AuditEntry key={entry.id} {...entry} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <p className="mt-4 text-center">
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {texts.older}
          </button>
        </p>
      )}
    </Section>
  );
}

function readFilter(fields: FormData): Filter {
  const [since, lastDay] = ['since', 'until'].map((name) => Date.parse(`${fieldText(fields, name)}T00:00`)) as [number, number]; // of two names
  const words = ['actor', 'action', 'namespace', 'repository', 'digest', 'address'].flatMap((name) => {
    const text = fieldText(fields, name).trim();
    return text === '' ? [] : [[name, text]];
  });
  return {
    ...(Object.fromEntries(words) as Pick<Filter, Word>), // of these names
    ...(!Number.isNaN(since) && { since }),
    ...(!Number.isNaN(lastDay) && { until: lastDay + dayMs - 1 }),
  };
}
