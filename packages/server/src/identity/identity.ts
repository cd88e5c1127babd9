/** The parts of this folder, put together. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Profile } from '../access/policy.ts';
import type { IdentityRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import type { NoteRefusedSignIn } from './audit/refused.ts';
import type { RefusalAudit } from './audit/refusal-audit.ts';
import { type AuditVerdict, verifyAudit } from './audit/verify-audit.ts';
import { type Callers, createCallers } from './callers.ts';
import { createIdentityTokens, type IdentityTokens } from './identity-token.ts';
import { createInvitationRules, type InvitationRules } from './invitations.ts';
import type { NoticeSignIn } from './new-sign-in/new-sign-in.ts';
import { createChallenges } from './passkeys/challenge.ts';
import { createPasskeys, type Passkeys } from './passkeys/passkeys.ts';
import { createProviderSignIn, type Provider, type ProviderSignIn } from './oidc/provider-sign-in.ts';
import { createProveAgain, type ProveAgain } from './prove-again.ts';
import { createSignInTickets } from './oidc/sign-in-ticket.ts';
import { createExternalAccounts } from './external/external-accounts.ts';
import type { Log } from '../runtime/log.ts';
import type { PasswordHasher } from './password/password-hasher.ts';
import { createRegistryTokens, type RegistryTokens } from './registry-token.ts';
import type { DirectorySignIn } from './ldap/directory-sign-in.ts';
import { newSecret } from '../runtime/ids.ts';
import { createKeyedHash } from './secret-hash.ts';
import { createScannerTokens, type ScannerTokens } from './scanner-token.ts';
import { createSecondFactor, type SecondFactor } from './second-factor.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSignIn, type Federation, type SignIn, type Throttle } from './sign-in.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { createTokenGrants, type TokenGrants } from './token-grant.ts';
import { createUserRules, type UserRules } from './users.ts';

export type Identity = {
  readonly callers: Callers;
  readonly signIn: SignIn;
  readonly sessions: Sessions;
  readonly users: UserRules;
  readonly proveAgain: ProveAgain;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  readonly providers: ProviderSignIn;
  readonly accessTokens: AccessTokens;
  readonly invitations: InvitationRules;
  readonly tokens: RegistryTokens;
  readonly scannerTokens: ScannerTokens;
  readonly keys: SigningKeys;
  readonly grants: TokenGrants;
  readonly identityTokens: IdentityTokens;
  readonly audit: {
    verify(): Promise<AuditVerdict>;
    /** Writes what is gathered: whoever reads the audit finds what was done just now. */
    settle(): Promise<void>;
  };
  findMoved(name: RepositoryName): Promise<RepositoryName | undefined>;
};

export type IdentityParts = {
  readonly rows: IdentityRows;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly passwords: PasswordHasher;
  readonly throttle: Throttle;
  readonly federation: Federation;
  readonly directory?: DirectorySignIn | undefined;
  readonly providers: readonly Provider[];
  readonly log: Log;
  readonly sessionMs: number;
  /** Whether a password opens only accounts whose e-mail address, if they have one, was confirmed. */
  readonly requiresConfirmedEmail: boolean;
  /** Told of each log-in by a password or a passkey. Absent: nobody is told. */
  readonly noticeSignIn?: NoticeSignIn;
  /** Absent: nothing is gathered here. */
  readonly audit?: { readonly refusals: Pick<RefusalAudit, 'signIn' | 'cameBack'>; settle(): Promise<void> } | undefined;
};

export function createIdentity(parts: IdentityParts): Identity {
  const {
    rows,
    profile,
    clock,
    passwords,
    federation,
    directory,
    providers,
    log,
    sessionMs,
    requiresConfirmedEmail,
    noticeSignIn = async () => undefined,
    audit,
  } = parts;
  const noteRefused: NoteRefusedSignIn = (refused) => audit?.refusals.signIn(refused);
  const throttle = noteThrottled(parts.throttle, noteRefused);
  const keys = createSigningKeys(rows.signingKeys, clock);
  const tokens = createRegistryTokens(keys, clock);
  const secondFactor = createSecondFactor(rows, clock);
  const hash = createKeyedHash(newSecret());
  const signIn = createSignIn({
    rows,
    clock,
    passwords,
    throttle,
    federation,
    secondFactor,
    directory,
    requiresConfirmedEmail,
    noticeSignIn,
    noteRefused,
    hash,
  });
  const sessions = createSessions({ rows, signIn, noticeSignIn, clock, lifetimeMs: sessionMs });
  const scannerTokens = createScannerTokens(keys, clock);
  const callers = createCallers({ profile, access: rows.access, tokens, scannerTokens, signIn, sessions, clock });
  return {
    callers,
    signIn,
    sessions,
    users: createUserRules({ rows, passwords, clock }),
    proveAgain: createProveAgain({ rows, passwords, throttle, directory, noteRefused, clock }),
    secondFactor,
    passkeys: createPasskeys({ rows, challenges: createChallenges({ keys, rows: rows.attempts, clock }), noteRefused, clock }),
    providers: createProviderSignIn({
      providers,
      tickets: createSignInTickets(keys, clock),
      accounts: createExternalAccounts(rows, clock),
      rows,
      noteRefused,
      clock,
      log,
    }),
    accessTokens: createAccessTokens(rows.credentials, clock),
    invitations: createInvitationRules(rows, clock),
    tokens,
    scannerTokens,
    keys,
    grants: createTokenGrants({ callers, access: rows.access, tokens, clock, onAsked: (...asked) => audit?.refusals.cameBack(...asked) }),
    identityTokens: createIdentityTokens(rows.credentials, clock, noteRefused),
    audit: { verify: () => verifyAudit(rows.audit), settle: async () => audit?.settle() },
    findMoved: (name) => rows.access.findAlias(name, clock.now()),
  };
}

function noteThrottled(throttle: Throttle, noteRefused: NoteRefusedSignIn): Throttle {
  return {
    ...throttle,
    async begin(attempt) {
      try {
        return await throttle.begin(attempt);
      } catch (error) {
        noteRefused({ address: attempt.address, by: 'password', reason: 'too many failed before' });
        throw error;
      }
    },
  };
}
