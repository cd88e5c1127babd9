import { useQuery } from '@tanstack/react-query';
import { type Answer, call, callWithEtag } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { Command } from '../../parts/command.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { EnvironmentSettings } from './environment-form.tsx';
import { environmentsKey } from './environment-query.ts';
import { History } from './history.tsx';
import { ReleaseText } from './release-text.tsx';
import { Rules } from './rules.tsx';
import { useEnvironmentTexts } from './texts.ts';

type Detail = Answer<'GET /repositories/{repository}/-/environments/{environment}'>;
type Props = { facts: RepositoryFacts; name: string; others: readonly string[]; leave: () => void };

/** Agents report more often than there are events. */
const lookAgainMs = 5000;

export function OneEnvironment({ facts, name, others, leave }: Props) {
  const texts = useEnvironmentTexts();
  const { name: repository, may } = facts;
  const params = { repository, environment: name };
  const environment = useQuery({
    queryKey: [...environmentsKey(repository), name],
    queryFn: ({ signal }) => callWithEtag('GET /repositories/{repository}/-/environments/{environment}', { params, signal }),
    refetchInterval: lookAgainMs,
  });
  const problem = environment.isError && <ErrorState error={environment.error} retry={() => void environment.refetch()} />;
  if (environment.data === undefined) return problem === false ? <Skeleton /> : problem;
  const { value: now } = environment.data;
  const mayTry = may.includes('tag:move') || may.includes('manage') || (now.deployers ?? []).length > 0;
  return (
    <div className="max-w-4xl">
      {problem}
      <div className="mb-8">
        <h2 className="flex flex-wrap items-baseline gap-x-3">
          {name}{' '}
          <span className="text-sm font-normal">
            <Rules environment={now} />
          </span>
        </h2>
        {now.instances.length === 0 && <p className="mt-2 text-muted">{texts.nothing}</p>}
        {now.instances.map(({ name: instance, running, wanted }) => (
          <dl key={instance} className="mt-2 grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
            {instance !== '' && (
              <>
                <dt className="text-muted">{texts.instance}</dt>
                <dd className="font-mono">{instance}</dd>
              </>
            )}
            <dt className="text-muted">{texts.running}</dt>
            <dd>{running === undefined ? texts.nothing : <ReleaseText repository={repository} release={running} />}</dd>
            {wanted !== undefined && wanted.id !== running?.id && (
              <>
                <dt className="text-muted">{texts.wanted}</dt>
                <dd>
                  <ReleaseText repository={repository} release={wanted} /> <span className="text-warn">{texts.states[wanted.state]}</span>
                </dd>
              </>
            )}
          </dl>
        ))}
      </div>
      {mayTry && <Acts repository={repository} environment={now} others={others} />}
      <Targets repository={repository} environment={name} targets={now.targets} />
      <History repository={repository} environment={name} mayTry={mayTry} />
      {may.includes('manage') && (
        <>
          <EnvironmentSettings repository={repository} environment={environment.data} others={others} />
          <ConfirmButton
            text={texts.delete}
            title={texts.delete}
            lead={texts.deleteLead}
            name={name}
            onConfirm={() => callWithEtag('DELETE /repositories/{repository}/-/environments/{environment}', { params }, environment.data)}
            concerns={[environmentsKey(repository)]}
            onDone={leave}
          />
        </>
      )}
    </div>
  );
}

function Acts({ repository, environment, others }: { repository: string; environment: Detail; others: readonly string[] }) {
  const texts = useEnvironmentTexts();
  const params = { repository, environment: environment.name };
  const concerns = [environmentsKey(repository)];
  const said = (_: unknown, { state }: { state: string }) => ({ text: state === 'awaiting' ? texts.askedApproval : texts.asked });
  const instanceOf = (fields: FormData) => (environment.perTag === true ? { instance: fieldText(fields, 'instance') } : {});
  const deploy = useAct(
    (fields: FormData) =>
      call('POST /repositories/{repository}/-/environments/{environment}/releases', { params, body: { tag: fieldText(fields, 'tag'), ...instanceOf(fields) } }),
    { concerns, said },
  );
  const promote = useAct(
    (fields: FormData) => call('POST /repositories/{repository}/-/environments/{environment}/releases', { params, body: { from: fieldText(fields, 'from') } }),
    { concerns, said },
  );
  const back = useAct(() => call('POST /repositories/{repository}/-/environments/{environment}/rollback', { params, body: {} }), {
    concerns,
    said: (_, release) => said(undefined, release),
  });
  return (
    <div className="grid gap-x-10 sm:grid-cols-2">
      <Section title={texts.deploy} hint={texts.deployHint}>
        <ActForm act={deploy} submit={texts.deploy} isLine>
          <div className="min-w-32 grow">
            <FormField label={texts.tag} name="tag" required maxLength={128} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </div>
          {environment.perTag === true && (
            <div className="min-w-32 grow">
              <FormField label={texts.instance} name="instance" required maxLength={128} autoComplete="off" autoCapitalize="none" spellCheck={false} />
            </div>
          )}
        </ActForm>
      </Section>
      {environment.perTag !== true && others.length > 0 && (
        <Section title={texts.promote} hint={texts.promoteHint}>
          <ActForm act={promote} submit={texts.promote} isLine isQuiet>
            <div className="min-w-32 grow">
              <SelectField label={texts.source} name="from" options={others.map((name) => [name, name])} />
            </div>
          </ActForm>
        </Section>
      )}
      {environment.perTag !== true && (
        <Section title={texts.rollBack} hint={texts.rollBackHint}>
          <button type="button" className="button" disabled={back.isPending} onClick={() => back.run()}>
            {texts.rollBack}
          </button>
          {back.problem !== undefined && (
            <p role="alert" className="mt-2 text-bad">
              {back.problem}
            </p>
          )}
        </Section>
      )}
    </div>
  );
}

function Targets({ repository, environment, targets }: { repository: string; environment: string; targets: Detail['targets'] }) {
  const texts = useEnvironmentTexts();
  return (
    <Section title={texts.targets} hint={texts.targetsHint}>
      {targets.length === 0 ? (
        <div className="border-y border-line py-6">
          <p className="mb-3 text-center text-muted">{texts.noTargets}</p>
          <p className="mb-1 text-sm text-muted">{texts.agentCommand}</p>
          <Command lines={[`NARU_TOKEN=… naru agent --server ${location.origin} --user ROBOT --repository ${repository} --env ${environment} -p 8080:80`]} />
        </div>
      ) : (
        <ul className="border-t border-line">
          {targets.map(({ name, connected, seenAt, version, reports }) => (
            <li key={name} className="border-b border-line py-2">
              <p className="flex flex-wrap items-baseline gap-x-3">
                <span className="font-medium">
                  <ForeignText>{name}</ForeignText>
                </span>
                {connected ? (
                  <span className="text-good">{texts.connected}</span>
                ) : (
                  <span className="text-bad">
                    {texts.away} <RelativeTime at={seenAt} />
                  </span>
                )}
                <span className="text-sm text-muted">
                  <ForeignText>{version}</ForeignText>
                </span>
              </p>
              {reports.map(({ instance, release, state, message, url, at }) => (
                <p key={instance} className="flex flex-wrap items-baseline gap-x-3 text-sm">
                  {instance !== '' && <span className="chip font-mono">{instance}</span>}
                  <span className={state === 'running' ? 'text-good' : state === 'failed' ? 'text-bad' : 'text-warn'}>{texts.reports[state]}</span>
                  <span className="text-muted">#{release}</span>
                  {url !== undefined && <TargetAddress url={url} />}
                  {message !== undefined && (
                    <span className="min-w-0">
                      <ForeignText>{message}</ForeignText>
                    </span>
                  )}
                  <span className="text-muted">
                    <RelativeTime at={at} />
                  </span>
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** An agent said it: only what leads to a web page becomes a link. */
function TargetAddress({ url }: { url: string }) {
  if (!/^https?:\/\//.test(url)) return <ForeignText>{url}</ForeignText>;
  return (
    <a href={url} rel="noopener noreferrer" className="link underline underline-offset-3">
      <ForeignText>{url}</ForeignText>
    </a>
  );
}
