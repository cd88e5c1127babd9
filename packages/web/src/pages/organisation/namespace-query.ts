import { queryOptions } from '@tanstack/react-query';
import { callWithEtag } from '../../api/client.ts';

/** Answered to who may manage the namespace, and refused to everybody else: it tells whether one does. */
export function namespaceQuery(namespace: string) {
  return queryOptions({
    queryKey: ['namespace', namespace],
    queryFn: ({ signal }) => callWithEtag('GET /namespaces/{namespace}', { params: { namespace }, signal }),
  });
}
