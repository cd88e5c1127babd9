import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';

/** Those first that were deleted last. */
export function trashQuery(repository: string) {
  return queryOptions({
    queryKey: ['trash', repository],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/trash', { params: { repository }, query: { limit: 1000 }, signal }),
  });
}
