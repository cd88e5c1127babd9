import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { problemOf } from './api-error.ts';
import { selfQuery } from './queries.ts';

/** Answers that say the session is over make the page ask anew who is looking. */
export function createQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (query.queryKey[0] !== 'self') lookWhoIsHere(error);
      },
    }),
    mutationCache: new MutationCache({ onError: lookWhoIsHere }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // What the server said no to does not change by asking again at once.
        retry: (failures, error) => failures < 2 && ['offline', 'busy'].includes(problemOf(error).kind),
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return queries;

  function lookWhoIsHere(error: unknown): void {
    if (problemOf(error).kind === 'sign-in') void queries.invalidateQueries({ queryKey: selfQuery.queryKey });
  }
}
