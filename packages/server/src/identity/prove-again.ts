/**
 * Asks for the password again, before what a stolen session must not do, and must not find out by
 * guessing either. Who has none here has it in the directory; who has none at all, because a provider or
 * a passkey opens the account, shows a log-in of the last minutes.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { Caller } from '../access/caller.ts';
import type { IdentityRows, User } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { NoteRefusedSignIn } from './audit/refused.ts';
import { type DirectorySignIn, isOfDirectory } from './ldap/directory-sign-in.ts';
import type { PasswordHasher } from './password/password-hasher.ts';
import type { Throttle } from './sign-in.ts';

export type ProveAgainParts = {
  readonly rows: Pick<IdentityRows, 'users' | 'externals'>;
  readonly passwords: PasswordHasher;
  readonly throttle: Throttle;
  readonly directory?: DirectorySignIn | undefined;
  readonly noteRefused: NoteRefusedSignIn;
  readonly clock: Clock;
};

/** `userId`: of the caller. Throws DENIED, TOO_MANY_REQUESTS, SIGN_IN_UNAVAILABLE, ACCOUNT_UNKNOWN. */
export type ProveAgain = (userId: string, password: string | undefined, caller: Pick<Caller, 'credential' | 'address'>) => Promise<void>;

const freshMs = 10 * 60_000;

export function createProveAgain({ rows, passwords, throttle, directory, noteRefused, clock }: ProveAgainParts): ProveAgain {
  return async (userId, password, { credential, address }) => {
    const user = await rows.users.get(userId);
    if (user === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
    const isDirectorys = await isOfDirectory(rows.externals, user.id);
    if (user.passwordHash === undefined && !isDirectorys) {
      if (clock.now() - (credential.since ?? 0) <= freshMs) return;
      throw new RegistryError('DENIED', { message: 'log in again: this needs a log-in of the last ten minutes' });
    }
    const attempt = { account: user.name, address };
    using _try = await throttle.begin(attempt);
    const isProved = await isPasswordOf(user, password ?? '', isDirectorys).catch(async (error: unknown) => {
      await throttle.end(attempt, 'unanswered');
      throw error;
    });
    await throttle.end(attempt, isProved ? 'succeeded' : 'failed');
    if (isProved) return;
    noteRefused({ account: user.name, address, by: 'password', reason: 'wrong, where a session was asked for it again' });
    throw new RegistryError('DENIED', { message: 'this is not your password' });
  };

  async function isPasswordOf(user: User, password: string, isDirectorys: boolean): Promise<boolean> {
    if (user.passwordHash !== undefined && (await passwords.verify(password, user.passwordHash)).ok) return true;
    return isDirectorys && directory !== undefined && directory.isPasswordOf(user.id, password);
  }
}
