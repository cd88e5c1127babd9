/** What became of this image in each environment of its repository: where it runs, and why it does not. */
import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { environmentsKey } from '../environments/environment-query.ts';
import { useEnvironmentTexts } from '../environments/texts.ts';

type Release = Answer<'GET /repositories/{repository}/-/environments/{environment}/releases'>['items'][number];

const environmentsLooked = 10;
const releasesLooked = 50;
/** What is over says nothing of the image any more. */
const colours: Readonly<Partial<Record<Release['state'], string>>> = {
  running: 'text-good',
  pending: 'text-warn',
  awaiting: 'text-warn',
  failed: 'text-bad',
  refused: 'text-bad',
};

export function WhereItRuns({ repository, digest }: { repository: string; digest: string }) {
  const texts = useEnvironmentTexts();
  const found = useQuery({
    queryKey: [...environmentsKey(repository), 'of', digest],
    queryFn: async ({ signal }) => {
      const { items } = await call('GET /repositories/{repository}/-/environments', { params: { repository }, signal });
      return Promise.all(
        items.slice(0, environmentsLooked).map(async ({ name }) => {
          const params = { repository, environment: name };
          const releases = await call('GET /repositories/{repository}/-/environments/{environment}/releases', {
            params,
            query: { limit: releasesLooked },
            signal,
          });
          return { name, release: releases.items.find((one) => one.digest === digest) };
        }),
      );
    },
  });
  const shown = (found.data ?? []).flatMap(({ name, release }) => (release === undefined || colours[release.state] === undefined ? [] : [{ name, release }]));
  if (shown.length === 0) return null;
  return (
    <ul className="mb-4 flex flex-wrap gap-x-6 gap-y-1">
      {shown.map(({ name, release: { state, message } }) => (
        <li key={name} className="flex flex-wrap items-baseline gap-x-2">
          <RepositoryLink repository={repository} section={{ kind: 'environments' }} search={{ item: name }} className="link inline-block min-h-6 font-medium">
            {name}
          </RepositoryLink>
          <span className={colours[state]}>{texts.states[state]}</span>
          {message !== undefined && state !== 'running' && (
            <span className="text-sm text-muted">
              <ForeignText>{message}</ForeignText>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
