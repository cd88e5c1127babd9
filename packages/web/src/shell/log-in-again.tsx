/** The session has ended while somebody was at work: they log in again here, and what they were doing goes on. */
import { useEffect, useState } from 'react';
import { problemOf } from '../api/api-error.ts';
import { call } from '../api/client.ts';
import { useSend } from '../api/use-send.ts';
import { useTexts } from '../language/language.tsx';
import { problemText } from '../language/problem-text.ts';
import { ActForm, fieldSecret, fieldText } from '../parts/act-form.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { FormField } from '../parts/form-field.tsx';
import { useLogInTexts } from './log-in-texts.ts';

export function LogInAgain({ name, onEnd }: { name: string; onEnd: (isBack: boolean) => void }) {
  const texts = useTexts();
  const own = useLogInTexts();
  const [asksCode, setAsksCode] = useState(false);
  const logIn = useSend({
    mutationFn: (fields: FormData) => {
      const code = fieldText(fields, 'code');
      return call('POST /session', { body: { name, password: fieldSecret(fields, 'password'), ...(code !== '' && { code }) } });
    },
    onSuccess: () => onEnd(true),
    onError(error) {
      if (problemOf(error).message.includes('second factor')) setAsksCode(true);
    },
  });
  // They may have logged in with a passkey or over a provider, in the window that the link below opens.
  useEffect(() => {
    async function look(): Promise<void> {
      const answer = await fetch('/api/v1/user').catch(() => undefined);
      const self = answer?.ok === true ? ((await answer.json()) as { name?: unknown }) : undefined; // our own server's
      if (self?.name === name) onEnd(true);
    }
    const again = () => void look();
    addEventListener('focus', again);
    return () => removeEventListener('focus', again);
  }, [name, onEnd]);
  const problem = logIn.error && problemOf(logIn.error);
  const isCodeMissing = problem?.message.includes('second factor') === true;
  return (
    <Dialog title={own.title} isOpen onClose={() => onEnd(false)}>
      <p className="mb-4 text-muted">{own.lead(name)}</p>
      <ActForm
        act={{
          run: logIn.mutate,
          reset: logIn.reset,
          isPending: logIn.isPending,
          problem: problem
            ? isCodeMissing
              ? texts.account.needsCode
              : problem.kind === 'sign-in'
                ? texts.account.wrong
                : problemText(problem, texts)
            : undefined,
          failure: problem ?? undefined,
        }}
        submit={texts.account.signIn}
        beside={
          <>
            <a href="/sign-in" target="_blank" rel="noopener" className="link mr-auto inline-flex min-h-6 items-center underline">
              {own.otherwise}
            </a>
            <button type="button" className="button" onClick={() => onEnd(false)}>
              {own.goOn}
            </button>
          </>
        }
      >
        <FormField label={texts.account.password} name="password" type="password" autoComplete="current-password" required autoFocus />
        {asksCode && <FormField label={texts.account.code} hint={texts.account.codeHint} name="code" autoComplete="one-time-code" inputMode="text" autoFocus />}
      </ActForm>
    </Dialog>
  );
}
