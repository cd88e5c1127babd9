import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { forgetAll } from '../../api/forget-all.ts';
import { serverQuery } from '../../api/queries.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { FormField } from '../../parts/form-field.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState } from '../../parts/states.tsx';
import { AccountForm, textOf } from './account-form.tsx';
import { OtherWaysIn } from './other-ways-in.tsx';

export function SignInPage() {
  const texts = useTexts();
  const { account } = texts;
  usePageTitle(texts.titles.signIn);
  const { to } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const queries = useQueryClient();
  const { data: server } = useQuery(serverQuery);
  const [asksCode, setAsksCode] = useState(false);
  const signIn = useSend({
    mutationFn: (fields: FormData) => {
      const code = textOf(fields, 'code').trim();
      return call('POST /session', { body: { name: textOf(fields, 'name'), password: textOf(fields, 'password'), ...(code !== '' && { code }) } });
    },
    onSuccess: goOn,
    onError(error) {
      if (needsCode(error)) setAsksCode(true);
    },
  });
  async function goOn(): Promise<void> {
    await forgetAll(queries);
    router.history.push(ownPath(to));
  }
  const problem = signIn.error && problemOf(signIn.error);
  if (server?.accounts === false) return <EmptyState isPage title={account.noAccounts} />;
  return (
    <>
      <AccountForm
        title={account.signIn}
        problem={
          problem
            ? needsCode(signIn.error)
              ? account.needsCode
              : problem.kind === 'sign-in'
                ? signInProblem(problem.message, account)
                : problemText(problem, texts)
            : undefined
        }
        onSubmit={(fields) => signIn.mutate(fields)}
      >
        <FormField label={account.name} name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus />
        <FormField label={account.password} name="password" type="password" autoComplete="current-password" required />
        {asksCode && <FormField label={account.code} hint={account.codeHint} name="code" autoComplete="one-time-code" inputMode="text" autoFocus />}
        <button type="submit" className="button button-main w-full" disabled={signIn.isPending}>
          {account.signIn}
        </button>
        <p className="flex flex-wrap justify-between gap-2 text-sm">
          <Link to="/reset-password" className="link underline">
            {account.forgot}
          </Link>
          {server?.signUp === true && (
            <span className="text-muted">
              {account.noAccount}{' '}
              <Link to="/sign-up" className="link underline">
                {account.signUp}
              </Link>
            </span>
          )}
        </p>
      </AccountForm>
      <OtherWaysIn to={ownPath(to)} onSignedIn={goOn} />
    </>
  );
}

function needsCode(error: unknown): boolean {
  return problemOf(error).message.includes('second factor');
}

/** The mail that confirms the address was not opened yet, or something is wrong: which of the three is not said. */
function signInProblem(message: string, { wrong, unconfirmed }: { wrong: string; unconfirmed: string }): string {
  return message.includes('confirms your e-mail') ? unconfirmed : wrong;
}

/** A link to here may come from anywhere: it leads on to our own pages only. */
function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/';
}
