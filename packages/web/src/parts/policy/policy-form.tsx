/** What must be so before an image is pulled, of a repository or of the whole server. It is tried before it holds. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call, callWithEtag, type Seen } from '../../api/client.ts';
import { fieldText, fieldWords } from '../act-form.tsx';
import { FieldsButton } from '../fields-button.tsx';
import { configurationRules, useConfigurationTexts } from '../configuration-texts.ts';
import { EditForm } from '../edits/edit-form.tsx';
import type { Fact } from '../edits/use-edits.ts';
import { FormField } from '../form-field.tsx';
import { Section } from '../section.tsx';
import { SelectField } from '../select-field.tsx';
import { ErrorState, Skeleton } from '../states.tsx';
import { useAct } from '../use-act.ts';
import { blockedSeverities, type Policy, readBlock, writePolicy } from './policy-fields.ts';
import { usePolicyTexts } from './policy-texts.ts';
import { Trial } from './trial.tsx';

/** Without a repository: the whole server. */
export type PolicyOf = { readonly repository?: string };
type Shown = Answer<'GET /repositories/{repository}/-/policy'>;

const kinds = ['sbom', 'any-sbom', 'provenance'] as const;

export function PolicyForm({ of }: { of: PolicyOf }) {
  const policy = useQuery({
    queryKey: ['policy', of],
    queryFn: ({ signal }) =>
      of.repository === undefined
        ? callWithEtag('GET /namespaces/{namespace}/policy', { params: { namespace: 'server' }, signal })
        : callWithEtag('GET /repositories/{repository}/-/policy', { params: { repository: of.repository }, signal }),
  });
  if (policy.data === undefined) return policy.isError ? <ErrorState error={policy.error} retry={() => void policy.refetch()} /> : <Skeleton />;
  return <Form of={of} now={policy.data} />;
}

function Form({ of, now }: { of: PolicyOf; now: Seen<Shown> }) {
  const texts = usePolicyTexts();
  const { policy = {}, inherited, changedAt } = now.value;
  const configuration = useConfigurationTexts();
  const { repository } = of;
  const params = { namespace: 'server' } as const;
  const concerns = [['policy', of], ['verdict']];
  const [found, setFound] = useState<Answer<'POST /repositories/{repository}/-/policy/check'>>();
  const look = useAct(
    (body: { policy: Policy }) =>
      repository === undefined
        ? call('POST /namespaces/{namespace}/policy/check', { params, body })
        : call('POST /repositories/{repository}/-/policy/check', { params: { repository }, body }),
    { onDone: setFound, tellsProblems: true },
  );
  function save(fields: FormData, seen: Seen<Shown>): Promise<unknown> {
    const body = readFields(fields, seen.value.policy ?? {});
    return repository === undefined
      ? callWithEtag('PUT /namespaces/{namespace}/policy', { params, body }, seen)
      : callWithEtag('PUT /repositories/{repository}/-/policy', { params: { repository }, body }, seen);
  }
  function describe({ policy: shown = {} }: Shown): Fact[] {
    const nameOf = new Map<string, string>(configurationRules.map((rule) => [rule, configuration.rules[rule]]));
    const { worst, isFixable, isExploited, others } = readBlock(shown.block);
    return [
      [texts.quarantine, shown.quarantine],
      [texts.scannedBy, shown.scannedBy],
      [texts.worst, worst && texts.severities[worst]],
      [texts.fixable, isFixable],
      [texts.exploited, isExploited],
      [texts.fields.block, others.map((rule) => JSON.stringify(rule))],
      [texts.forbidSecrets, shown.forbidSecrets],
      [texts.configuration, shown.forbidConfiguration?.map((rule) => nameOf.get(rule) ?? rule)],
      [texts.require, shown.require?.map((kind) => texts.kinds[kind])],
      [texts.signedBy, shown.signedBy],
      [texts.licences, shown.forbidLicences],
      [texts.days, shown.checkedWithinDays],
      [texts.mayLoosen, shown.mayLoosen],
    ];
  }
  const remove = useAct(
    () =>
      repository === undefined
        ? callWithEtag('DELETE /namespaces/{namespace}/policy', { params }, now)
        : callWithEtag('DELETE /repositories/{repository}/-/policy', { params: { repository } }, now),
    { concerns, said: () => ({ text: texts.removed }), tellsProblems: true },
  );
  return (
    <Section title={texts.title} hint={texts.hint}>
      {changedAt === undefined && <p className="mb-4 font-medium">{texts.none}</p>}
      {inherited.map(({ kind, name, policy: wider }) => (
        <p key={`${kind} ${name}`} className="mb-4 border-l-2 border-accent pl-4">
          {texts.inherited(kind === 'server' ? texts.server : name, namesOf(wider, texts.fields))}
        </p>
      ))}
      <EditForm
        now={now}
        describe={describe}
        save={save}
        concerns={concerns}
        said={() => ({ text: texts.saved })}
        beside={
          <>
            {changedAt !== undefined && (
              <button type="button" className="button button-danger" disabled={remove.isPending} onClick={() => remove.run()}>
                {texts.remove}
              </button>
            )}
            <FieldsButton act={look} read={(fields) => ({ policy: readFields(fields, policy) })}>
              {texts.try}
            </FieldsButton>
          </>
        }
      >
        {(base) => <PolicyFields policy={base.policy ?? {}} />}
      </EditForm>
      {found && <Trial {...found} />}
    </Section>
  );
}

function PolicyFields({ policy }: { policy: Policy }) {
  const texts = usePolicyTexts();
  const { rules } = useConfigurationTexts();
  const block = readBlock(policy.block);
  return (
    <>
      <Check name="quarantine" text={texts.quarantine} isChecked={policy.quarantine} />
      <FormField label={texts.scannedBy} hint={texts.scannedByHint} name="scannedBy" defaultValue={policy.scannedBy?.join(', ')} spellCheck={false} />
      <div>
        <SelectField
          label={texts.worst}
          name="worst"
          options={[['', texts.worstNone], ...blockedSeverities.map((one) => [one, texts.severities[one]] as const)]}
          chosen={block.worst ?? ''}
        />
        <div className="mt-1 pl-3">
          <Check name="fixable" text={texts.fixable} isChecked={block.isFixable} />
        </div>
      </div>
      <div>
        <Check name="exploited" text={texts.exploited} isChecked={block.isExploited} />
        <Check name="forbidSecrets" text={texts.forbidSecrets} isChecked={policy.forbidSecrets} />
      </div>
      {block.others.length > 0 && <p className="text-sm text-muted">{texts.otherRules(block.others.length)}</p>}
      <fieldset>
        <legend className="mb-2 font-medium">{texts.configuration}</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {configurationRules.map((rule) => (
            <Check key={rule} name="forbidConfiguration" value={rule} text={rules[rule]} isChecked={policy.forbidConfiguration?.includes(rule)} />
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend className="mb-2 font-medium">{texts.require}</legend>
        {kinds.map((kind) => (
          <Check key={kind} name="require" value={kind} text={texts.kinds[kind]} isChecked={policy.require?.includes(kind)} />
        ))}
      </fieldset>
      <FormField label={texts.signedBy} hint={texts.signedByHint} name="signedBy" defaultValue={policy.signedBy?.join(', ')} spellCheck={false} />
      <FormField label={texts.licences} hint={texts.licencesHint} name="licences" defaultValue={policy.forbidLicences?.join(', ')} spellCheck={false} />
      <FormField
        label={texts.days}
        name="days"
        type="number"
        min={0}
        max={36_500}
        step="any"
        defaultValue={policy.checkedWithinDays === 0 ? undefined : policy.checkedWithinDays}
      />
      <Check name="mayLoosen" text={texts.mayLoosen} isChecked={policy.mayLoosen} />
    </>
  );
}

function Check({ name, value = 'on', text, isChecked = false }: { name: string; value?: string; text: string; isChecked?: boolean | undefined }) {
  return (
    <label className="flex min-h-7 items-center gap-2">
      <input type="checkbox" name={name} value={value} className="accent-accent" defaultChecked={isChecked} />
      {text}
    </label>
  );
}

function readFields(fields: FormData, before: Policy): Policy {
  const worst = blockedSeverities.find((one) => one === fieldText(fields, 'worst'));
  const block = { ...(worst && { worst }), isFixable: fields.has('fixable'), isExploited: fields.has('exploited'), others: readBlock(before.block).others };
  const days = fieldText(fields, 'days');
  return writePolicy(before, block, {
    quarantine: fields.has('quarantine'),
    scannedBy: [...(fieldWords(fields, 'scannedBy') ?? [])],
    signedBy: [...(fieldWords(fields, 'signedBy') ?? [])],
    require: kinds.filter((kind) => fields.getAll('require').includes(kind)),
    forbidSecrets: fields.has('forbidSecrets'),
    forbidLicences: [...(fieldWords(fields, 'licences') ?? [])],
    forbidConfiguration: configurationRules.filter((rule) => fields.getAll('forbidConfiguration').includes(rule)),
    checkedWithinDays: Number(days), // 0 of nothing
    mayLoosen: fields.has('mayLoosen'),
  });
}

function namesOf(policy: Policy, names: Readonly<Record<keyof Policy, string>>): string {
  return (Object.keys(names) as (keyof Policy)[]) // its own keys
    .filter((field) => field !== 'mayLoosen' && policy[field] !== undefined)
    .map((field) => names[field])
    .join(', ');
}
