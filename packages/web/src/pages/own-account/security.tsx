import { call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { ActForm, fieldSecret } from '../../parts/act-form.tsx';
import type { Person } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { Passkeys } from './passkeys.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useOwnAccountTexts } from './texts.ts';

export function Security({ person }: { person: Person }) {
  return (
    <div className="max-w-2xl">
      <Password name={person.name} />
      <SecondFactor person={person} />
      <Passkeys />
    </div>
  );
}

function Password({ name }: { name: string }) {
  const texts = useOwnAccountTexts();
  const forms = useFormTexts();
  const { account } = useTexts();
  const change = useAct(
    (fields: FormData) => call('PUT /user/password', { body: { current: fieldSecret(fields, 'current'), password: fieldSecret(fields, 'password') } }),
    { words: { DENIED: forms.wrongPassword }, concerns: [['sessions']], said: () => ({ text: texts.passwordChanged }) },
  );
  return (
    <Section title={texts.password} hint={texts.passwordHint}>
      <ActForm act={change} submit={texts.changePassword} isQuiet>
        {/* Keepers of passwords want to know whose it is. */}
        <input name="username" defaultValue={name} autoComplete="username" hidden readOnly />
        <FormField label={texts.current} name="current" type="password" autoComplete="current-password" required />
        <FormField label={texts.next} hint={account.passwordHint} name="password" type="password" autoComplete="new-password" required />
      </ActForm>
    </Section>
  );
}
