/**
 * Proves who somebody is: by a password, by an access token in the place of one, or by a token of an
 * issuer that a namespace trusts. Whatever is wrong, the answer is the same, and takes as long.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { boundedCache } from '../metadata/bounded-cache.ts';
import type { IdentityRows, StoredCredential, User } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Basic } from './basic.ts';
import type { Identity } from './callers.ts';
import { hashSecret } from './secret-hash.ts';

export type SignIn = {
  /** Name or e-mail, and a password, an access token, or a trusted issuer's. Throws UNAUTHORIZED, TOO_MANY_REQUESTS. */
  byPassword(basic: Basic, from: SignInEvidence): Promise<Identity>;
  /** An access token alone. Throws UNAUTHORIZED. */
  byToken(secret: string, from: SignInEvidence): Promise<Identity>;
};

export type SignInEvidence = { readonly remoteAddress: string };

/** Never blocks the serving thread. Without a hash it takes as long, and is false. */
export type PasswordVerifier = { verify(password: string, hash: string | undefined): Promise<{ ok: boolean; needsRehash: boolean }> };

/** Slows down whoever guesses. `begin` throws TOO_MANY_REQUESTS. */
export type Throttle = {
  begin(attempt: Attempt): Promise<void>;
  end(attempt: Attempt, outcome: 'succeeded' | 'failed'): Promise<void>;
};
export type Attempt = { readonly account: string; readonly address: string };

/** Undefined when no namespace trusts the token's issuer for what it claims. Throws UNAUTHORIZED for a token that is not good. */
export type Federation = { identify(token: string): Promise<Identity | undefined> };

export type SignInParts = {
  readonly rows: IdentityRows;
  readonly passwords: PasswordVerifier;
  readonly throttle: Throttle;
  readonly federation: Federation;
  readonly clock: Clock;
};

/** Begins every access token, so that leaked ones can be searched for and told from passwords. */
export const accessTokenPrefix = 'naru_';
/** Tokens are shown as used with this precision, so that using them costs no writes. */
const usePrecisionMs = 60_000;
/** What a password was verified for is remembered this long, as long as no right has changed. */
const rememberedMs = 60_000;
const longestSecret = 16 * 1024;

const refusal = 'incorrect username or password';

export function createSignIn({ rows, passwords, throttle, federation, clock }: SignInParts): SignIn {
  /** By the hash of name and password: tools that send Basic with each request must not cost a password hash each time. */
  const remembered = boundedCache<{ identity: Identity; version: number; at: number }>({ maxEntries: 4096 });

  return {
    async byPassword({ name, secret }, from) {
      if (secret.length > longestSecret) throw new RegistryError('UNAUTHORIZED', { message: refusal });
      if (secret.startsWith(accessTokenPrefix)) {
        const { credential, owner } = await findByToken(secret, from);
        if (!owner.names.includes(name.toLowerCase())) throw new RegistryError('UNAUTHORIZED', { message: refusal });
        return identityOf(credential);
      }
      if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(secret)) {
        const identity = await federation.identify(secret);
        if (identity !== undefined) return identity;
      }
      const key = hashSecret(`${name}\0${secret}`);
      const known = remembered.get(key);
      const version = await rows.access.version();
      if (known !== undefined && known.version === version && clock.now() - known.at < rememberedMs) return known.identity;
      const identity = await byAccountPassword(name, secret, from);
      remembered.set(key, { identity, version, at: clock.now() });
      return identity;
    },

    async byToken(secret, from) {
      return identityOf((await findByToken(secret, from)).credential);
    },
  };

  async function byAccountPassword(name: string, password: string, { remoteAddress }: SignInEvidence): Promise<Identity> {
    const attempt = { account: name.toLowerCase(), address: remoteAddress };
    await throttle.begin(attempt);
    const user = await findUser(rows, name);
    const isRight = (await passwords.verify(password, user?.passwordHash)).ok && user !== undefined && user.disabledAt === undefined;
    await throttle.end(attempt, isRight ? 'succeeded' : 'failed');
    if (!isRight) throw new RegistryError('UNAUTHORIZED', { message: refusal });
    if (user.totpSecret !== undefined) {
      throw new RegistryError('UNAUTHORIZED', { message: 'this account has a second factor: use an access token in the place of the password' });
    }
    return { subject: { kind: 'user', id: user.id }, credential: { kind: 'password' } };
  }

  async function findByToken(secret: string, { remoteAddress }: SignInEvidence): Promise<{ credential: StoredCredential; owner: Owner }> {
    const credential = await rows.credentials.findBySecret(hashSecret(secret));
    const now = clock.now();
    const owner =
      credential?.kind === 'token' && !(credential.expiresAt !== undefined && credential.expiresAt <= now) ? await findOwner(rows, credential) : undefined;
    if (credential === undefined || owner === undefined) throw new RegistryError('UNAUTHORIZED', { message: refusal });
    if (now - (credential.usedAt ?? 0) >= usePrecisionMs) await rows.credentials.recordUse({ id: credential.id, at: now, address: remoteAddress });
    return { credential, owner };
  }
}

/** Name or e-mail address. */
export async function findUser(rows: IdentityRows, login: string): Promise<User | undefined> {
  const text = login.trim().toLowerCase();
  return text.includes('@') ? rows.users.findByEmail(text) : rows.users.findByName(text);
}

export function identityOf({ id, owner, actions, patterns }: StoredCredential): Identity {
  return {
    subject: { kind: owner.kind, id: owner.id, credentialId: id },
    credential: { kind: 'token', id },
    ...((actions ?? patterns) && { scope: { ...(actions && { actions }), ...(patterns && { patterns }) } }),
  };
}

/** What the holder of a token may call itself at a log-in. */
type Owner = { readonly names: readonly string[] };

async function findOwner(rows: IdentityRows, { owner }: StoredCredential): Promise<Owner | undefined> {
  if (owner.kind === 'user') {
    const user = await rows.users.get(owner.id);
    return user && user.disabledAt === undefined ? { names: [user.name, ...(user.email === undefined ? [] : [user.email])] } : undefined;
  }
  const robot = await rows.robots.get(owner.id);
  const account = robot && robot.disabledAt === undefined ? await rows.accounts.get(robot.accountId) : undefined;
  return robot && account ? { names: [`${account.name}+${robot.name}`, `robot$${account.name}+${robot.name}`] } : undefined;
}
