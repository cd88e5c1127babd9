/** What of an organisation runs where: the environments of all its repositories that the reader may see. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { PagedList } from '../../parts/paged-list.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { deployKinds } from '../environments/environment-query.ts';
import { EnvironmentRow } from '../environments/environment-row.tsx';
import { useEnvironmentTexts } from '../environments/texts.ts';

const pageSize = 50;

export function Environments({ namespace }: { namespace: string }) {
  const texts = useEnvironmentTexts();
  const queries = useQueryClient();
  const key = ['environments', { namespace }];
  const refresh = () => void queries.invalidateQueries({ queryKey: key });
  useLiveEvents({ kinds: deployKinds, onEvent: ({ repository }) => repository.startsWith(`${namespace}/`) && refresh(), onLost: refresh });
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/environments', {
        params: { namespace },
        query: { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <PagedList
      of={key}
      list={list}
      rows={({ pages }) =>
        pages
          .flatMap(({ items }) => items)
          .map((environment) => (
            <li key={`${environment.repository}:${environment.name}`} className="border-b border-line py-3">
              <p className="mb-1 text-sm">
                <RepositoryLink repository={environment.repository} className="link inline-block min-h-6 text-muted">
                  {environment.repository}
                </RepositoryLink>
              </p>
              <EnvironmentRow repository={environment.repository} environment={environment} />
            </li>
          ))
      }
      empty={
        <>
          <p className="font-semibold text-text">{texts.noneOfAll}</p>
          <p className="mt-1">{texts.noneHint}</p>
        </>
      }
    />
  );
}
