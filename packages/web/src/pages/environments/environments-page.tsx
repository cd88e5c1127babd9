/** What of a repository runs where, and for one environment, what ran there before and what may be done. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { repositoryPath } from '../../repository-address.ts';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { type Environment, environmentsKey } from './environment-query.ts';
import { NewEnvironment } from './environment-form.tsx';
import { OneEnvironment } from './one-environment.tsx';
import { ReleaseText } from './release-text.tsx';
import { Rules } from './rules.tsx';
import { useEnvironmentTexts } from './texts.ts';

const section = { kind: 'environments' } as const;
const kinds = ['deploy.requested', 'deploy.awaiting', 'deploy.approved', 'deploy.rejected', 'deploy.refused', 'deploy.running', 'deploy.rolled_back'] as const;

export function EnvironmentsPage({ facts }: { facts: RepositoryFacts }) {
  const texts = useEnvironmentTexts();
  const { name: repository, may } = facts;
  usePageTitle(texts.title(repository));
  const { item } = useSearch({ strict: false });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: environmentsKey(repository) });
  useLiveEvents({ repository, kinds, onEvent: refresh, onLost: refresh });
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
              <Row repository={repository} environment={environment} />
            </li>
          ))}
        </ul>
      )}
      {may.includes('manage') && <NewEnvironment repository={repository} others={items.map(({ name }) => name)} />}
    </div>
  );
}

function Row({ repository, environment }: { repository: string; environment: Environment }) {
  const texts = useEnvironmentTexts();
  const { name, instances } = environment;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3">
        <RepositoryLink repository={repository} section={section} search={{ item: name }} className="link text-base font-semibold">
          {name}
        </RepositoryLink>
        <Rules environment={environment} />
      </p>
      {instances.length === 0 && <p className="text-muted">{texts.nothing}</p>}
      {instances.map(({ name: instance, running, wanted, expiresAt }) => (
        <p key={instance} className="mt-1 flex flex-wrap items-center gap-x-3">
          {instance !== '' && <span className="chip font-mono">{instance}</span>}
          {running === undefined ? <span className="text-muted">{texts.nothing}</span> : <ReleaseText repository={repository} release={running} />}
          {wanted !== undefined && wanted.id !== running?.id && (
            <span className="text-warn">
              {texts.wanted}: {wanted.tag ?? wanted.digest.slice(0, 19)} · {texts.states[wanted.state]}
            </span>
          )}
          {expiresAt !== undefined && (
            <span className="text-sm text-muted">
              {texts.until} <RelativeTime at={expiresAt} />
            </span>
          )}
        </p>
      ))}
    </>
  );
}
