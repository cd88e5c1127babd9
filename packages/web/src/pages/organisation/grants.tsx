/** The grants of a namespace, of everybody or of one subject: given and taken back at once, and the taking back can be undone. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { Conditions } from './conditions.tsx';
import { GrantForm } from './grant-form.tsx';
import { useOrganisationTexts } from './texts.ts';

export type Grant = Answer<'GET /namespaces/{namespace}/grants'>['items'][number];
export type NewGrant = Api['POST /namespaces/{namespace}/grants']['body'];
export type Subject = { readonly kind: 'team' | 'robot'; readonly name: string };

export function Grants({ namespace, subject }: { namespace: string; subject?: Subject }) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const params = { namespace };
  const concerns = [['grants', namespace]];
  const list = useInfiniteQuery({
    queryKey: ['grants', namespace],
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/grants', { params, query: { limit: 1000, ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const give = useAct((grant: NewGrant) => call('POST /namespaces/{namespace}/grants', { params, body: grant }), {
    concerns,
    words: { ACCOUNT_UNKNOWN: forms.unknownAccount },
    said: () => ({ text: texts.grantMade }),
  });
  const giveBack = useAct((grant: NewGrant) => call('POST /namespaces/{namespace}/grants', { params, body: grant }), { concerns, tellsProblems: true });
  const takeBack = useAct(({ id }: Grant) => call('DELETE /namespaces/{namespace}/grants/{grant}', { params: { namespace, grant: id } }), {
    concerns,
    said: ({ id: _id, createdAt: _at, createdBy: _by, ...grant }) => ({ text: texts.takenBack, undo: () => giveBack.run(grant) }),
    tellsProblems: true,
  });
  if (list.isPending) return <Skeleton rows={3} />;
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  const grants = list.data.pages.flatMap(({ items }) => items).filter((grant) => subject === undefined || isOf(grant, subject));
  return (
    <>
      {grants.length === 0 ? (
        <p className="border-y border-line py-6 text-center text-muted">{texts.noGrants}</p>
      ) : (
        <ul className="border-t border-line">
          {grants.map((grant) => (
            <li key={grant.id} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <GrantText {...grant} />
              <button type="button" className="button ml-auto" disabled={takeBack.isPending} onClick={() => takeBack.run(grant)}>
                {texts.takeBack}
              </button>
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <p className="mt-4 text-center">
          <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {forms.more}
          </button>
        </p>
      )}
      <h3 className="mt-6 mb-3 font-semibold">{texts.giveAccess}</h3>
      <GrantForm namespace={namespace} give={give} {...(subject && { subject })} />
    </>
  );
}

function GrantText({ subject, effect, actions, repositories, conditions }: Grant) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const { list } = useTexts();
  return (
    <>
      <span className="min-w-36 font-medium">
        {subject.kind === 'everybody' ? texts.subjects.everybody : `${texts.subjects[subject.kind]} ${subject.name ?? ''}`}
      </span>
      <span className={effect === 'deny' ? 'text-bad' : ''}>
        {texts.effects[effect]}: {list(actions.map((action) => forms.actions[action]))}
      </span>
      <span className="chip font-mono">{repositories}</span>
      <Conditions {...conditions} />
    </>
  );
}

function isOf(grant: Grant, { kind, name }: Subject): boolean {
  return grant.subject.kind === kind && (grant.subject.name === name || grant.subject.name?.endsWith(`+${name}`) === true);
}
