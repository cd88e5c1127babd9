/** What of a repository runs where, and for one environment, what ran there before and what may be done. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { repositoryPath } from '../../repository-address.ts';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { deployKinds, environmentsKey } from './environment-query.ts';
import { NewEnvironment } from './environment-form.tsx';
import { EnvironmentRow } from './environment-row.tsx';
import { OneEnvironment } from './one-environment.tsx';
import { useEnvironmentTexts } from './texts.ts';

const section = { kind: 'environments' } as const;

export function EnvironmentsPage({ facts }: { facts: RepositoryFacts }) {
  const texts = useEnvironmentTexts();
  const { name: repository, may } = facts;
  usePageTitle(texts.title(repository));
  const { item } = useSearch({ strict: false });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: environmentsKey(repository) });
  useLiveEvents({ repository, kinds: deployKinds, onEvent: refresh, onLost: refresh });
  const environments = useQuery({
    queryKey: environmentsKey(repository),
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/environments', { params: { repository }, signal }),
  });
  if (environments.isPending) return <Skeleton />;
  if (environments.isError) return <ErrorState error={environments.error} retry={() => void environments.refetch()} />;
  const { items } = environments.data;
  if (item !== undefined) {
    return (
      <>
        <p className="mb-4">
          <RepositoryLink repository={repository} section={section} className="link">
            ← {texts.all}
          </RepositoryLink>
        </p>
        <OneEnvironment
          key={item}
          facts={facts}
          name={item}
          others={items.filter(({ name }) => name !== item).map(({ name }) => name)}
          leave={() => void navigate({ to: '/r/$', params: { _splat: repositoryPath(repository, section) } })}
        />
      </>
    );
  }
  return (
    <div className="max-w-4xl">
      {items.length === 0 ? (
        <div className="mb-10">
          <EmptyState title={texts.none}>{texts.noneHint}</EmptyState>
        </div>
      ) : (
        <ul className="mb-10 border-t border-line">
          {items.map((environment) => (
            <li key={environment.name} className="border-b border-line py-3">
              <EnvironmentRow repository={repository} environment={environment} />
            </li>
          ))}
        </ul>
      )}
      {may.includes('manage') && <NewEnvironment repository={repository} others={items.map(({ name }) => name)} />}
    </div>
  );
}
