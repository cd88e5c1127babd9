/**
 * Finds out whom a request comes from, and gives it its Caller. What a caller may do is `access/policy.ts`'s
 * to say, on what the rows say at the moment it is asked.
 *
 *     Authorization: Bearer <registry token>     what clients get from /token
 *                    Bearer naru_…               an access token, as it is
 *                    Basic <name>:<secret>       for tools that know no tokens: a password, or an access token
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Action } from '../access/action.ts';
import type { Caller, Credential } from '../access/caller.ts';
import { findDenial, type Profile, type Scope } from '../access/policy.ts';
import { anonymous, operator, type Principal, principalName } from '../access/principal.ts';
import { boundedCache } from '../metadata/bounded-cache.ts';
import type { AccessFacts, AccessReads, Subject } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { parseBasic } from './basic.ts';
import type { RegistryTokens } from './registry-token.ts';
import type { ScannerTokens } from './scanner-token.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export type Callers = {
  /** Throws UNAUTHORIZED, TOO_MANY_REQUESTS. */
  identify(request: Evidence): Promise<Caller>;
  /** The same for the pages and their API, where a browser shows a cookie. */
  identifyBrowser(request: Evidence): Promise<Caller>;
  /** `naru admin`, over the socket in the data folder. */
  operator(): Caller;
  /** The caller of an identity that was proved otherwise: by a session's cookie, by a password at /token. */
  callerOf(identity: Identity, address: string): Promise<Caller>;
};

/** What of a request tells whom it comes from. */
export type Evidence = { header(name: string): string | undefined; readonly remoteAddress: string };

export type Identity = {
  readonly subject: Subject;
  readonly scope?: Scope;
  readonly credential: Credential;
  /** When what it was proved by ends: nothing that is issued for it lasts longer. Epoch ms. */
  readonly expiresAt?: number;
};

export type CallerParts = {
  readonly profile: Profile;
  readonly access: AccessReads;
  readonly tokens: RegistryTokens;
  readonly scannerTokens: Pick<ScannerTokens, 'findCaller'>;
  readonly signIn: SignIn;
  readonly sessions: Pick<Sessions, 'find'>;
  readonly clock: Clock;
};

export const anonymousIdentity: Identity = { subject: { kind: 'anonymous', id: '' }, credential: { kind: 'none' } };

/** Registry tokens that were verified: only their time can run out. What their bearers may do is asked anew each time. */
const rememberedTokens = 16_384;

export function createCallers({ profile, access, tokens, scannerTokens, signIn, sessions, clock }: CallerParts): Callers {
  /** By the header as it came, so that the next request with it costs a look. */
  const verified = boundedCache<{ readonly identity: Identity; readonly expiresAt: number }>({ maxEntries: rememberedTokens });

  return {
    identify,

    async identifyBrowser(request) {
      const { header, remoteAddress } = request;
      if (profile === 'local' || header('authorization') !== undefined) return identify(request);
      return callerOf((await sessions.find(header('cookie'), remoteAddress)) ?? anonymousIdentity, remoteAddress);
    },

    operator: () => ({ principal: operator, name: principalName(operator), credential: { kind: 'socket' }, address: '', ...everything }),

    callerOf,
  };

  async function identify({ header, remoteAddress }: Evidence): Promise<Caller> {
    const authorization = header('authorization');
    if (profile === 'local') return (await scannerTokens.findCaller(authorization, remoteAddress)) ?? localCaller(remoteAddress);
    if (authorization === undefined) return callerOf(anonymousIdentity, remoteAddress);
    const known = verified.get(authorization);
    const isGood = known !== undefined && known.expiresAt > clock.now();
    if (isGood) return callerOf(known.identity, remoteAddress);
    return (await scannerTokens.findCaller(authorization, remoteAddress)) ?? callerOf(await proved(authorization, { header, remoteAddress }), remoteAddress);
  }

  async function proved(authorization: string, evidence: Evidence): Promise<Identity> {
    if (authorization.startsWith('Bearer ') && !authorization.startsWith('Bearer naru_')) {
      const { subject, expiresAt, ...scope } = await tokens.verify(authorization.slice(7));
      const identity: Identity = { subject, scope, credential: { kind: 'token', ...(subject.credentialId !== undefined && { id: subject.credentialId }) } };
      verified.set(authorization, { identity, expiresAt });
      return identity;
    }
    if (/^bearer /i.test(authorization)) return signIn.byToken(authorization.slice(7).trim(), evidence);
    const basic = parseBasic(authorization);
    if (basic === undefined) throw new RegistryError('UNAUTHORIZED', { message: 'the Authorization header is neither Basic nor Bearer' });
    return signIn.byPassword(basic, evidence);
  }

  async function callerOf({ subject, scope, credential }: Identity, address: string): Promise<Caller> {
    const self = await access.namespaceFacts(subject, '');
    if (!self.isValid) throw new RegistryError('CREDENTIAL_REVOKED');
    const principal = toPrincipal(subject, self);
    return {
      principal,
      name: principalName(principal),
      credential,
      address,
      ...(scope && { scope }),
      may: (action, repository, tag) => may(scope, action, repository, tag),
      mayList: (repository) => may(scope?.catalog === true ? withoutRepositories(scope) : scope, 'pull', repository),
      mayOtherwise: (action, repository) => may(scope && withoutRepositories(scope), action, repository),
      async mayInNamespace(action, namespace) {
        const { isValid, standing } = await access.namespaceFacts(subject, namespace);
        // Any name of the namespace will do: what is asked is what holds for all of them.
        const repository = { name: (namespace === '' ? '*' : `${namespace}/*`) as RepositoryName };
        return isValid && findDenial({ profile, principal, scope, action, repository, standing, from: { address, now: clock.now() } }) === undefined;
      },
    };

    async function may(within: Scope | undefined, action: Action, repository: RepositoryName, tag?: Tag): Promise<boolean> {
      const { isValid, visibility, standing } = await access.facts(subject, repository);
      if (!isValid) return false;
      const from = { address, now: clock.now(), ...(tag !== undefined && { tag }) };
      return findDenial({ profile, principal, scope: within, action, repository: { name: repository, visibility }, standing, from }) === undefined;
    }
  }
}

const everything: Pick<Caller, 'may' | 'mayList' | 'mayOtherwise' | 'mayInNamespace'> = {
  may: async () => true,
  mayList: async () => true,
  mayOtherwise: async () => true,
  mayInNamespace: async () => true,
};

/** See `access/policy.ts`: a policy holds for everybody where everybody is the same. */
const unlessBlocked: typeof everything = { ...everything, may: async (action) => action !== 'pull:blocked' };

/** Without accounts everything is everybody's, and the server listens on loopback only. */
export function localCaller(address: string): Caller {
  return { principal: anonymous, name: principalName(anonymous), credential: { kind: 'open' }, address, ...unlessBlocked };
}

function withoutRepositories({ repositories: _repositories, ...scope }: Scope): Scope {
  return scope;
}

function toPrincipal(subject: Subject, { name, administrator }: AccessFacts): Principal {
  switch (subject.kind) {
    case 'anonymous':
      return anonymous;
    case 'user':
      return { kind: 'user', id: subject.id, name, administrator };
    case 'robot':
    case 'ci':
      return { kind: subject.kind, id: subject.id, name, namespace: name.slice(0, name.indexOf('+')) };
  }
}
