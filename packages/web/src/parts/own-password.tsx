/**
 * Asks for the password before what a stolen session must not do. Who has none, because a provider or a
 * passkey opens the account, is told what the server looks at instead.
 */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { selfQuery } from '../api/queries.ts';
import { useFormTexts } from '../language/form-texts.ts';
import { FormField } from './form-field.tsx';

type Options = { name?: string; label?: string; autoFocus?: boolean };

/** `refusal`: what DENIED means. The password is in the field of the name; '' for who has none. */
export function useOwnPassword({ name = 'password', label, autoFocus = false }: Options = {}): { field: ReactNode; refusal: string } {
  const forms = useFormTexts();
  const self = useQuery(selfQuery);
  const hasNone = self.data?.user !== undefined && !self.data.user.signsInWith.some((way) => way === 'password' || way === 'ldap');
  if (hasNone) return { field: <p className="text-sm text-muted">{forms.noPassword}</p>, refusal: forms.logInAgain };
  const field = <FormField label={label ?? forms.ownPassword} name={name} type="password" autoComplete="current-password" required autoFocus={autoFocus} />;
  return { field, refusal: forms.wrongPassword };
}
