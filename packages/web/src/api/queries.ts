/** What several pages ask of the server, under one key each. */
import { queryOptions } from '@tanstack/react-query';
import { call, callWithEtag } from './client.ts';

export const serverQuery = queryOptions({ queryKey: ['server'], queryFn: ({ signal }) => call('GET /server', { signal }), staleTime: Infinity });

export const selfQuery = queryOptions({ queryKey: ['self'], queryFn: ({ signal }) => call('GET /user', { signal }), staleTime: 60_000 });

export function repositoryQuery(repository: string) {
  return queryOptions({
    queryKey: ['repository', repository],
    queryFn: ({ signal }) => call('GET /repositories/{repository}', { params: { repository }, signal }),
  });
}

/** The same for a form: with the version that is changed. */
export function repositoryEditQuery(repository: string) {
  return queryOptions({
    queryKey: [...repositoryQuery(repository).queryKey, 'edit'],
    queryFn: ({ signal }) => callWithEtag('GET /repositories/{repository}', { params: { repository }, signal }),
  });
}

export function imageQuery(repository: string, reference: string) {
  return queryOptions({
    queryKey: ['image', repository, reference],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/images/{reference}', { params: { repository, reference }, signal }),
  });
}

export const ownOrganisationsQuery = queryOptions({
  queryKey: ['organisations', 'own'],
  queryFn: ({ signal }) => call('GET /user/organisations', { signal }),
});

/** Of lists of one's own notifications. */
export const notificationsKey = ['notifications'];
