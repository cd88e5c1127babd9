/** The rules of an environment: the same fields make one and change one. */
import { useState } from 'react';
import { type Answer, callWithEtag, type Seen } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { ActForm, fieldText, fieldWords } from '../../parts/act-form.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import { useEditTexts } from '../../parts/edits/texts.ts';
import type { Fact } from '../../parts/edits/use-edits.ts';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { severities, useSeverityTexts } from '../../parts/severity.tsx';
import { useAct } from '../../parts/use-act.ts';
import { environmentsKey } from './environment-query.ts';
import { useEnvironmentTexts } from './texts.ts';

type Settings = Api['PUT /repositories/{repository}/-/environments/{environment}']['body'];
type Detail = Answer<'GET /repositories/{repository}/-/environments/{environment}'>;

const dayMs = 86_400_000;
const kinds = ['nothing', 'tags', 'versions'] as const;

export function NewEnvironment({ repository, others }: { repository: string; others: readonly string[] }) {
  const texts = useEnvironmentTexts();
  const { taken } = useEditTexts();
  const create = useAct(
    (fields: FormData) =>
      callWithEtag(
        'PUT /repositories/{repository}/-/environments/{environment}',
        { params: { repository, environment: fieldText(fields, 'name') }, body: readSettings(fields) },
        { value: undefined, etag: null },
      ),
    { concerns: [environmentsKey(repository)], words: { PRECONDITION_FAILED: taken }, said: (_, { value: { name } }) => ({ text: texts.made(name) }) },
  );
  return (
    <Section title={texts.new}>
      <ActForm act={create} submit={texts.create} isQuiet>
        <FormField label={texts.name} name="name" required maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        <Fields others={others} />
      </ActForm>
    </Section>
  );
}

export function EnvironmentSettings({ repository, environment, others }: { repository: string; environment: Seen<Detail>; others: readonly string[] }) {
  const texts = useEnvironmentTexts();
  const describe = ({ follows = { kind: 'nothing' }, after, ttlMs, deployers, approvers, agents, perTag, needsApproval, paused, requires }: Detail): Fact[] => [
    [texts.takes, texts.takesOptions[follows.kind]],
    [texts.pattern, patternOf(follows)],
    [texts.afterLabel, after],
    [texts.ttlDays, ttlMs === undefined ? undefined : ttlMs / dayMs],
    [texts.deployers, deployers],
    [texts.approvers, approvers],
    [texts.agents, agents],
    [texts.perTag, perTag],
    [texts.approval, needsApproval],
    [texts.pause, paused],
    [texts.checkedLabel, requires?.checked],
    [texts.blockLabel, requires?.block],
    [texts.signedByLabel, requires?.signedBy],
  ];
  return (
    <Section title={texts.settings}>
      <EditForm
        now={environment}
        describe={describe}
        save={(fields, seen) =>
          callWithEtag(
            'PUT /repositories/{repository}/-/environments/{environment}',
            { params: { repository, environment: environment.value.name }, body: readSettings(fields) },
            seen,
          )
        }
        concerns={[environmentsKey(repository)]}
        said={() => ({ text: texts.saved })}
        isQuiet
      >
        {(now) => <Fields now={now} others={others} />}
      </EditForm>
    </Section>
  );
}

function patternOf(follows: NonNullable<Settings['follows']>): string {
  return follows.kind === 'tags' ? follows.pattern : follows.kind === 'versions' ? follows.range : '';
}

function Fields({ now, others }: { now?: Detail; others: readonly string[] }) {
  const texts = useEnvironmentTexts();
  const follows = now?.follows ?? { kind: 'nothing' };
  const [kind, setKind] = useState<(typeof kinds)[number]>(follows.kind);
  const severityTexts = useSeverityTexts();
  const names = (list: readonly string[] | undefined) => list?.join(', ');
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label={texts.takes}
          name="kind"
          chosen={kind}
          options={kinds.map((one) => [one, texts.takesOptions[one]])}
          onChoose={(chosen) => setKind(kinds.find((one) => one === chosen) ?? 'nothing')}
        />
        {kind !== 'nothing' && (
          <FormField
            label={texts.pattern}
            hint={texts.patternHint}
            name="pattern"
            required
            defaultValue={patternOf(follows)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <SelectField
          label={texts.afterLabel}
          name="after"
          chosen={now?.after ?? ''}
          options={[['', texts.anything], ...others.map((name) => [name, name] as const)]}
        />
        <SelectField
          label={texts.blockLabel}
          name="block"
          chosen={now?.requires?.block ?? ''}
          options={[['', texts.blockNone], ...severities.map((one) => [one, severityTexts[one]] as const)]}
        />
        <FormField
          label={texts.signedByLabel}
          hint={texts.signedByHint}
          name="signedBy"
          defaultValue={names(now?.requires?.signedBy)}
          autoComplete="off"
          spellCheck={false}
        />
        <FormField
          label={texts.ttlDays}
          name="ttlDays"
          type="number"
          min={0.001}
          max={366}
          step="any"
          defaultValue={now?.ttlMs === undefined ? '' : now.ttlMs / dayMs}
        />
        <FormField
          label={texts.deployers}
          hint={texts.deployersHint}
          name="deployers"
          defaultValue={names(now?.deployers)}
          autoComplete="off"
          spellCheck={false}
        />
        <FormField
          label={texts.approvers}
          hint={texts.approversHint}
          name="approvers"
          defaultValue={names(now?.approvers)}
          autoComplete="off"
          spellCheck={false}
        />
        <FormField label={texts.agents} hint={texts.agentsHint} name="agents" defaultValue={names(now?.agents)} autoComplete="off" spellCheck={false} />
      </div>
      <div>
        {(
          [
            ['perTag', texts.perTag, now?.perTag],
            ['checked', texts.checkedLabel, now?.requires?.checked],
            ['needsApproval', texts.approval, now?.needsApproval],
            ['paused', texts.pause, now?.paused],
          ] as const
        ).map(([name, text, isOn]) => (
          <label key={name} className="flex min-h-7 items-center gap-2">
            <input type="checkbox" name={name} className="accent-accent" defaultChecked={isOn} />
            {text}
          </label>
        ))}
      </div>
    </>
  );
}

function readSettings(fields: FormData): Settings {
  const kind = kinds.find((one) => one === fieldText(fields, 'kind')) ?? 'nothing';
  const pattern = fieldText(fields, 'pattern');
  const [after, ttlDays] = [fieldText(fields, 'after'), Number(fieldText(fields, 'ttlDays'))];
  const block = severities.find((one) => one === fieldText(fields, 'block'));
  const signedBy = fieldWords(fields, 'signedBy') ?? [];
  const requires = { ...(fields.has('checked') && { checked: true }), ...(block && { block }), ...(signedBy.length > 0 && { signedBy }) };
  return {
    follows: kind === 'tags' ? { kind, pattern } : kind === 'versions' ? { kind, range: pattern } : { kind },
    perTag: fields.has('perTag'),
    needsApproval: fields.has('needsApproval'),
    paused: fields.has('paused'),
    deployers: fieldWords(fields, 'deployers') ?? [],
    approvers: fieldWords(fields, 'approvers') ?? [],
    agents: fieldWords(fields, 'agents') ?? [],
    ...(after !== '' && { after }),
    ...(Object.keys(requires).length > 0 && { requires }),
    ...(ttlDays > 0 && { ttlMs: Math.round(ttlDays * dayMs) }),
  };
}
