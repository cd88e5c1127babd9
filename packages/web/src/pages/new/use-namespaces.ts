import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { selfQuery } from '../../api/queries.ts';

/** Where one may make repositories: under one's own name, and in one's organisations. Empty where names belong to nobody. */
export function useNamespaces(): readonly string[] {
  const { data: self } = useQuery(selfQuery);
  const isPerson = self?.kind === 'user';
  const { data: organisations } = useQuery({
    queryKey: ['organisations', self?.name],
    queryFn: ({ signal }) => call('GET /user/organisations', { query: { limit: 1000 }, signal }),
    enabled: isPerson,
  });
  return isPerson ? [self.name, ...(organisations?.items ?? []).map(({ name }) => name)] : [];
}
