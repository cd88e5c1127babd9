import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ForPeople } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { useAct } from '../../parts/use-act.ts';
import { useOrganisationTexts } from './texts.ts';

export function NewOrganisationPage() {
  const texts = useOrganisationTexts();
  usePageTitle(texts.newTitle);
  const navigate = useNavigate();
  const create = useAct(
    (fields: FormData) => call('POST /organisations', { body: { name: fieldText(fields, 'name'), fullName: fieldText(fields, 'fullName') } }),
    { concerns: [['organisations']], onDone: ({ name }) => void navigate({ to: '/o/$', params: { _splat: `${name}/people` } }) },
  );
  return (
    <div className="mx-auto max-w-sm py-8">
      <h1>{texts.newTitle}</h1>
      <p className="mt-1 mb-5 text-muted">{texts.newLead}</p>
      <ForPeople>
        {() => (
          <ActForm act={create} submit={texts.create}>
            <FormField label={texts.name} hint={texts.nameHint} name="name" required autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus />
            <FormField label={texts.fullName} name="fullName" maxLength={200} autoComplete="off" />
          </ActForm>
        )}
      </ForPeople>
    </div>
  );
}
