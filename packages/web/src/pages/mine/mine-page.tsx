import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { selfQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, ErrorState, SignInLink, Skeleton } from '../../parts/states.tsx';
import { RepositoryRow } from '../home/repository-row.tsx';
import { useNamespaces } from '../new/use-namespaces.ts';

/** The repositories of one's own name and of one's organisations. */
export function MinePage() {
  const { mine } = useTexts();
  usePageTitle(mine.title);
  const { data: self } = useQuery(selfQuery);
  const namespaces = useNamespaces();
  if (self === undefined) return <Skeleton />;
  if (self.kind === 'anonymous') {
    return (
      <EmptyState isPage title={mine.signIn}>
        <SignInLink />
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <h1>{mine.title}</h1>
        <Link to="/new" className="button">
          {mine.create}
        </Link>
      </div>
      <div className="space-y-8">
        {(namespaces.length === 0 ? [''] : namespaces).map((namespace) => (
          <Namespace key={namespace} namespace={namespace} />
        ))}
      </div>
    </>
  );
}

const pageSize = 50;

/** Names come in byte order, so those of a namespace stand together, behind its name and a slash. */
function Namespace({ namespace }: { namespace: string }) {
  const { mine, home } = useTexts();
  const prefix = namespace === '' ? '' : `${namespace}/`;
  const repositories = useInfiniteQuery({
    queryKey: ['repositories', 'of', namespace],
    queryFn: ({ pageParam, signal }) => call('GET /repositories', { query: { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: prefix,
    getNextPageParam: ({ next }) => (next?.startsWith(prefix) === true ? next : undefined),
  });
  if (repositories.isPending) return <Skeleton rows={3} />;
  if (repositories.isError) return <ErrorState error={repositories.error} retry={() => void repositories.refetch()} />;
  const found = repositories.data.pages.flatMap(({ items }) => items).filter(({ name }) => name.startsWith(prefix));
  return (
    <section aria-label={namespace === '' ? mine.title : namespace}>
      {namespace !== '' && <h2 className="mb-1 font-mono">{namespace}</h2>}
      {found.length === 0 ? (
        <p className="border-y border-line py-4 text-muted">{mine.empty}</p>
      ) : (
        <ul className="border-t border-line">
          {found.map((repository) => (
            <RepositoryRow key={repository.name} {...repository} />
          ))}
        </ul>
      )}
      {repositories.hasNextPage && (
        <p className="mt-3">
          <button type="button" className="button" disabled={repositories.isFetchingNextPage} onClick={() => void repositories.fetchNextPage()}>
            {home.more}
          </button>
        </p>
      )}
    </section>
  );
}
