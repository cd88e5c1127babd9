import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ActForm, fieldSecret } from '../../parts/act-form.tsx';
import type { Person } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { useOwnPassword } from '../../parts/own-password.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { Passkeys } from './passkeys.tsx';
import { Providers } from './providers.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useOwnAccountTexts } from './texts.ts';

export function Security({ person }: { person: Person }) {
  return (
    <div className="max-w-2xl">
      <Password person={person} />
      <SecondFactor person={person} />
      <Passkeys />
      <Providers />
    </div>
  );
}

function Password({ person: { name, signsInWith } }: { person: Person }) {
  const texts = useOwnAccountTexts();
  const ownPassword = useOwnPassword({ name: 'current', label: texts.current });
  const { account } = useTexts();
  const change = useAct(
    (fields: FormData) => call('PUT /user/password', { body: { current: fieldSecret(fields, 'current'), password: fieldSecret(fields, 'password') } }),
    { words: { DENIED: ownPassword.refusal }, concerns: [['sessions'], ['self']], said: () => ({ text: texts.passwordChanged }) },
  );
  if (!signsInWith.includes('password') && signsInWith.includes('ldap')) return <Section title={texts.password} hint={texts.passwordInDirectory} />;
  return (
    <Section title={texts.password} hint={texts.passwordHint}>
      <ActForm act={change} submit={texts.changePassword} isQuiet>
        {/* Keepers of passwords want to know whose it is. */}
        <input name="username" defaultValue={name} autoComplete="username" hidden readOnly />
        {ownPassword.field}
        <FormField label={texts.next} hint={account.passwordHint} name="password" type="password" autoComplete="new-password" required />
      </ActForm>
    </Section>
  );
}
