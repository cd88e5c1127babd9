import { useState } from 'react';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import type { Act } from '../../parts/use-act.ts';
import type { NewGrant, Subject } from './grants.tsx';
import { readConditions } from './read-conditions.ts';
import { useOrganisationTexts } from './texts.ts';

const kinds = ['team', 'user', 'robot', 'ci', 'everybody'] as const;
const roles = ['read', 'write', 'maintain', 'admin'] as const;

/** `subject`: whose the form is, when it is one subject's alone. */
export function GrantForm({ namespace, give, subject }: { namespace: string; give: Act<NewGrant>; subject?: Subject }) {
  const texts = useOrganisationTexts();
  const [kind, setKind] = useState<(typeof kinds)[number]>('team');
  function send(fields: FormData): void {
    const name = kind === 'everybody' ? '' : fieldText(fields, 'name');
    give.run({
      subject: subject ?? { kind, name },
      effect: fieldText(fields, 'effect') === 'deny' ? 'deny' : 'allow',
      role: roles.find((role) => role === fieldText(fields, 'role')) ?? 'read',
      repositories: fieldText(fields, 'repositories'),
      conditions: readConditions(fields),
    });
  }
  return (
    <ActForm act={{ ...give, run: send }} submit={texts.addGrant} isQuiet>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {subject === undefined && (
          <SelectField
            label={texts.who}
            name="kind"
            options={kinds.map((one) => [one, texts.subjects[one]] as const)}
            chosen={kind}
            onChoose={(value) => setKind(kinds.find((one) => one === value) ?? 'team')}
          />
        )}
        {subject === undefined && kind !== 'everybody' && (
          <FormField label={texts.subjectName} name="name" required autoComplete="off" autoCapitalize="none" spellCheck={false} />
        )}
        <SelectField label={texts.effect} name="effect" options={(['allow', 'deny'] as const).map((one) => [one, texts.effects[one]] as const)} />
        <SelectField label={texts.right} name="role" options={roles.map((role) => [role, texts.rights[role]] as const)} />
        <FormField
          label={texts.pattern}
          hint={texts.patternHint(namespace)}
          name="repositories"
          defaultValue={`${namespace}/**`}
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </div>
      <details>
        <summary className="w-fit py-1">{texts.conditions}</summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">
          <FormField label={texts.networks} hint={texts.networksHint} name="networks" autoComplete="off" />
          <FormField label={texts.tags} hint={texts.tagsHint} name="tags" autoComplete="off" />
          <FormField label={texts.notBefore} name="notBefore" type="date" />
          <FormField label={texts.notAfter} name="notAfter" type="date" />
          <fieldset>
            <legend className="mb-1 font-medium">{texts.weekdays}</legend>
            <div className="flex flex-wrap gap-x-4">
              {texts.days.map((day, number) => (
                <label key={day} className="flex items-center gap-1.5 py-1">
                  <input type="checkbox" name="days" value={number} className="accent-accent" />
                  {day}
                </label>
              ))}
            </div>
          </fieldset>
          <div className="grid grid-cols-2 gap-4">
            <FormField label={texts.fromTime} name="fromTime" type="time" defaultValue="09:00" />
            <FormField label={texts.toTime} name="toTime" type="time" defaultValue="18:00" />
          </div>
        </div>
      </details>
    </ActForm>
  );
}
