/** The repositories of a namespace that the reader may see, or without one all of them, as a part of the list of all: names come in byte order. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { RepositoryRow } from '../pages/home/repository-row.tsx';
import { PagedList } from './paged-list.tsx';

const pageSize = 100;

export function RepositoriesOf({ namespace, empty }: { namespace: string; empty: string }) {
  const prefix = namespace === '' ? '' : `${namespace}/`;
  const key = ['repositories', prefix];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => call('GET /repositories', { query: { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: prefix,
    getNextPageParam: ({ items, next }) => (items.at(-1)?.name.startsWith(prefix) === true ? next : undefined),
  });
  return (
    <PagedList
      of={key}
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
