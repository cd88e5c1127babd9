/**
 * The account of somebody whom a directory or a provider has proved: made at the first log-in, and
 * brought up to date at each. Accounts are found by the issuer and its lasting id of the person, never
 * by a name or an e-mail address, which somebody else may have there tomorrow.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { Actor } from '../../metadata/port.ts';
import type { ExternalIdentity, ExternalRole, IdentityRows, User } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { newId } from '../../runtime/ids.ts';
import { parseEmail } from '../account-name.ts';
import { proposeAccountNames } from './account-names.ts';

export type ExternalPerson = ExternalIdentity & {
  /** What they are called there. */
  readonly name: string;
  /** Absent unless the issuer vouches for it. */
  readonly email?: string | undefined;
  readonly fullName?: string | undefined;
  readonly roles: readonly ExternalRole[];
};

export type ExternalAccounts = ReturnType<typeof createExternalAccounts>;

export function createExternalAccounts(rows: IdentityRows, clock: Clock) {
  return {
    find: (identity: ExternalIdentity) => rows.externals.find(identity),

    /** Under the first free name like the one elsewhere. Throws EMAIL_TAKEN; CONFLICT when no name can be had. */
    async create({ issuer, subject, name: wanted, email, fullName, roles }: ExternalPerson, origin: Pick<Actor, 'origin'>): Promise<User> {
      for (const name of proposeAccountNames(wanted)) {
        const id = newId();
        const at = clock.now();
        const change = { at, actor: name, ...origin };
        const address = email === undefined ? {} : { email: parseEmail(email), emailVerifiedAt: at };
        try {
          const user = { id, name, administrator: false, fullName: oneLine(fullName), language: 'en', external: { issuer, subject }, ...address };
          await rows.users.create({ ...user, ...change });
        } catch (error) {
          if (error instanceof RegistryError && error.code === 'NAME_TAKEN') continue;
          throw error;
        }
        return this.update(id, { issuer, roles }, change);
      }
      throw new RegistryError('CONFLICT', { message: `no account can be named after "${wanted.slice(0, 64)}"` });
    },

    /** What the issuer says of the person's groups now. */
    async update(id: string, { issuer, roles }: Pick<ExternalPerson, 'issuer' | 'roles'>, actor: Actor): Promise<User> {
      await rows.externals.sync({ userId: id, issuer, roles, at: clock.now(), ...actor });
      const user = await rows.users.get(id);
      if (user === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
      return user;
    },
  };
}

function oneLine(text = ''): string {
  return text.replaceAll(/\p{C}/gu, ' ').trim().slice(0, 200);
}
