/** For who is signed in: what changed lately in one's own namespaces, and what one has marked. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { FoundRow } from '../../parts/found-row.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useNamespaces } from '../new/use-namespaces.ts';

const shown = 5;
const namespacesMax = 10;
const perNamespace = 100;

export function OwnShelves() {
  const { home } = useTexts();
  const namespaces = useNamespaces().slice(0, namespacesMax);
  const own = useQuery({
    queryKey: ['search', 'own', namespaces],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(namespaces.map((organisation) => call('GET /search', { query: { q: '', organisation, limit: perNamespace }, signal })));
      return pages.flatMap(({ items }) => items).toSorted((one, other) => (other.updatedAt ?? 0) - (one.updatedAt ?? 0));
    },
    enabled: namespaces.length > 0,
  });
  const starred = useQuery({ queryKey: ['search', 'starred'], queryFn: ({ signal }) => call('GET /user/stars', { query: { limit: perNamespace }, signal }) });
  return (
    <>
      <OwnShelf
        title={home.own}
        query={own}
        items={own.data}
        all={
          <Link to="/mine" className="link text-sm" aria-label={`${home.own}: ${home.all}`}>
            {home.all}
          </Link>
        }
      />
      <OwnShelf title={home.starred} query={starred} items={starred.data?.items} />
    </>
  );
}

type Props = {
  title: string;
  query: { readonly error: Error | null; refetch(): unknown };
  items: readonly Parameters<typeof FoundRow>[0][] | undefined;
  all?: ReactNode;
};

function OwnShelf({ title, query, items, all }: Props) {
  if (query.error !== null) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (items === undefined) return <Skeleton rows={2} />;
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <div className="flex items-baseline justify-between border-b border-line pb-1">
        <h2>{title}</h2>
        {items.length > shown && all}
      </div>
      <ul>
        {items.slice(0, shown).map((item) => (
          <FoundRow key={item.name} {...item} />
        ))}
      </ul>
    </section>
  );
}
