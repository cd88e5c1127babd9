/** How long tags stay. What a policy would delete is shown before it is kept, and what it has deleted can be put back. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { type Answer, call, callWithEtag, type Seen } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { fieldText, fieldWords } from '../../parts/act-form.tsx';
import { FieldsButton } from '../../parts/fields-button.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import type { Fact } from '../../parts/edits/use-edits.ts';
import { FormField } from '../../parts/form-field.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useRuleTexts } from './rule-texts.ts';
import { TagList } from './tag-list.tsx';
import { trashQuery } from './trash-query.ts';

type Policy = Api['PUT /repositories/{repository}/-/retention']['body'];
type Found = Answer<'POST /repositories/{repository}/-/retention/preview'>;

/** The whole number fields of `keep`. */
const counts = ['newest', 'patches', 'minors', 'majors', 'movedWithinDays', 'pulledWithinDays'] as const;
const tagsShown = 100;

export function Retention({ repository }: { repository: string }) {
  const params = { repository };
  const policy = useQuery({
    queryKey: ['retention', repository],
    queryFn: ({ signal }): Promise<Seen<Policy | null>> => callWithEtag('GET /repositories/{repository}/-/retention', { params, signal }).catch(noneForAbsent),
  });
  if (policy.data === undefined) return policy.isError ? <ErrorState error={policy.error} retry={() => void policy.refetch()} /> : <Skeleton />;
  return <PolicyForm repository={repository} now={policy.data} />;
}

/** There is a repository, so what is absent is its policy. */
function noneForAbsent(error: unknown): Seen<null> {
  if (problemOf(error).kind === 'absent') return { value: null, etag: null };
  throw error;
}

function PolicyForm({ repository, now }: { repository: string; now: Seen<Policy | null> }) {
  const texts = useRuleTexts();
  const params = { repository };
  const concerns = [['retention', repository], ['tags', repository], trashQuery(repository).queryKey];
  const [found, setFound] = useState<Found>();
  const look = useAct((body: Policy) => call('POST /repositories/{repository}/-/retention/preview', { params, body }), {
    onDone: setFound,
    tellsProblems: true,
  });
  const describe = (policy: Policy | null): Fact[] => [
    [texts.concerned, policy?.tags],
    ...counts.map((name): Fact => [texts[name], policy?.keep[name]]),
    [texts.keepTags, policy?.keep.tags],
    [texts.mayEmpty, policy?.mayEmpty],
  ];
  return (
    <>
      <Section title={texts.retention} hint={texts.retentionHint}>
        {now.value === null && <p className="mb-4 font-medium">{texts.noRetention}</p>}
        <EditForm
          now={now}
          describe={describe}
          save={(fields, seen) => callWithEtag('PUT /repositories/{repository}/-/retention', { params, body: readPolicy(fields) }, seen)}
          concerns={concerns}
          words={{ CONFLICT: texts.wouldEmpty }}
          said={() => ({ text: texts.retentionSaved })}
          beside={
            <FieldsButton act={look} read={readPolicy}>
              {texts.try}
            </FieldsButton>
          }
        >
          {(policy) => (
            <>
              <FormField
                label={texts.concerned}
                hint={texts.concernedHint}
                name="tags"
                defaultValue={policy?.tags?.join(', ')}
                autoComplete="off"
                spellCheck={false}
              />
              <fieldset>
                <legend className="mb-2 font-medium">{texts.keep}</legend>
                <div className="grid items-end gap-4 sm:grid-cols-2">
                  {counts.map((name) => (
                    <FormField
                      key={name}
                      label={texts[name]}
                      name={name}
                      type="number"
                      min={1}
                      max={36_500}
                      step={name.endsWith('Days') ? 'any' : 1}
                      defaultValue={policy?.keep[name]}
                    />
                  ))}
                  <FormField label={texts.keepTags} name="keepTags" defaultValue={policy?.keep.tags?.join(', ')} autoComplete="off" spellCheck={false} />
                </div>
              </fieldset>
              <label className="flex min-h-7 items-center gap-2">
                <input type="checkbox" name="mayEmpty" className="accent-accent" defaultChecked={policy?.mayEmpty} />
                {texts.mayEmpty}
              </label>
            </>
          )}
        </EditForm>
        {found && (
          <div role="status" className="mt-6 border-l-2 border-accent pl-4">
            {found.refused && <p className="mb-2 font-semibold text-bad">{texts.wouldEmpty}</p>}
            {found.tags.length === 0 ? (
              <p>{texts.nothingGoes(found.kept)}</p>
            ) : (
              <TagList
                title={texts.wouldGo(found.tags.length, found.kept)}
                count={found.tags.length}
                tags={found.tags.slice(0, tagsShown).map(({ tag }) => tag)}
              />
            )}
          </div>
        )}
      </Section>
      {now.value !== null && <CarryOut repository={repository} now={now} />}
    </>
  );
}

function CarryOut({ repository, now }: { repository: string; now: Seen }) {
  const texts = useRuleTexts();
  const params = { repository };
  const concerns = [['retention', repository], ['tags', repository], trashQuery(repository).queryKey];
  const trash = useQuery(trashQuery(repository));
  const taken = trash.data?.items.filter(({ deletedBy }) => deletedBy === 'retention') ?? [];
  const last = taken[0]?.deletedAt;
  const run = useAct(() => call('POST /repositories/{repository}/-/retention/run', { params }), {
    concerns,
    words: { CONFLICT: texts.wouldEmpty },
    said: (_, { tags }) => ({ text: texts.ran(tags.length) }),
    tellsProblems: true,
  });
  const stop = useAct(() => callWithEtag('DELETE /repositories/{repository}/-/retention', { params }, now), {
    concerns,
    said: () => ({ text: texts.stopped }),
    tellsProblems: true,
  });
  return (
    <section aria-label={texts.runNow} className="border-t border-line pt-6">
      <p className="flex flex-wrap gap-2">
        <button type="button" className="button" disabled={run.isPending} onClick={() => run.run()}>
          {texts.runNow}
        </button>
        <button type="button" className="button button-danger" disabled={stop.isPending} onClick={() => stop.run()}>
          {texts.stop}
        </button>
      </p>
      {trash.isSuccess && (
        <p className="mt-3 flex flex-wrap items-center gap-1 text-sm text-muted">
          {last === undefined ? (
            texts.lastTakenNone
          ) : (
            <>
              {texts.lastTaken} <RelativeTime at={last} />:
              {taken
                .filter(({ deletedAt }) => deletedAt === last)
                .slice(0, tagsShown)
                .map(({ tag }) => (
                  <span key={tag} className="chip font-mono">
                    {tag}
                  </span>
                ))}
            </>
          )}
        </p>
      )}
    </section>
  );
}

function readPolicy(fields: FormData): Policy {
  const [tags, kept] = [fieldWords(fields, 'tags'), fieldWords(fields, 'keepTags')];
  const numbers = counts.flatMap((name) => (fieldText(fields, name) === '' ? [] : [[name, Number(fieldText(fields, name))]]));
  return {
    ...(tags && { tags }),
    keep: { ...(Object.fromEntries(numbers) as Partial<Record<(typeof counts)[number], number>>), ...(kept && { tags: kept }) }, // of these names
    ...(fields.has('mayEmpty') && { mayEmpty: true }),
  };
}
