import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ActForm, fieldSecret, fieldText } from '../../parts/act-form.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import type { Person } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useAdministrationTexts } from './texts.ts';
import { UserDialog } from './user-dialog.tsx';

const listKey = ['users'];

export function Users() {
  const texts = useAdministrationTexts();
  return (
    <>
      <Section title={texts.users}>
        <ItemList
          of={listKey}
          load={(page, signal) => call('GET /users', { query: page, signal })}
          keyOf={({ name }) => name}
          row={(user) => <UserRow user={user} />}
          empty={texts.noUsers}
        />
      </Section>
      <NewUser />
    </>
  );
}

function UserRow({ user }: { user: Person }) {
  const texts = useAdministrationTexts();
  const [isOpen, setIsOpen] = useState(false);
  const { name, fullName, email, administrator, disabledAt, createdAt, hasSecondFactor } = user;
  return (
    <>
      <span className="min-w-0 grow">
        <Link to="/u/$name" params={{ name }} className="link font-medium">
          {name}
        </Link>{' '}
        <span className="text-muted">{fullName}</span>
        <span className="block text-sm text-muted">
          {email} {email !== undefined && '· '}
          {texts.since} <RelativeTime at={createdAt} />
        </span>
      </span>
      {administrator && <span className="chip">{texts.administrator}</span>}
      {hasSecondFactor && <span className="chip">{texts.factor}</span>}
      {disabledAt !== undefined && <span className="chip text-bad">{texts.disabled}</span>}
      <button type="button" className="button" aria-label={`${texts.manage} ${name}`} onClick={() => setIsOpen(true)}>
        {texts.manage}
      </button>
      <Dialog title={texts.userOf(name)} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <UserDialog user={user} concerns={[listKey]} onClose={() => setIsOpen(false)} />
      </Dialog>
    </>
  );
}

function NewUser() {
  const texts = useAdministrationTexts();
  const { account } = useTexts();
  const create = useAct(
    (fields: FormData) => {
      const [email, password] = [fieldText(fields, 'email'), fieldSecret(fields, 'password')];
      return call('POST /users', {
        body: {
          name: fieldText(fields, 'name'),
          fullName: fieldText(fields, 'fullName'),
          administrator: fields.has('administrator'),
          ...(email !== '' && { email }),
          ...(password !== '' && { password }),
        },
      });
    },
    { concerns: [listKey], said: (_, { name }) => ({ text: texts.created(name) }) },
  );
  return (
    <div className="max-w-2xl">
      <Section title={texts.newUser} hint={texts.newUserHint}>
        <ActForm act={create} submit={texts.create} isQuiet>
          <div className="grid gap-4 sm:grid-cols-2">
            <FormField label={texts.name} hint={texts.nameHint} name="name" required autoComplete="off" autoCapitalize="none" spellCheck={false} />
            <FormField label={texts.fullName} name="fullName" maxLength={200} autoComplete="off" />
            <FormField label={texts.email} name="email" type="email" autoComplete="off" />
            <FormField label={texts.password} hint={account.passwordHint} name="password" type="password" autoComplete="new-password" />
          </div>
          <label className="flex items-center gap-2">
            <input type="checkbox" name="administrator" className="accent-accent" />
            {texts.makeAdministrator}
          </label>
        </ActForm>
      </Section>
    </div>
  );
}
