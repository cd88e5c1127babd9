import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { ownOrganisationsQuery, serverQuery } from '../../api/queries.ts';
import { workAs } from '../../api/session-end.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm, fieldSecret, fieldText } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { useOwnPassword } from '../../parts/own-password.tsx';
import type { Person } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOwnAccountTexts } from './texts.ts';

export function Profile({ person }: { person: Person }) {
  const texts = useOwnAccountTexts();
  const forms = useFormTexts();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const save = useAct(
    (fields: FormData) =>
      call('PATCH /user', { body: { fullName: fieldText(fields, 'fullName'), language: fieldText(fields, 'language') === 'ko' ? 'ko' : 'en' } }),
    { concerns: [['self']], said: () => ({ text: forms.saved }) },
  );
  return (
    <div className="max-w-2xl">
      <Section title={person.name}>
        <ActForm act={save} submit={forms.save}>
          <FormField
            key={person.fullName}
            label={texts.fullName}
            hint={texts.fullNameHint}
            name="fullName"
            defaultValue={person.fullName}
            maxLength={200}
            autoComplete="name"
          />
          <SelectField
            key={person.language}
            label={texts.language}
            name="language"
            chosen={person.language}
            options={[
              ['en', texts.languages.en],
              ['ko', texts.languages.ko],
            ]}
          />
        </ActForm>
        <p className="mt-3">
          <Link to="/u/$name" params={{ name: person.name }} className="link">
            {texts.ownProfile}
          </Link>
        </p>
      </Section>
      <NameSetting person={person} />
      <EmailSetting person={person} />
      <Organisations />
      <Section title={texts.deleteTitle} hint={texts.deleteHint}>
        <ConfirmButton
          text={texts.deleteTitle}
          title={texts.deleteTitle}
          lead={texts.deleteHint}
          name={person.name}
          asksPassword
          words={{ CONFLICT: texts.deleteHas }}
          onConfirm={(password) => call('DELETE /user', { body: { password } })}
          onDone={() => {
            workAs(undefined);
            queries.clear();
            void navigate({ to: '/' });
          }}
        />
      </Section>
    </div>
  );
}

function NameSetting({ person }: { person: Person }) {
  const texts = useOwnAccountTexts();
  const change = useAct((fields: FormData) => call('PATCH /user', { body: { name: fieldText(fields, 'name') } }), {
    concerns: [['self']],
    words: { CONFLICT: texts.nameHas },
    said: () => ({ text: texts.nameChanged }),
  });
  return (
    <Section title={texts.name} hint={texts.nameHint}>
      <ActForm act={change} submit={texts.changeName} isQuiet>
        <FormField
          key={person.name}
          label={texts.newAccountName}
          name="name"
          defaultValue={person.name}
          maxLength={64}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </ActForm>
    </Section>
  );
}

function EmailSetting({ person }: { person: Person }) {
  const texts = useOwnAccountTexts();
  const ownPassword = useOwnPassword();
  const { data: server } = useQuery(serverQuery);
  const change = useAct(
    (fields: FormData) => call('PUT /user/email', { body: { email: fieldText(fields, 'email'), password: fieldSecret(fields, 'password') } }),
    { words: { DENIED: ownPassword.refusal }, said: () => ({ text: texts.emailAsked }) },
  );
  return (
    <Section title={texts.email}>
      <p className="mb-3">
        {person.email ?? <span className="text-muted">{texts.noEmail}</span>}{' '}
        {person.email !== undefined && person.emailVerifiedAt === undefined && <span className="chip">{texts.unconfirmed}</span>}
      </p>
      {server?.mail === true && (
        <ActForm act={change} submit={texts.changeEmail} isQuiet>
          <FormField label={texts.newEmail} hint={texts.emailHint} name="email" type="email" autoComplete="email" required />
          {ownPassword.field}
        </ActForm>
      )}
    </Section>
  );
}

function Organisations() {
  const texts = useOwnAccountTexts();
  const { data: organisations } = useQuery(ownOrganisationsQuery);
  return (
    <Section title={texts.organisations}>
      {organisations?.items.length === 0 && <p className="mb-3 text-muted">{texts.noOrganisation}</p>}
      <ul className="mb-3 space-y-1">
        {organisations?.items.map(({ name, fullName, role }) => (
          <li key={name} className="flex flex-wrap items-baseline gap-x-3">
            <Link to="/o/$" params={{ _splat: name }} className="link font-medium">
              {name}
            </Link>
            <span className="text-muted">{fullName}</span>
            <span className="chip">{texts.roles[role]}</span>
          </li>
        ))}
      </ul>
      <Link to="/new/organisation" className="button">
        {texts.createOrganisation}
      </Link>
    </Section>
  );
}
