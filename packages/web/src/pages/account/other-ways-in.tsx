/** Ways in beside the password: a passkey of this browser, and the providers that the server trusts. */
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { canUsePasskeys, showPasskey } from '../../api/passkey.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { useSignInTexts } from './texts.ts';

/** `to`: a path of these pages, also for the way over a provider. */
export function OtherWaysIn({ to, onSignedIn }: { to: string; onSignedIn: () => Promise<void> }) {
  const texts = useTexts();
  const ways = useSignInTexts();
  const providers = useQuery({ queryKey: ['providers'], queryFn: ({ signal }) => call('GET /session/providers', { signal }), staleTime: Infinity });
  const passkey = useSend({
    async mutationFn() {
      const options = await call('POST /session/passkey-challenge');
      await call('POST /session/passkey', { body: { passkey: await showPasskey(options) } });
    },
    onSuccess: onSignedIn,
  });
  const offered = providers.data?.items ?? [];
  const hasPasskeys = canUsePasskeys();
  if (!hasPasskeys && offered.length === 0) return null;
  const problem = passkey.error && problemOf(passkey.error);
  return (
    <div className="mx-auto max-w-sm space-y-3 pb-8">
      <p className="flex items-center gap-3 text-sm text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">{ways.or}</p>
      {problem && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-bad">
          {problem.code === 'PASSKEY_STOPPED' ? ways.passkeyStopped : problem.kind === 'sign-in' ? ways.passkeyUnknown : problemText(problem, texts)}
        </p>
      )}
      {hasPasskeys && (
        <button type="button" className="button w-full" disabled={passkey.isPending} onClick={() => passkey.mutate()}>
          {ways.passkey}
        </button>
      )}
      {offered.map(({ id, label }) => (
        <a
          key={id}
          className="button w-full !whitespace-normal"
          href={`/api/v1/session/providers/${encodeURIComponent(id)}?${new URLSearchParams({ return_to: to }).toString()}`}
        >
          {ways.with(label)}
        </a>
      ))}
    </div>
  );
}
