/**
 * Log-ins by OpenID providers, and binding an account to one. An account is found by the provider and
 * its lasting id of the person; never by an e-mail address, which a provider may hand to anybody: who
 * has an account already logs in to it and binds it.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { IdentityRows, User } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { newSecret } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import { parseEmail } from '../account-name.ts';
import type { ExternalAccounts, ExternalPerson } from '../external/external-accounts.ts';
import type { NoteRefusedSignIn } from '../audit/refused.ts';
import { type GroupRule, rolesOf } from '../external/group-roles.ts';
import type { Claims, OidcProvider } from './oidc-provider.ts';
import { SignInProblem } from './sign-in-problem.ts';
import { type SignInTicket, type SignInTickets, ticketSeconds } from './sign-in-ticket.ts';

export type Provider = {
  readonly id: string;
  readonly label: string;
  readonly issuer: string;
  readonly connection: OidcProvider;
  readonly nameClaim: string;
  readonly emailClaim: string;
  readonly groupsClaim: string;
  readonly rules: readonly GroupRule[];
  /** Empty: any. */
  readonly emailDomains: readonly string[];
  /** Whether who has no account is given one. */
  readonly signUp: boolean;
};

export type ProviderSignIn = {
  readonly providers: readonly Pick<Provider, 'id' | 'label' | 'issuer'>[];
  /** `base`: where browsers reach this server. Throws NOT_FOUND, SignInProblem. */
  begin(id: string, base: string, purpose: { returnTo: string | undefined; link?: SignInTicket['link'] }): Promise<{ location: string; sealed: string }>;
  /** Throws NOT_FOUND, SignInProblem. */
  finish(id: string, callback: Callback): Promise<{ user: User; returnTo: string; isLinked: boolean }>;
};

export type Callback = {
  /** The address that the browser came back to. */
  readonly url: URL;
  readonly sealed: string | undefined;
  /** Who is logged in there already. */
  readonly session: { readonly userId: string; readonly session: string } | undefined;
  readonly address: string;
};

export type ProviderSignInParts = {
  readonly providers: readonly Provider[];
  readonly tickets: SignInTickets;
  readonly accounts: ExternalAccounts;
  readonly rows: IdentityRows;
  readonly noteRefused: NoteRefusedSignIn;
  readonly clock: Clock;
  readonly log: Log;
};

export function createProviderSignIn({ providers, tickets, accounts, rows, noteRefused, clock, log }: ProviderSignInParts): ProviderSignIn {
  return {
    providers,

    begin: (id, base, { returnTo, link }) =>
      logged(id, async (provider) => {
        const proof = { state: newSecret(), nonce: newSecret(), verifier: newSecret() };
        const location = await provider.connection.begin({ ...proof, redirectUri: `${base}${callbackPath(id)}` });
        const sealed = await tickets.seal({ ...proof, provider: id, returnTo: ownPath(returnTo), ...(link && { link }) });
        return { location: location.href, sealed };
      }),

    finish: (id, { url, sealed, session, address }) =>
      logged(
        id,
        async (provider) => {
          const ticket = await tickets.open(sealed);
          if (ticket?.provider !== id || url.searchParams.get('state') !== ticket.state) throw new SignInProblem('expired');
          const uses = await rows.attempts.count({ key: `provider ${ticket.state}`, at: clock.now(), windowMs: 2 * ticketSeconds * 1000 });
          if (uses > 1) throw new SignInProblem('expired');
          const person = personOf(await provider.connection.finish({ ...ticket, callback: url }), provider);
          const origin = { address, credential: `provider:${id}` };
          if (ticket.link === undefined) return { user: await signIn(provider, person, origin), returnTo: ticket.returnTo, isLinked: false };
          const { link } = ticket;
          // Somebody else is logged in by now, or the session that asked for it is over.
          if (session?.userId !== link.userId || session.session !== link.session) throw new SignInProblem('expired');
          return { user: await bind(link.userId, person, origin), returnTo: ticket.returnTo, isLinked: true };
        },
        (problem) => noteRefused({ address, by: 'provider', reason: `${id}: ${problem}` }),
      ),
  };

  /** What is the operator's to mend stands in the log; people are told a code. */
  async function logged<Result>(id: string, work: (provider: Provider) => Promise<Result>, onProblem?: (code: string) => void): Promise<Result> {
    const provider = providers.find((one) => one.id === id);
    if (provider === undefined) throw new RegistryError('NOT_FOUND');
    try {
      return await work(provider);
    } catch (error) {
      if (error instanceof SignInProblem) onProblem?.(error.code);
      if (error instanceof SignInProblem && (error.code === 'provider' || error.code === 'token')) {
        log.warn('a log-in by a provider failed', { provider: id, code: error.code, reason: reasonsOf(error.cause).join(': ') });
      }
      throw error;
    }
  }

  async function signIn({ signUp }: Provider, person: ExternalPerson, origin: { address: string; credential: string }): Promise<User> {
    const known = await accounts.find(person);
    if (known === undefined && !signUp) throw new SignInProblem('no-account');
    const user = known === undefined ? await create(person, origin) : await accounts.update(known.id, person, { actor: known.name, origin });
    if (user.disabledAt !== undefined) throw new SignInProblem('refused');
    return user;
  }

  async function create(person: ExternalPerson, origin: { address: string; credential: string }): Promise<User> {
    try {
      return await accounts.create(person, { origin });
    } catch (cause) {
      if (cause instanceof RegistryError && cause.code === 'EMAIL_TAKEN') throw new SignInProblem('link-first', { cause });
      if (cause instanceof RegistryError && cause.code === 'CONFLICT') throw new SignInProblem('no-account', { cause });
      throw cause;
    }
  }

  async function bind(userId: string, person: ExternalPerson, origin: { address: string; credential: string }): Promise<User> {
    const { issuer, subject } = person;
    const actor = (await rows.users.get(userId))?.name ?? '';
    try {
      await rows.externals.link({ userId, issuer, subject, at: clock.now(), actor, origin });
    } catch (cause) {
      if (cause instanceof RegistryError && cause.code === 'CONFLICT') throw new SignInProblem('taken', { cause });
      throw cause;
    }
    return accounts.update(userId, person, { actor, origin });
  }
}

export function callbackPath(id: string): string {
  return `/api/v1/session/providers/${id}/callback`;
}

/** Leads to our own pages only, whoever wrote it. */
export function ownPath(written: string | undefined): string {
  return written !== undefined && written.length <= 512 && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(written) ? written : '/';
}

/** Throws SignInProblem. */
function personOf(claims: Claims, { id, issuer, nameClaim, emailClaim, groupsClaim, rules, emailDomains }: Provider): ExternalPerson {
  const email = claims['email_verified'] === true ? emailOf(claims[emailClaim]) : undefined;
  const domain = email?.slice(email.lastIndexOf('@') + 1);
  if (emailDomains.length > 0 && !emailDomains.some((one) => one.toLowerCase() === domain)) throw new SignInProblem('domain');
  const groups = [claims[groupsClaim]].flat().filter((group) => typeof group === 'string');
  const name = textOf(claims[nameClaim]) ?? email ?? `${id}-user`;
  return { issuer, subject: claims.sub, name, email, fullName: textOf(claims['name']), roles: rolesOf(groups, rules) };
}

function emailOf(claim: unknown): string | undefined {
  try {
    return typeof claim === 'string' ? parseEmail(claim) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim.trim() !== '' ? claim.slice(0, 320) : undefined;
}

function reasonsOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...reasonsOf(error.cause)] : [];
}
