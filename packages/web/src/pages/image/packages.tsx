import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { addressOf, type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useSecurityTexts } from './security-texts.ts';
import { useAddressedText } from '../../parts/use-addressed.ts';

const askAgainMs = 1000;

export function Packages({ repository, reference }: { repository: string; reference: string }) {
  const texts = useSecurityTexts();
  const { count } = useTexts();
  const [name, setName] = useAddressedText('package');
  const params = { repository, reference };
  const search = useAct(async (fields: FormData) => setName(fieldText(fields, 'name')));
  const key = ['packages', repository, reference, name];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/packages', {
        params,
        query: { ...(name !== '' && { name }), ...(pageParam !== '' && { after: pageParam }), limit: 100 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === 'waiting' ? askAgainMs : false),
  });
  const first = list.data?.pages[0];
  const isSaid = first !== undefined && first.attached.length > 0;
  if (first?.state === 'waiting' && !isSaid)
    return (
      <Section title={texts.packages}>
        <p role="status" className="text-muted">
          {texts.waiting}
        </p>
      </Section>
    );
  if ((first?.state === 'failed' || first?.state === 'unsupported') && first.count === 0 && !isSaid)
    return (
      <Section title={texts.packages}>
        <EmptyState title={texts.notRead}>{first.problems.join(' ')}</EmptyState>
      </Section>
    );
  const sbom = (format: string) => addressOf('/repositories/{repository}/-/images/{reference}/sbom', params, { format });
  return (
    <Section title={texts.packages}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <ActForm act={search} submit={texts.find} isLine isQuiet>
          <div className="min-w-48 grow">
            <FormField label={texts.name} name="name" defaultValue={name} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </div>
        </ActForm>
        {first?.state === 'done' && (
          <span className="flex flex-wrap gap-2 text-sm text-muted">
            {[first.distribution?.name, texts.packagesLead(count(first.count))].filter(Boolean).join(' · ')} {texts.save}{' '}
            <a className="link" href={sbom('spdx')} download>
              SPDX
            </a>
            <a className="link" href={sbom('cyclonedx')} download>
              CycloneDX
            </a>
          </span>
        )}
      </div>
      {first !== undefined && first.state !== 'done' && (isSaid || first.count > 0) && (
        <p className="mb-3 text-warn">{first.state === 'waiting' ? texts.waiting : texts.notRead}</p>
      )}
      {first?.attached.map(({ digest, packages, problem }) => (
        <p key={digest} className={problem === undefined ? 'mb-2 text-sm text-muted' : 'mb-2 text-sm text-warn'}>
          {texts.attachedLead(digest.slice(0, 19), count(packages))} <ForeignText>{problem ?? ''}</ForeignText>
        </p>
      ))}
      {first !== undefined && first.problems.length > 0 && (
        <details className="mb-3 text-warn">
          <summary>{texts.notUnderstood}</summary>
          <ul className="mt-1 list-disc pl-5 text-sm">
            {first.problems.map((problem) => (
              <li key={problem}>
                <ForeignText>{problem}</ForeignText>
              </li>
            ))}
          </ul>
        </details>
      )}
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .map((one) => (
              <li
                key={`${one.type} ${one.namespace} ${one.name} ${one.version} ${one.architecture} ${one.path} ${one.sbom ?? ''}`}
                className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-1.5"
              >
                <span className="chip">{one.type}</span>
                <Link to="/search/packages" search={{ name: fullName(one), version: one.version }} className="link inline-block min-h-6 font-medium">
                  <ForeignText>{fullName(one)}</ForeignText>
                </Link>
                <span className="font-mono text-sm text-muted">
                  <ForeignText>{one.version}</ForeignText>
                </span>
                {one.sbom !== undefined && <span className="chip">{texts.saidBy(one.sbom.slice(0, 19))}</span>}
                <span className="ml-auto text-sm text-muted">
                  <ForeignText>{one.licences.join(', ')}</ForeignText>
                </span>
              </li>
            ))
        }
        empty={name === '' ? texts.noPackages : texts.noneLikeThis}
      />
    </Section>
  );
}

function fullName({ type, namespace, name }: Answer<'GET /repositories/{repository}/-/images/{reference}/packages'>['items'][number]): string {
  const isJoined = namespace !== '' && (type === 'npm' || type === 'maven' || type === 'composer');
  return isJoined ? `${namespace}${type === 'maven' ? ':' : '/'}${name}` : name;
}
