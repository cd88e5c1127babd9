import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { environmentsKey } from './environment-query.ts';
import { type Release, ReleaseText } from './release-text.tsx';
import { useEnvironmentTexts } from './texts.ts';

type Props = { repository: string; environment: string; mayTry: boolean };

const pageSize = 30;
const colours: Partial<Record<Release['state'], string>> = {
  running: 'text-good',
  failed: 'text-bad',
  refused: 'text-bad',
  rejected: 'text-bad',
  awaiting: 'text-warn',
  pending: 'text-warn',
};

export function History({ repository, environment, mayTry }: Props) {
  const texts = useEnvironmentTexts();
  const params = { repository, environment };
  const key = [...environmentsKey(repository), environment, 'releases'];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/environments/{environment}/releases', {
        params,
        query: { limit: pageSize, ...(pageParam > 0 && { before: pageParam }) },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Section title={texts.history}>
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .map((release) => (
              <li key={release.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
                <span className="w-10 text-sm text-muted tabular-nums">#{release.id}</span>
                <span className={`w-36 ${colours[release.state] ?? 'text-muted'}`}>{texts.states[release.state]}</span>
                {release.instance !== '' && <span className="chip font-mono">{release.instance}</span>}
                <span className="min-w-0 grow">
                  <ReleaseText repository={repository} release={release} />
                </span>
                {release.state === 'awaiting' && <Decide {...params} release={release} />}
                {release.state === 'replaced' && mayTry && <GoBack {...params} release={release} />}
              </li>
            ))
        }
        empty={texts.noHistory}
      />
    </Section>
  );
}

function Decide({ repository, environment, release }: Omit<Props, 'mayTry'> & { release: Release }) {
  const texts = useEnvironmentTexts();
  const params = { repository, environment, release: String(release.id) };
  const decide = useAct(
    (approved: boolean) => call('POST /repositories/{repository}/-/environments/{environment}/releases/{release}/decision', { params, body: { approved } }),
    { concerns: [environmentsKey(repository)], said: (approved) => ({ text: approved ? texts.approved : texts.rejected }), tellsProblems: true },
  );
  return (
    <span className="flex gap-2">
      <button type="button" className="button" disabled={decide.isPending} onClick={() => decide.run(true)}>
        {texts.approve}
      </button>
      <button type="button" className="button button-danger" disabled={decide.isPending} onClick={() => decide.run(false)}>
        {texts.reject}
      </button>
    </span>
  );
}

function GoBack({ repository, environment, release }: Omit<Props, 'mayTry'> & { release: Release }) {
  const texts = useEnvironmentTexts();
  const back = useAct(
    () =>
      call('POST /repositories/{repository}/-/environments/{environment}/rollback', {
        params: { repository, environment },
        body: { to: release.id, instance: release.instance },
      }),
    { concerns: [environmentsKey(repository)], said: () => ({ text: texts.asked }), tellsProblems: true },
  );
  return (
    <button type="button" className="button" disabled={back.isPending} onClick={() => back.run()}>
      {texts.goBack}
    </button>
  );
}
