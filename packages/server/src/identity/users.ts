/** The rules of user accounts: making and changing them. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Actor } from '../metadata/port.ts';
import type { IdentityRows, User } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { networkOf } from '../network/subscriber.ts';
import { newId } from '../runtime/ids.ts';
import { parseAccountName, parseEmail } from './account-name.ts';
import type { PasswordHasher } from './password/password-hasher.ts';
import { hasPasswordElsewhere } from './ldap/directory-sign-in.ts';
import { checkPassword } from './password/password-rules.ts';

export type UserParts = { readonly rows: IdentityRows; readonly passwords: PasswordHasher; readonly clock: Clock };

export type NewUserRequest = {
  readonly name: string;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  readonly fullName?: string | undefined;
  readonly language?: string | undefined;
  readonly administrator?: boolean | undefined;
  /** Whoever makes the account vouches for the address. */
  readonly isEmailVerified?: boolean;
  /** The address is another account's: this one goes without, and is never confirmed. */
  readonly isEmailTaken?: boolean;
};

/** What one network may make in an hour: a class that signs up together. */
export const signUpsPerHourMax = 100;

export type UserRules = ReturnType<typeof createUserRules>;

export function createUserRules({ rows, passwords, clock }: UserParts) {
  return {
    /** Where no mail limits how many accounts a network makes for itself. Throws TOO_MANY_REQUESTS. */
    async countSignUp(address: string): Promise<void> {
      const count = await rows.attempts.count({ key: `sign-ups from ${networkOf(address)}`, at: clock.now(), windowMs: 3600e3 });
      if (count > signUpsPerHourMax) {
        const detail = { retryAfterSeconds: 3600 };
        throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many accounts were asked for from your network: try again in an hour', detail });
      }
    },

    /** Throws REQUEST_INVALID, NAME_TAKEN, EMAIL_TAKEN. */
    async create(
      {
        name: written,
        email: address,
        password,
        fullName = '',
        language = 'en',
        administrator = false,
        isEmailVerified = false,
        isEmailTaken = false,
      }: NewUserRequest,
      actor: Actor,
    ): Promise<User> {
      const name = parseAccountName(written);
      const email = address === undefined ? undefined : parseEmail(address);
      if (password !== undefined) checkPassword(password, { name, email });
      const id = newId();
      const at = clock.now();
      await rows.users.create({
        id,
        name,
        administrator,
        fullName,
        language,
        ...(isEmailTaken && { isEmailTaken }),
        ...(email !== undefined && !isEmailTaken && { email, ...(isEmailVerified && { emailVerifiedAt: at }) }),
        ...(password !== undefined && { passwordHash: await passwords.hash(password) }),
        at,
        ...actor,
      });
      return get(rows, id);
    },

    /** As long as it has no repositories, whose names would begin otherwise. Throws REQUEST_INVALID, NAME_TAKEN, CONFLICT. */
    async rename(id: string, written: string, actor: Actor): Promise<void> {
      await rows.accounts.rename({ id, name: parseAccountName(written), at: clock.now(), ...actor });
    },

    /** A directory's password is the directory's to change, unless an administrator has given the account one of ours. Throws DENIED. */
    async checkOwnPassword(id: string): Promise<void> {
      if (await hasPasswordElsewhere(rows.externals, await get(rows, id)))
        throw new RegistryError('DENIED', { message: 'your password is that of the directory of people: change it there' });
    },

    /** Every session and identity token ends, but for the one that asks. Throws REQUEST_INVALID, ACCOUNT_UNKNOWN. */
    async setPassword(id: string, password: string, actor: Actor, keepCredentialId?: string): Promise<void> {
      const { name, email } = await get(rows, id);
      checkPassword(password, { name, email });
      const endSessions = keepCredentialId === undefined ? {} : { except: keepCredentialId };
      await rows.users.change({ id, passwordHash: await passwords.hash(password), endSessions, at: clock.now(), ...actor });
    },

    /** Throws ACCOUNT_UNKNOWN. */
    async getByName(name: string): Promise<User> {
      const user = await rows.users.findByName(name.toLowerCase());
      if (user === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { detail: { name } });
      return user;
    },

    get: (id: string) => get(rows, id),
  };
}

async function get(rows: IdentityRows, id: string): Promise<User> {
  const user = await rows.users.get(id);
  if (user === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
  return user;
}
