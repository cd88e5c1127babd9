/** The grants of a namespace, of everybody or of one subject: given and taken back at once, and the taking back can be undone. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
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
  const key = ['grants', namespace];
  const concerns = [key];
  const list = useInfiniteQuery({
    queryKey: key,
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
  return (
    <>
      <PagedList
        of={key}
        list={list}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .filter((grant) => subject === undefined || isOf(grant, subject))
            .map((grant) => (
              <li key={grant.id} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
                <GrantText {...grant} />
                <button type="button" className="button ml-auto" disabled={takeBack.isPending} onClick={() => takeBack.run(grant)}>
                  {texts.takeBack}
                </button>
              </li>
            ))
        }
        empty={texts.noGrants}
      />
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
