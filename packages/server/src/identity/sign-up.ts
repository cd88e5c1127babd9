/**
 * Accounts that people make for themselves.
 *
 * Where mails confirm addresses, whoever signs up learns nothing of who has an address already. An
 * account is made in either case: when the address is another account's, one that goes without and
 * that nobody can confirm. Its name is taken and its password is answered like those of an account
 * that waits for its link, and like that one it is gone after a week. The owner learns of it by mail.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { IdentityRows, User } from '../metadata/identity/port.ts';
import type { Actor } from '../metadata/port.ts';
import { parseEmail } from './account-name.ts';
import { proposeAccountNames } from './external/account-names.ts';
import type { MailRules } from './mail/mail-rules.ts';
import type { UserRules } from './users.ts';

export type SignUpParts = {
  readonly rows: Pick<IdentityRows, 'accounts' | 'users'>;
  readonly users: UserRules;
  /** Absent: no mails are sent. Nobody can prove an address then, and none is kept: that one is taken would tell whose it is. */
  readonly mail?: Pick<MailRules, 'expectConfirmation' | 'request'> | undefined;
};

export type SignUpRequest = {
  /** Without one the account is named after its address: like what stands before the @, and like nobody else. */
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly password: string;
  readonly language?: string | undefined;
};

/** Throws REQUEST_INVALID, NAME_TAKEN, TOO_MANY_REQUESTS. */
export async function signUp({ name, email: written, ...more }: SignUpRequest, address: string, parts: SignUpParts): Promise<User> {
  const { rows, mail } = parts;
  if (written === undefined && (name === undefined || mail !== undefined)) {
    throw new RegistryError('REQUEST_INVALID', { message: 'an e-mail address is needed', detail: { field: 'email' } });
  }
  const email = written === undefined ? undefined : parseEmail(written);
  if (name !== undefined) return signUpAs(name, { ...more, email }, address, parts);
  for (const proposal of proposeAccountNames(email ?? '')) {
    if ((await rows.accounts.find(proposal)) !== undefined) continue;
    try {
      return await signUpAs(proposal, { ...more, email }, address, parts);
    } catch (error) {
      // Somebody was quicker, or there are repositories of that name.
      if (!(error instanceof RegistryError && error.code === 'NAME_TAKEN')) throw error;
    }
  }
  throw new RegistryError('REQUEST_INVALID', { message: 'choose a name: the address gives none', detail: { field: 'name' } });
}

async function signUpAs(name: string, { email, ...more }: SignUpRequest, address: string, { rows, users, mail }: SignUpParts): Promise<User> {
  const actor: Actor = { actor: name.toLowerCase(), origin: { address } };
  if (mail === undefined || email === undefined) {
    await users.countSignUp(address);
    return users.create({ ...more, name }, actor);
  }
  await mail.expectConfirmation(name, address);
  const create = async (isEmailTaken: boolean) => {
    const user = await users.create({ ...more, name, email, isEmailTaken }, actor);
    await mail.request({ kind: isEmailTaken ? 'taken' : 'verify', email });
    return user;
  };
  try {
    return await create((await rows.users.findByEmail(email)) !== undefined);
  } catch (error) {
    if (!(error instanceof RegistryError && error.code === 'EMAIL_TAKEN')) throw error;
    return create(true); // since a moment ago
  }
}
