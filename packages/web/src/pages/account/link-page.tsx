/**
 * Where links in mails lead. Opening it changes nothing, since programs that look after mailboxes open
 * links too: a person presses the button. The secret stands behind the #, so neither the server's log
 * nor another site sees it.
 */
import { useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { FormField } from '../../parts/form-field.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, SignInLink } from '../../parts/states.tsx';
import { AccountForm, textOf } from './account-form.tsx';

const purposes = ['verify', 'change', 'reset', 'invitation'] as const;

/** Another link may be put into the address of the same page. */
export function LinkPage() {
  const hash = useRouterState({ select: ({ location: { hash: now } }) => now });
  return <OneLink key={hash} />;
}

function OneLink() {
  const texts = useTexts();
  const { link, newPassword, passwordHint } = texts.account;
  usePageTitle(texts.titles.link);
  const [[purpose, secret]] = useState(readLink);
  const use = useSend({
    mutationFn: async (password: string) => {
      if (purpose === 'invitation') await call('POST /invitations/accept', { body: { secret } });
      else await call('POST /mail-links/use', { body: { secret, ...(purpose === 'reset' && { password }) } });
    },
  });
  if (purpose === undefined || secret === '') return <EmptyState isPage title={link.bad} />;
  if (use.isSuccess) {
    return (
      <EmptyState isPage title={link.done[purpose]}>
        {purpose !== 'change' && purpose !== 'invitation' && (
          <p className="mt-4">
            <SignInLink />
          </p>
        )}
      </EmptyState>
    );
  }
  const problem = use.error && problemOf(use.error);
  return (
    <AccountForm
      title={link[purpose]}
      problem={problem ? (problem.kind === 'sign-in' ? link.signInFirst : problemText(problem, texts)) : undefined}
      onSubmit={(fields) => use.mutate(textOf(fields, 'password'))}
    >
      {purpose === 'reset' && (
        <FormField label={newPassword} hint={passwordHint} name="password" type="password" autoComplete="new-password" required autoFocus />
      )}
      <button type="submit" className="button button-main w-full" disabled={use.isPending}>
        {link[purpose]}
      </button>
    </AccountForm>
  );
}

/** `#verify=SECRET` */
function readLink(): [purpose: (typeof purposes)[number] | undefined, secret: string] {
  const [name = '', secret = ''] = location.hash.slice(1).split('=');
  return [purposes.find((purpose) => purpose === name), secret];
}
