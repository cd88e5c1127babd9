import { useQuery } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { serverQuery } from '../../api/queries.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { FormField } from '../../parts/form-field.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState } from '../../parts/states.tsx';
import { AccountForm, textOf } from './account-form.tsx';

export function ResetPasswordPage() {
  const texts = useTexts();
  const { account } = texts;
  usePageTitle(texts.titles.reset);
  const { data: server } = useQuery(serverQuery);
  const ask = useSend({ mutationFn: (email: string) => call('POST /mail-links/password-reset', { body: { email } }) });
  if (server?.mail === false) return <EmptyState isPage title={account.noMail} />;
  if (ask.isSuccess) return <EmptyState isPage title={account.asked} />;
  return (
    <AccountForm
      title={account.forgot}
      problem={ask.error ? problemText(problemOf(ask.error), texts) : undefined}
      onSubmit={(fields) => ask.mutate(textOf(fields, 'email'))}
    >
      <FormField label={account.email} name="email" type="email" autoComplete="email" required autoFocus />
      <button type="submit" className="button button-main w-full" disabled={ask.isPending}>
        {account.askMail}
      </button>
    </AccountForm>
  );
}
