/**
 * All tags of a repository, fetched a thousand at a time and shown as they come; kept up to date by
 * the events of the server: what moved is asked for alone, unless so much moves that asking for all
 * is less.
 */
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { type Answer, call } from '../../api/client.ts';
import { type LiveState, useLiveEvents } from '../../api/live-events.ts';
import { repositoryQuery } from '../../api/queries.ts';

import { checksKey } from './use-checks.ts';

export type TagEntry = Answer<'GET /repositories/{repository}/-/tags'>['items'][number];
type TagPage = Answer<'GET /repositories/{repository}/-/tags'>;

const pageSize = 1000;
const gatherMs = 200;
const singlesMax = 30;

export type Tags = {
  readonly entries: readonly TagEntry[];
  readonly isPending: boolean;
  /** Some are there, and more are coming. */
  readonly isGrowing: boolean;
  readonly error: Error | null;
  readonly live: LiveState;
  /** Tags that came or moved while one looked. */
  readonly arrived: ReadonlySet<string>;
  refetch(): void;
  /** Takes tags out at once that the server has deleted. */
  forget(tags: readonly string[]): void;
};

export function useTags(repository: string): Tags {
  const queries = useQueryClient();
  const key = useMemo(() => ['tags', repository], [repository]);
  const { data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/tags', {
        params: { repository },
        query: { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && error === null) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, error, fetchNextPage]);

  const changed = useRef(new Set<string>());
  const arrived = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function put(tag: string, entry: TagEntry | undefined): void {
    queries.setQueryData<InfiniteData<TagPage>>(
      key,
      (now) => now && { ...now, pages: now.pages.map((page, index) => withEntry(page, tag, index === 0 ? entry : undefined)) },
    );
  }

  async function refresh(): Promise<void> {
    const tags = [...changed.current];
    changed.current.clear();
    void queries.invalidateQueries({ queryKey: repositoryQuery(repository).queryKey });
    void queries.invalidateQueries({ queryKey: checksKey(repository) });
    if (tags.length > singlesMax) return void refetch();
    await Promise.all(tags.map(refreshOne));
  }

  async function refreshOne(tag: string): Promise<void> {
    try {
      put(tag, await call('GET /repositories/{repository}/-/tags/{tag}', { params: { repository, tag } }));
    } catch (reason) {
      // Deleted again meanwhile. Whatever else went wrong, all of it is asked for again.
      if (problemOf(reason).kind === 'absent') put(tag, undefined);
      else void refetch();
    }
  }

  const live = useLiveEvents({
    repository,
    kinds: ['tag.moved', 'tag.deleted'],
    onEvent({ kind, tag }) {
      if (tag === undefined) return;
      if (kind === 'tag.moved') arrived.current.add(tag);
      changed.current.add(tag);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void refresh(), gatherMs);
    },
    onLost: () => void refetch(),
  });

  return {
    entries: useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]),
    isPending,
    isGrowing: hasNextPage,
    // What was seen stays, also when asking again failed: the head of the page says that it may be old.
    error: data === undefined ? error : null,
    live,
    arrived: arrived.current,
    refetch: () => void refetch(),
    forget: (tags) => tags.forEach((tag) => put(tag, undefined)),
  };
}

/** In the place of the one with this tag, if there was one in this page. */
function withEntry(page: TagPage, tag: string, entry: TagEntry | undefined): TagPage {
  const items = page.items.filter((item) => item.tag !== tag);
  if (entry === undefined && items.length === page.items.length) return page;
  return { ...page, items: entry === undefined ? items : [...items, entry] };
}
