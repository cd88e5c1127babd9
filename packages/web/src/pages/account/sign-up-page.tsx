import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { serverQuery } from '../../api/queries.ts';
import { useSend } from '../../api/use-send.ts';
import { useLanguage } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { FormField } from '../../parts/form-field.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, SignInLink } from '../../parts/states.tsx';
import { AccountForm, textOf } from './account-form.tsx';

type Asked = { name?: string; email?: string; password: string };

export function SignUpPage() {
  const { texts, language } = useLanguage();
  const { account } = texts;
  usePageTitle(texts.titles.signUp);
  const queries = useQueryClient();
  const { data: server } = useQuery(serverQuery);
  const signUp = useSend({
    mutationFn: (asked: Asked) => call('POST /sign-up', { body: { ...asked, language } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['self'] }),
  });
  if (server?.accounts === false) return <EmptyState isPage title={account.noAccounts} />;
  if (server?.signUp === false) return <EmptyState isPage title={account.noSignUp} />;
  if (signUp.isSuccess) {
    const { name, mail } = signUp.data;
    const { email = '' } = signUp.variables;
    return (
      <EmptyState isPage title={mail === undefined ? account.ready : account.confirmTitle}>
        {mail !== undefined && <p className="mb-5">{mail === 'late' ? account.confirmLate(email) : account.confirm(email)}</p>}
        {signUp.variables.name === undefined && <p className="mb-5">{account.nameGiven(name)}</p>}
        <p className="mt-4">
          <SignInLink />
        </p>
      </EmptyState>
    );
  }
  // Without mails nobody can prove an address, and the server keeps none.
  const asksForEmail = server?.mail !== false;
  const problem = signUp.error && problemOf(signUp.error);
  return (
    <AccountForm
      title={account.signUp}
      problem={problem ? problemText(problem, texts) : undefined}
      onSubmit={(fields) =>
        signUp.mutate({
          ...(textOf(fields, 'name') !== '' && { name: textOf(fields, 'name') }),
          ...(asksForEmail && { email: textOf(fields, 'email') }),
          password: textOf(fields, 'password'),
        })
      }
    >
      {asksForEmail && <FormField label={account.email} name="email" type="email" autoComplete="email" required autoFocus />}
      <FormField label={account.password} hint={account.passwordHint} name="password" type="password" autoComplete="new-password" required />
      {/* The address gives one to whoever leaves it empty. */}
      <FormField
        label={asksForEmail ? account.newNameOptional : account.newName}
        hint={asksForEmail ? account.newNameOptionalHint : account.newNameHint}
        name="name"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required={!asksForEmail}
        autoFocus={!asksForEmail}
      />
      <button type="submit" className="button button-main w-full" disabled={signUp.isPending}>
        {account.signUp}
      </button>
      <p className="text-sm text-muted">
        {account.haveAccount}{' '}
        <Link to="/sign-in" className="link underline">
          {account.signIn}
        </Link>
      </p>
    </AccountForm>
  );
}
