/** The audit of a namespace, or without one of the whole server. What is looked at stands in the address. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { AuditEntry } from './audit-entry.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { type AuditSearch, auditQuery, readAuditSearch } from './audit-search.ts';
import { useAuditTexts } from './texts.ts';

const pageSize = 50;

export function AuditView({ namespace }: { namespace?: string }) {
  const texts = useAuditTexts();
  const navigate = useNavigate();
  const search = readAuditSearch(useSearch({ strict: false }));
  const key = ['audit', namespace, search];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }): Promise<Answer<'GET /audit'>> => {
      const query = { ...auditQuery(search), limit: pageSize, ...(pageParam > 0 && { before: pageParam }) };
      return namespace === undefined
        ? call('GET /audit', { query, signal })
        : call('GET /namespaces/{namespace}/audit', { params: { namespace }, query, signal });
    },
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
  const show = (wanted: AuditSearch) => void navigate({ to: '.', search: wanted });
  function change(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    show(readAuditSearch(Object.fromEntries(new FormData(event.currentTarget))));
  }
  return (
    <Section title={texts.title} hint={texts.hint}>
      <AuditFilters key={JSON.stringify(search)} hasNamespace={namespace === undefined} search={search} onSubmit={change} onClear={() => show({})} />
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) => pages.flatMap(({ items }) => items).map((entry) => <AuditEntry key={entry.id} {...entry} />)}
        empty={texts.none}
        more={texts.older}
      />
    </Section>
  );
}
