import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import type { Environment } from './environment-query.ts';
import { ReleaseText } from './release-text.tsx';
import { Rules } from './rules.tsx';
import { useEnvironmentTexts } from './texts.ts';

const section = { kind: 'environments' } as const;

/** One environment in a list: its rules, and what runs in each of its instances. */
export function EnvironmentRow({ repository, environment }: { repository: string; environment: Environment }) {
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
