/** OpenID providers that prove who one is, beside the password: bound from here, and let go. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { ActForm, fieldSecret } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useOwnPassword } from '../../parts/own-password.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOwnAccountTexts } from './texts.ts';

const boundKey = ['own-providers'];
/** The directory, which nobody binds by hand. */
const directoryId = 'ldap';

/** Shown where there is something to bind, or something bound. */
export function Providers() {
  const texts = useOwnAccountTexts();
  const offered = useQuery({ queryKey: ['providers'], queryFn: ({ signal }) => call('GET /session/providers', { signal }), staleTime: Infinity });
  const bound = useQuery({ queryKey: boundKey, queryFn: ({ signal }) => call('GET /user/providers', { signal }) });
  if (offered.isPending || bound.isPending) return <Skeleton rows={1} />;
  if (offered.isError) return <ErrorState error={offered.error} retry={() => void offered.refetch()} />;
  if (bound.isError) return <ErrorState error={bound.error} retry={() => void bound.refetch()} />;
  const mine = bound.data.items.filter(({ issuer }) => issuer !== directoryId);
  const free = offered.data.items.filter(({ id }) => !mine.some((one) => one.id === id));
  if (mine.length === 0 && free.length === 0) return null;
  return (
    <Section title={texts.providers} hint={texts.providersHint}>
      <ul className="border-t border-line">
        {mine.map(({ id, issuer }) => (
          <li key={issuer} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            <span className="min-w-0 grow">
              <span className="font-medium">{offered.data.items.find((one) => one.id === id)?.label ?? issuer}</span>
              <span className="block font-mono text-sm text-muted">{issuer}</span>
            </span>
            <ConfirmButton
              text={texts.unbind}
              title={texts.unbindTitle(issuer)}
              lead={texts.unbindLead}
              asksPassword
              concerns={[boundKey, ['self']]}
              onConfirm={(password) => call('DELETE /user/providers', { body: { issuer, ...(password !== '' && { password }) } })}
            />
          </li>
        ))}
        {free.map(({ id, label }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
            <span className="min-w-0 grow font-medium">{label}</span>
            <Bind id={id} label={label} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Bind({ id, label }: { id: string; label: string }) {
  const texts = useOwnAccountTexts();
  const [isOpen, setIsOpen] = useState(false);
  const ownPassword = useOwnPassword({ autoFocus: true });
  const bind = useAct(
    async (fields: FormData) => {
      const password = fieldSecret(fields, 'password');
      const body = { return_to: '/settings/security', ...(password !== '' && { password }) };
      const { location: to } = await call('POST /user/providers/{provider}', { params: { provider: id }, body });
      // The provider leads back here.
      location.assign(to);
    },
    { words: { DENIED: ownPassword.refusal, SIGN_IN_UNAVAILABLE: texts.providerAway } },
  );
  return (
    <>
      <button type="button" className="button" onClick={() => setIsOpen(true)}>
        {texts.bind}
      </button>
      <Dialog title={texts.bindTitle(label)} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <ActForm act={bind} submit={texts.bind}>
          <p className="text-muted">{texts.bindLead(label)}</p>
          {ownPassword.field}
        </ActForm>
      </Dialog>
    </>
  );
}
