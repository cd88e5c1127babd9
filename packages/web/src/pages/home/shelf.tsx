import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { FoundRow } from '../../parts/found-row.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import type { Wanted } from '../search/wanted.ts';

type Props = {
  title: string;
  query: { official?: 'true' | 'false'; verified?: 'true' | 'false' };
  /** What the search page is asked for, to show the rest. */
  all: Wanted;
  limit?: number;
  /** Not shown while there is nothing of the kind. */
  isOptional?: boolean;
};

/** The best known of a kind. */
export function Shelf({ title, query, all, limit = 5, isOptional = false }: Props) {
  const { home } = useTexts();
  const found = useQuery({ queryKey: ['search', 'shelf', query, limit], queryFn: ({ signal }) => call('GET /search', { query: { ...query, limit }, signal }) });
  if (found.isPending) return isOptional ? null : <Skeleton rows={6} />;
  if (found.isError) return isOptional ? null : <ErrorState error={found.error} retry={() => void found.refetch()} />;
  const { items, next } = found.data;
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <div className="flex items-baseline justify-between border-b border-line pb-1">
        <h2>{title}</h2>
        {next !== undefined && (
          <Link to="/search" search={all} className="link text-sm" aria-label={`${title}: ${home.all}`}>
            {home.all}
          </Link>
        )}
      </div>
      <ul>
        {items.map((item) => (
          <FoundRow key={item.name} {...item} />
        ))}
      </ul>
    </section>
  );
}
