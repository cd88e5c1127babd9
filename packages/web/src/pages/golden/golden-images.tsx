/** The catalogue of golden images of a namespace, what stands on former versions of each, and whether images must stand on one. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { shortDigest } from '../../parts/digest-text.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { GoldenPolicy } from './golden-policy.tsx';
import { useGoldenTexts } from './texts.ts';

type Golden = Answer<'GET /namespaces/{namespace}/golden-images'>['items'][number];

const moves = ['base.updated', 'base.deleted', 'tag.moved', 'tag.deleted'] as const;
const versionsShown = 4;
const goldenKey = (namespace: string) => ['golden', namespace];

export function GoldenImages({ namespace, mayManage }: { namespace: string; mayManage: boolean }) {
  const texts = useGoldenTexts();
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: goldenKey(namespace) });
  useLiveEvents({
    kinds: moves,
    onEvent: ({ repository, kind }) => (kind.startsWith('base.') || repository.startsWith(`${namespace}/`)) && refresh(),
    onLost: refresh,
  });
  const catalogue = useQuery({
    queryKey: goldenKey(namespace),
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/golden-images', { params: { namespace }, signal }),
  });
  return (
    <>
      <Section title={texts.catalogue} hint={texts.catalogueHint}>
        {catalogue.isPending && <Skeleton rows={2} />}
        {catalogue.isError && <ErrorState error={catalogue.error} retry={() => void catalogue.refetch()} />}
        {catalogue.data?.items.length === 0 && (
          <div className="border-y border-line py-6 text-center text-muted">
            <p className="font-semibold text-text">{texts.none}</p>
            <p className="mt-1">{texts.noneHint}</p>
          </div>
        )}
        {catalogue.data !== undefined && catalogue.data.items.length > 0 && (
          <ul className="border-t border-line">
            {catalogue.data.items.map((golden) => (
              <li key={golden.id} className="border-b border-line py-3">
                <Entry namespace={namespace} golden={golden} mayManage={mayManage} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      {mayManage && (
        <div className="max-w-3xl">
          <Approve namespace={namespace} />
          <GoldenPolicy of={{ namespace }} />
        </div>
      )}
    </>
  );
}

function Entry({ namespace, golden, mayManage }: { namespace: string; golden: Golden; mayManage: boolean }) {
  const texts = useGoldenTexts();
  const [isOpen, setIsOpen] = useState(false);
  const { id, repository, tags, reason, until, isExpired, goneAt, approvedBy, approvedAt, versions } = golden;
  const name = `${repository}:${tags}`;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 grow">
          <p className="flex flex-wrap items-center gap-x-2">
            {goneAt === undefined ? (
              <RepositoryLink repository={repository} className="link inline-block min-h-6 font-mono font-medium">
                {repository}
              </RepositoryLink>
            ) : (
              <span className="font-mono font-medium">{repository}</span>
            )}
            <span className="chip font-mono">{tags}</span>
            {goneAt !== undefined && <span className="text-bad">{texts.gone}</span>}
            {isExpired && <span className="text-warn">{texts.expired}</span>}
          </p>
          <p className="text-sm text-muted">
            {texts.approvedBy(approvedBy)} <RelativeTime at={approvedAt} />
            {until !== undefined && !isExpired && (
              <>
                {' · '}
                {texts.until} <RelativeTime at={until} />
              </>
            )}
            {' · '}
            <ForeignText>{reason}</ForeignText>
          </p>
          <p className="flex flex-wrap gap-x-3 text-sm">
            {versions.length === 0 && goneAt === undefined && <span className="text-warn">{texts.noVersion}</span>}
            {versions.slice(0, versionsShown).map(({ tag, digest, image }) => (
              <RepositoryLink
                key={`${tag} ${image}`}
                repository={repository}
                section={{ kind: 'image', digest: image }}
                search={{ tag, view: 'lineage' }}
                className="link inline-block min-h-6 font-mono"
              >
                {tag}@{shortDigest(digest)}
              </RepositoryLink>
            ))}
          </p>
        </div>
        <button type="button" className="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? texts.hide : texts.outdated}
        </button>
        {mayManage && (
          <ConfirmButton
            text={texts.remove}
            title={texts.removeTitle(name)}
            lead={texts.removeLead}
            name={name}
            concerns={[goldenKey(namespace)]}
            onConfirm={() => call('DELETE /namespaces/{namespace}/golden-images/{golden}', { params: { namespace, golden: id } })}
          />
        )}
      </div>
      {isOpen && <Outdated namespace={namespace} golden={golden} />}
    </>
  );
}

function Outdated({ namespace, golden: { id, repository: base } }: { namespace: string; golden: Golden }) {
  const texts = useGoldenTexts();
  const key = [...goldenKey(namespace), 'outdated', id];
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/golden-images/{golden}/outdated', {
        params: { namespace, golden: id },
        query: pageParam === '' ? {} : { after: pageParam },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <div className="mt-3 border-l-2 border-accent pl-4">
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .map(({ repository, digest, tags, tag, standsOn, now }) => (
              <li key={`${repository} ${digest}`} className="flex flex-wrap items-center gap-x-3 border-b border-line py-1.5">
                <RepositoryLink
                  repository={repository}
                  section={{ kind: 'image', digest }}
                  search={{ view: 'lineage', ...(tags[0] !== undefined && { tag: tags[0] }) }}
                  className="link inline-block min-h-6 font-mono"
                >
                  {tags.length === 0 ? `${repository}@${shortDigest(digest)}` : `${repository}:${tags.join(', ')}`}
                </RepositoryLink>
                <span className="text-sm text-muted">
                  {texts.standsOn} <span className="font-mono">{`${base}:${tag}@${shortDigest(standsOn)}`}</span>
                  {' · '}
                  {now === undefined ? (
                    texts.isDeleted
                  ) : (
                    <>
                      {texts.isNow} <span className="font-mono">{shortDigest(now)}</span>
                    </>
                  )}
                </span>
              </li>
            ))
        }
        empty={texts.noneOutdated}
      />
    </div>
  );
}

function Approve({ namespace }: { namespace: string }) {
  const texts = useGoldenTexts();
  const approve = useAct(
    (fields: FormData) => {
      const day = fieldText(fields, 'until');
      return call('POST /namespaces/{namespace}/golden-images', {
        params: { namespace },
        body: {
          repository: fieldText(fields, 'repository'),
          tags: fieldText(fields, 'tags'),
          reason: fieldText(fields, 'reason'),
          // The whole of that day, where one sits.
          ...(day !== '' && { until: new Date(`${day}T23:59:59`).getTime() }),
        },
      });
    },
    { concerns: [goldenKey(namespace)], said: (_, { repository, tags }) => ({ text: texts.approved(`${repository}:${tags}`) }) },
  );
  return (
    <Section title={texts.approve} hint={texts.approveHint}>
      <ActForm act={approve} submit={texts.approveButton} isQuiet>
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField label={texts.repository} name="repository" required maxLength={255} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          <FormField label={texts.tags} hint={texts.tagsHint} name="tags" required maxLength={128} autoComplete="off" spellCheck={false} />
          <FormField label={texts.reason} name="reason" required maxLength={200} autoComplete="off" />
          <FormField label={texts.untilField} name="until" type="date" />
        </div>
      </ActForm>
    </Section>
  );
}
