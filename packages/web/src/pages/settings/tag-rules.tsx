/** What the repository asks of its tags, with what that means for those that are there. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call, callWithEtag, type Seen } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { fieldWords } from '../../parts/act-form.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import type { Fact } from '../../parts/edits/use-edits.ts';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { TagNotices } from './tag-notices.tsx';
import { useRuleTexts } from './rule-texts.ts';
import { TagList } from './tag-list.tsx';

type Rules = Api['PUT /repositories/{repository}/-/tag-rules']['body'];
type Policy = Answer<'GET /repositories/{repository}/-/tag-rules'>;
type Preview = Answer<'POST /repositories/{repository}/-/tag-rules/preview'>;

const patternLists = ['allowed', 'forbidden', 'immutable'] as const;
const aliasKinds = ['major', 'minor', 'latest'] as const;

export function TagRules({ repository }: { repository: string }) {
  const rules = useQuery({
    queryKey: ['tag-rules', repository],
    queryFn: ({ signal }) => callWithEtag('GET /repositories/{repository}/-/tag-rules', { params: { repository }, signal }),
  });
  if (rules.data === undefined) return rules.isError ? <ErrorState error={rules.error} retry={() => void rules.refetch()} /> : <Skeleton />;
  return (
    <>
      <RulesForm repository={repository} now={rules.data} />
      <TagNotices repository={repository} notices={rules.data.value.notices ?? []} />
    </>
  );
}

function RulesForm({ repository, now }: { repository: string; now: Seen<Policy> }) {
  const texts = useRuleTexts();
  const params = { repository };
  const concerns = [
    ['tag-rules', repository],
    ['tags', repository],
  ];
  const [preview, setPreview] = useState<Preview>();
  const look = useAct((body: Rules) => call('POST /repositories/{repository}/-/tag-rules/preview', { params, body }), {
    onDone: setPreview,
    tellsProblems: true,
  });
  const describe = ({ aliases, ...rules }: Policy): Fact[] => [
    ...patternLists.map((name): Fact => [texts[name], rules[name]]),
    [texts.aliases, aliases?.map((kind) => texts.aliasKinds[kind])],
  ];
  const remove = useAct(() => callWithEtag('DELETE /repositories/{repository}/-/tag-rules', { params }, now), {
    concerns,
    said: () => ({ text: texts.removed }),
    tellsProblems: true,
  });
  return (
    <Section title={texts.rules} hint={texts.rulesHint}>
      <EditForm
        now={now}
        describe={describe}
        save={(fields, seen) => callWithEtag('PUT /repositories/{repository}/-/tag-rules', { params, body: readRules(fields) }, seen)}
        concerns={concerns}
        said={() => ({ text: texts.saved })}
        beside={
          <>
            {Object.keys(now.value).length > 0 && (
              <button type="button" className="button button-danger mr-auto" disabled={remove.isPending} onClick={() => remove.run()}>
                {texts.removeAll}
              </button>
            )}
            <button
              type="button"
              className="button"
              disabled={look.isPending}
              onClick={({ currentTarget: { form } }) => form !== null && look.run(readRules(new FormData(form)))}
            >
              {texts.preview}
            </button>
          </>
        }
      >
        {(rules) => (
          <>
            {patternLists.map((name) => (
              <FormField
                key={name}
                label={texts[name]}
                hint={texts[`${name}Hint`]}
                name={name}
                defaultValue={rules[name]?.join(', ')}
                autoComplete="off"
                spellCheck={false}
              />
            ))}
            <fieldset>
              <legend className="mb-1 font-medium">{texts.aliases}</legend>
              <div className="flex flex-wrap gap-x-6">
                {aliasKinds.map((kind) => (
                  <label key={kind} className="flex min-h-7 items-center gap-2">
                    <input type="checkbox" name="aliases" value={kind} className="accent-accent" defaultChecked={rules.aliases?.includes(kind)} />
                    {texts.aliasKinds[kind]}
                  </label>
                ))}
              </div>
            </fieldset>
          </>
        )}
      </EditForm>
      {preview && <Meaning {...preview} />}
    </Section>
  );
}

function Meaning({ tags, refused, immutable, aliases }: Preview) {
  const texts = useRuleTexts();
  return (
    <div role="status" className="mt-6 space-y-3 border-l-2 border-accent pl-4">
      <p>{texts.of(tags)}</p>
      <TagList title={texts.refused(refused.count)} count={refused.count} tags={refused.items} />
      <TagList title={texts.frozen(immutable.count)} count={immutable.count} tags={immutable.items} />
      <TagList title={texts.placed(aliases.count)} count={aliases.count} tags={aliases.items.map(({ alias, on }) => `${alias} → ${on}`)} />
    </div>
  );
}

function readRules(fields: FormData): Rules {
  const [allowed, forbidden, immutable] = patternLists.map((name) => fieldWords(fields, name));
  const chosen = fields.getAll('aliases');
  const aliases = aliasKinds.filter((kind) => chosen.includes(kind));
  return { ...(allowed && { allowed }), ...(forbidden && { forbidden }), ...(immutable && { immutable }), ...(aliases.length > 0 && { aliases }) };
}
