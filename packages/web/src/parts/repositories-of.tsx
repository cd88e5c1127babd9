/** The repositories of a namespace that the reader may see, as a part of the list of all: names come in byte order. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { RepositoryRow } from '../pages/home/repository-row.tsx';
import { PagedList } from './paged-list.tsx';

const pageSize = 30;

export function RepositoriesOf({ namespace, empty }: { namespace: string; empty: string }) {
  const prefix = `${namespace}/`;
  const list = useInfiniteQuery({
    queryKey: ['repositories', prefix],
    queryFn: ({ pageParam, signal }) => call('GET /repositories', { query: { after: pageParam, limit: pageSize }, signal }),
    initialPageParam: prefix,
    getNextPageParam: ({ items, next }) => (items.at(-1)?.name.startsWith(prefix) === true ? next : undefined),
  });
  return (
    <PagedList
      list={list}
      rows={({ pages }) =>
        pages
          .flatMap(({ items }) => items)
          .filter(({ name }) => name.startsWith(prefix))
          .map((repository) => <RepositoryRow key={repository.name} {...repository} />)
      }
      empty={empty}
    />
  );
}
