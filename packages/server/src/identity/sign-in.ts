/**
 * Proves who somebody is: by a password, by an access token in the place of one, or by a token of an
 * issuer that a namespace trusts. Whatever is wrong, the answer is the same, and takes as long.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { boundedCache } from '../metadata/bounded-cache.ts';
import type { IdentityRows, StoredCredential, User } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId } from '../runtime/ids.ts';
import type { NoteRefusedSignIn } from './audit/refused.ts';
import type { Basic } from './basic.ts';
import type { Identity } from './callers.ts';
import type { NoticeSignIn } from './new-sign-in/new-sign-in.ts';
import type { PasswordHasher } from './password/password-hasher.ts';
import type { SecondFactor, SecondProof } from './second-factor.ts';
import { type DirectorySignIn, isOfDirectory } from './ldap/directory-sign-in.ts';
import { hashSecret, type KeyedHash } from './secret-hash.ts';

export type SignIn = {
  /** Somebody at a browser: name or e-mail, password, and a second proof where the account asks for one. Throws UNAUTHORIZED, TOO_MANY_REQUESTS. */
  person(basic: Basic, second: SecondProof, from: Pick<SignInEvidence, 'remoteAddress'>): Promise<User>;
  /** Name or e-mail, and a password, an access token, or a trusted issuer's. Throws UNAUTHORIZED, TOO_MANY_REQUESTS. */
  byPassword(basic: Basic, from: SignInEvidence): Promise<Identity>;
  /** A trusted issuer's token, for what a namespace trusts it with. Throws UNAUTHORIZED. */
  byFederation(token: string, from: Pick<SignInEvidence, 'remoteAddress'>): Promise<Identity>;
  /** An access token alone. Throws UNAUTHORIZED. */
  byToken(secret: string, from: SignInEvidence): Promise<Identity>;
};

export type SignInEvidence = { readonly remoteAddress: string; header(name: string): string | undefined };

/** Slows down whoever guesses. `begin` throws TOO_MANY_REQUESTS; what it gives is held until the try is over. */
export type Throttle = {
  begin(attempt: Attempt): Promise<Disposable>;
  /** `unanswered`: whoever knows the password could not be asked. */
  end(attempt: Attempt, outcome: 'succeeded' | 'failed' | 'unanswered'): Promise<void>;
};
export type Attempt = { readonly account: string; readonly address: string };

/** Undefined when no namespace trusts the token's issuer for what it claims. Throws UNAUTHORIZED for a token that is not good. */
export type Federation = { identify(token: string): Promise<Identity | undefined> };

export type SignInParts = {
  readonly rows: IdentityRows;
  readonly passwords: PasswordHasher;
  readonly throttle: Throttle;
  readonly federation: Federation;
  readonly secondFactor: Pick<SecondFactor, 'isProved'>;
  readonly noticeSignIn: NoticeSignIn;
  /** Absent: passwords are ours alone. */
  readonly directory?: DirectorySignIn | undefined;
  readonly requiresConfirmedEmail: boolean;
  readonly noteRefused: NoteRefusedSignIn;
  readonly hash: KeyedHash;
  readonly clock: Clock;
};

/** Begins every access token, so that leaked ones can be searched for and told from passwords. */
export const accessTokenPrefix = 'naru_';
/** Tokens are shown as used with this precision, so that using them costs no writes. */
const usePrecisionMs = 60_000;
/**
 * What a password was verified for is remembered this long, as long as no right has changed. A password
 * that the directory no longer takes is good here for as long.
 */
const rememberedMs = 60_000;
const longestSecret = 16 * 1024;

const refusal = 'incorrect username or password';
const notConfirmed = 'the e-mail address is not confirmed';
/** For every address alike: with one that was signed up for a moment ago it is true. */
const addressRefusal = `${refusal}, or the e-mail address is not confirmed yet: open the link in the mail`;

export function createSignIn(parts: SignInParts): SignIn {
  const { rows, passwords, throttle, federation, secondFactor, directory, noticeSignIn, noteRefused, requiresConfirmedEmail, hash, clock } = parts;
  /**
   * By a keyed hash of name, password and network, which is worth nothing outside this process: tools that send Basic
   * with each request must not cost a password hash, or a question to the directory, each time.
   */
  const remembered = boundedCache<{ identity: Identity; version: number; at: number }>({ maxEntries: 4096 });
  /** The same, while they are verified: a tool that asks for ten tokens at once is one try. */
  const verifying = new Map<string, Promise<Identity>>();

  return {
    async person({ name, secret }, second, from) {
      const user = await provePassword(name, secret, from, (found) => secondFactor.isProved(found, second));
      if (user !== undefined) return user;
      const isShown = second.code !== undefined || second.provePasskey !== undefined;
      throw new RegistryError('UNAUTHORIZED', {
        message: isShown ? 'this code is not right, or was used' : 'a code of the second factor is needed',
        detail: { field: 'code' },
      });
    },

    async byPassword({ name, secret }, from) {
      if (secret.length > longestSecret) throw new RegistryError('UNAUTHORIZED', { message: refusal });
      if (secret.startsWith(accessTokenPrefix)) {
        const { credential, owner } = await findByToken(secret, from);
        if (!owner.names.includes(name.toLowerCase())) {
          noteRefused({ account: owner.account, address: from.remoteAddress, by: 'token', reason: 'of another name' });
          throw new RegistryError('UNAUTHORIZED', { message: refusal });
        }
        return identityOf(credential);
      }
      if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(secret)) {
        const identity = await identifyFederated(secret, from.remoteAddress);
        if (identity !== undefined) return identity;
      }
      const key = hash(`${name}\0${secret}\0${from.remoteAddress}`);
      const known = remembered.get(key);
      const version = await rows.access.version();
      if (known !== undefined && known.version === version && clock.now() - known.at < rememberedMs) return known.identity;
      const identity = await onceAtATime(key, () => byAccountPassword(name, secret, from));
      remembered.set(key, { identity, version, at: clock.now() });
      return identity;
    },

    async byFederation(token, { remoteAddress }) {
      const identity = await identifyFederated(token, remoteAddress);
      if (identity !== undefined) return identity;
      noteRefused({ address: remoteAddress, by: 'federated', reason: 'trusted by nobody' });
      throw new RegistryError('UNAUTHORIZED', { message: 'nobody here trusts the issuer of this token for what it claims' });
    },

    async byToken(secret, from) {
      return identityOf((await findByToken(secret, from)).credential);
    },
  };

  async function identifyFederated(token: string, address: string): Promise<Identity | undefined> {
    try {
      return await federation.identify(token);
    } catch (error) {
      noteRefused({ address, by: 'federated', reason: 'not a good token' });
      throw error;
    }
  }

  function onceAtATime(key: string, verify: () => Promise<Identity>): Promise<Identity> {
    const underWay = verifying.get(key);
    if (underWay !== undefined) return underWay;
    const result = verify().finally(() => verifying.delete(key));
    verifying.set(key, result);
    return result;
  }

  async function byAccountPassword(name: string, password: string, from: SignInEvidence): Promise<Identity> {
    const user = await provePassword(name, password, from, async ({ totpSecret }) => totpSecret === undefined);
    if (user !== undefined) {
      await noticeSignIn(user, { address: from.remoteAddress, userAgent: from.header('user-agent') ?? '' });
      return { subject: { kind: 'user', id: user.id }, credential: { kind: 'password' } };
    }
    throw new RegistryError('UNAUTHORIZED', { message: 'this account has a second factor: use an access token in the place of the password' });
  }

  /** Undefined when the password is right and the second proof is not: that is a failed try as well. */
  async function provePassword(
    name: string,
    password: string,
    { remoteAddress }: Pick<SignInEvidence, 'remoteAddress'>,
    isProved: (user: User) => Promise<boolean>,
  ): Promise<User | undefined> {
    const attempt = { account: name.trim().toLowerCase(), address: remoteAddress };
    using _try = await throttle.begin(attempt);
    const local = await findUser(rows, name);
    const { ok, needsRehash } = await passwords.verify(password, local?.passwordHash);
    const refused = (reason: string, account = local?.name) => noteRefused({ account, address: remoteAddress, by: 'password', reason });
    const user = ok
      ? local
      : await proveInDirectory(local, name, password, remoteAddress).catch(async (error: unknown) => {
          refused('the directory cannot be asked');
          // A password of ours was wrong as well: guesses at it would be free while the directory is down.
          await throttle.end(attempt, 'unanswered');
          throw error;
        });
    const isConfirmed = !requiresConfirmedEmail || !awaitsConfirmation(user);
    // By the address it would tell that this account has it, and so that no other one had.
    const isRight = user !== undefined && user.disabledAt === undefined && (isConfirmed || !isAddress(name));
    const isWhole = isRight && (await isProved(user));
    await throttle.end(attempt, isWhole ? 'succeeded' : 'failed');
    if (!isRight) {
      refused(
        user === undefined ? 'wrong name or password' : user.disabledAt !== undefined ? 'the account is disabled' : notConfirmed,
        user?.name ?? local?.name,
      );
      throw new RegistryError('UNAUTHORIZED', { message: requiresConfirmedEmail && isAddress(name) ? addressRefusal : refusal });
    }
    // Only who knows the password learns this.
    if (!isConfirmed) {
      refused(notConfirmed);
      throw new RegistryError('UNAUTHORIZED', { message: 'open the link in the mail that confirms your e-mail address first', detail: { field: 'email' } });
    }
    if (isWhole && ok && needsRehash) await rows.users.change({ id: user.id, passwordHash: await passwords.hash(password), at: clock.now(), actor: user.name });
    if (!isWhole) refused('no second proof, or a wrong one', user.name);
    return isWhole ? user : undefined;
  }

  /**
   * A name of ours is nobody's in the directory, unless its account came from there. The directory is
   * asked all the same, about somebody who cannot be: what takes longer, or fails while the directory is
   * down, would tell which names are ours.
   */
  async function proveInDirectory(local: User | undefined, name: string, password: string, address: string): Promise<User | undefined> {
    if (directory === undefined) return undefined;
    const isLocal = local !== undefined && !(await isOfDirectory(rows.externals, local.id));
    const user = await directory.prove(isLocal ? newId() : name, password, address);
    return local === undefined || user?.id === local.id ? user : undefined;
  }

  async function findByToken(secret: string, { remoteAddress }: SignInEvidence): Promise<{ credential: StoredCredential; owner: Owner }> {
    const credential = await rows.credentials.findBySecret(hashSecret(secret));
    const now = clock.now();
    const owner =
      credential?.kind === 'token' && !(credential.expiresAt !== undefined && credential.expiresAt <= now) ? await findOwner(rows, credential) : undefined;
    if (credential === undefined || owner === undefined) {
      noteRefused({
        account: credential && (await nameOfOwner(rows, credential)),
        address: remoteAddress,
        by: 'token',
        reason: credential === undefined ? 'unknown or revoked' : 'over or disabled',
      });
      throw new RegistryError('UNAUTHORIZED', { message: refusal });
    }
    if (now - (credential.usedAt ?? 0) >= usePrecisionMs) await rows.credentials.recordUse({ id: credential.id, at: now, address: remoteAddress });
    return { credential, owner };
  }
}

function awaitsConfirmation(user: User | undefined): boolean {
  return user !== undefined && (user.isEmailTaken === true || (user.email !== undefined && user.emailVerifiedAt === undefined));
}

function isAddress(login: string): boolean {
  return login.includes('@');
}

/** Name or e-mail address. */
export async function findUser(rows: IdentityRows, login: string): Promise<User | undefined> {
  const text = login.trim().toLowerCase();
  return isAddress(text) ? rows.users.findByEmail(text) : rows.users.findByName(text);
}

export function identityOf({ id, owner, actions, patterns, expiresAt }: StoredCredential): Identity {
  return {
    subject: { kind: owner.kind, id: owner.id, credentialId: id },
    credential: { kind: 'token', id },
    ...(expiresAt !== undefined && { expiresAt }),
    ...((actions ?? patterns) && { scope: { ...(actions && { actions }), ...(patterns && { patterns }) } }),
  };
}

/** What the holder of a token may call itself at a log-in. */
type Owner = { readonly account: string; readonly names: readonly string[] };

async function findOwner(rows: IdentityRows, { owner }: StoredCredential): Promise<Owner | undefined> {
  if (owner.kind === 'user') {
    const user = await rows.users.get(owner.id);
    return user && user.disabledAt === undefined ? { account: user.name, names: [user.name, ...(user.email === undefined ? [] : [user.email])] } : undefined;
  }
  const robot = await rows.robots.get(owner.id);
  const account = robot && robot.disabledAt === undefined ? await rows.accounts.get(robot.accountId) : undefined;
  return robot && account ? { account: account.name, names: [`${account.name}+${robot.name}`, `robot$${account.name}+${robot.name}`] } : undefined;
}

async function nameOfOwner(rows: IdentityRows, { owner }: StoredCredential): Promise<string | undefined> {
  const accountId = owner.kind === 'user' ? owner.id : (await rows.robots.get(owner.id))?.accountId;
  return accountId === undefined ? undefined : (await rows.accounts.get(accountId))?.name;
}
