/** What is vulnerable behind each tag, counted by the server, in pages: of repositories with very many tags of the first ones. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { type Answer, call } from '../../api/client.ts';

export type TagCheck = Answer<'GET /repositories/{repository}/-/finding-counts'>['items'][number];

const pageSize = 100;
const pagesMax = 10;
const askAgainMs = 2000;

export const checksKey = (repository: string) => ['tag-checks', repository];

/** By tag. What moved since is asked for again by whoever is told that it moved. */
export function useChecks(repository: string): ReadonlyMap<string, TagCheck> {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery({
    queryKey: checksKey(repository),
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/finding-counts', {
        params: { repository },
        query: { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }, pages) => (pages.length < pagesMax ? next : undefined),
    // A push is looked into in a moment.
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some((one) => one.state === 'checking') === true ? askAgainMs : false),
  });
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return useMemo(() => new Map(data?.pages.flatMap(({ items }) => items.map((one) => [one.tag, one] as const))), [data]);
}
