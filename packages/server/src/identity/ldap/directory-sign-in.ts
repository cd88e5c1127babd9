/** Log-ins by a directory: what it proves becomes an account of ours. */
import { RegistryError } from '@naru/oci/registry-error';
import type { ExternalRows, User } from '../../metadata/identity/port.ts';
import type { Log } from '../../runtime/log.ts';
import { parseEmail } from '../account-name.ts';
import type { ExternalAccounts, ExternalPerson } from '../external/external-accounts.ts';
import { type GroupRule, rolesOf } from '../external/group-roles.ts';
import type { Directory, DirectoryEntry } from './directory.ts';

/** Of its entries, among accounts of ours: there is one directory, and it may move. */
export const directoryIssuer = 'ldap';

export type DirectorySignIn = {
  /** Whose name and password these are in the directory. Throws SIGN_IN_UNAVAILABLE. */
  prove(login: string, password: string, address: string): Promise<User | undefined>;
  /** Of an account that came from the directory. Throws SIGN_IN_UNAVAILABLE. */
  isPasswordOf(userId: string, password: string): Promise<boolean>;
};

export type DirectorySignInParts = {
  readonly directory: Directory;
  readonly accounts: ExternalAccounts;
  readonly rows: Pick<ExternalRows, 'listOf'>;
  readonly rules: readonly GroupRule[];
  readonly log: Log;
};

export function createDirectorySignIn({ directory, accounts, rows, rules, log }: DirectorySignInParts): DirectorySignIn {
  return {
    async isPasswordOf(userId, password) {
      const entry = (await rows.listOf(userId)).find(({ issuer }) => issuer === directoryIssuer);
      return entry !== undefined && directory.isPasswordOf(entry.subject, password);
    },

    async prove(login, password, address) {
      const entry = await directory.prove(login, password);
      if (entry === undefined) return undefined;
      const person = personOf(entry, rules);
      const origin = { origin: { address, credential: 'password' as const } };
      const known = await accounts.find(person);
      if (known !== undefined) return accounts.update(known.id, person, { actor: known.name, ...origin });
      try {
        return await accounts.create(person, origin);
      } catch (error) {
        if (!(error instanceof RegistryError && error.code === 'EMAIL_TAKEN')) throw error;
        log.warn('an account of the directory goes without its e-mail address: another account has it', { dn: entry.dn, email: entry.email });
        return accounts.create({ ...person, email: undefined }, origin);
      }
    },
  };
}

/** Did this account come from the directory, so that its password may be there? */
export async function isOfDirectory(rows: Pick<ExternalRows, 'listOf'>, userId: string): Promise<boolean> {
  return (await rows.listOf(userId)).some(({ issuer }) => issuer === directoryIssuer);
}

/** Only there: an account that an administrator gave a password of ours has that one too. */
export async function hasPasswordElsewhere(rows: Pick<ExternalRows, 'listOf'>, { id, passwordHash }: Pick<User, 'id' | 'passwordHash'>): Promise<boolean> {
  return passwordHash === undefined && (await isOfDirectory(rows, id));
}

export function personOf({ id, name, email, fullName, groups }: DirectoryEntry, rules: readonly GroupRule[]): ExternalPerson {
  return { issuer: directoryIssuer, subject: id, name, email: usable(email), fullName, roles: rolesOf(groups, rules) };
}

/** An address that we could not write to is none. */
function usable(email: string | undefined): string | undefined {
  try {
    return email === undefined ? undefined : parseEmail(email);
  } catch {
    return undefined;
  }
}
