/**
 * The port for accounts and rights. As in `../port.ts`: one method is one transaction, what it
 * promises is true when it returns, and every change leaves its entry in the audit (I7's sister: no
 * change without a trace, no trace without a change).
 *
 * All secrets that come in here are hashes already. Lists are in ascending byte order of their key.
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Action } from '../../access/action.ts';
import type { Grant, Standing, Visibility } from '../../access/policy.ts';
import type { NewJob } from '../job-port.ts';
import type { Change, Page } from '../port.ts';

export type IdentityRows = {
  readonly access: AccessReads;
  readonly accounts: AccountRows;
  readonly users: UserRows;
  readonly externals: ExternalRows;
  readonly organisations: OrganisationRows;
  readonly teams: TeamRows;
  readonly invitations: InvitationRows;
  readonly grants: GrantRows;
  readonly robots: RobotRows;
  readonly trustedIssuers: TrustedIssuerRows;
  readonly credentials: CredentialRows;
  readonly mailLinks: MailLinkRows;
  readonly passkeys: PasskeyRows;
  readonly attempts: AttemptRows;
  readonly signingKeys: SigningKeyRows;
  readonly audit: AuditRows;
};

// --- what decisions are made on ---------------------------------------------------------------

export type SubjectKind = 'anonymous' | 'user' | 'robot' | 'ci';
export type Subject = { readonly kind: SubjectKind; readonly id: string; readonly credentialId?: string };

/** `isValid`: the account is there and enabled, and its credential was not revoked. Who is not valid has no standing. */
export type AccessFacts = {
  readonly isValid: boolean;
  readonly administrator: boolean;
  readonly name: string;
  readonly visibility: Visibility | undefined;
  readonly standing: Standing;
};

export interface AccessReads {
  /** The hot read of every authorised request, answered from memory as long as nothing has changed. */
  facts(subject: Subject, repository: RepositoryName): Promise<AccessFacts>;
  /** The same for a namespace as a whole: for settings, and for repositories that are not there yet. */
  namespaceFacts(subject: Subject, namespace: string): Promise<AccessFacts>;
  /** Grows with every change that a decision may depend on. */
  version(): Promise<number>;
  /**
   * Repositories that the subject may perhaps see, in byte order: the policy still has to be asked.
   * Public ones; internal ones, for who has an account; those of namespaces where it has any standing.
   */
  listCandidates(query: { subject: Subject; everything: boolean } & Page<string>): Promise<{ name: RepositoryName; visibility: Visibility }[]>;
  /** Where a repository of this name is now. */
  findAlias(name: RepositoryName, now: number): Promise<RepositoryName | undefined>;
}

// --- accounts ---------------------------------------------------------------------------------

export type Account = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'organisation';
  readonly createdAt: number;
  /** Since when it has this name: what was done under it before was somebody else's doing. */
  readonly namedAt: number;
  /** Of repositories that a first push makes. Absent: as the profile says. */
  readonly visibility?: Visibility;
  /** CIDR. Absent: from everywhere. */
  readonly networks?: readonly string[];
};

export interface AccountRows {
  find(name: string): Promise<Account | undefined>;
  get(id: string): Promise<Account | undefined>;
  list(page: Page<string> & { kind?: Account['kind'] }): Promise<Account[]>;
  change(account: { id: string; visibility?: Visibility | null; networks?: readonly string[] | null } & Change): Promise<void>;
  /** What is set for its namespace comes along. Throws NAME_TAKEN; CONFLICT when it has repositories, whose names begin with its own. */
  rename(account: { id: string; name: string } & Change): Promise<void>;
  /** Everything of it goes, its repositories excepted: while there are any, CONFLICT. */
  remove(account: { id: string } & Change): Promise<void>;
}

export type User = {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly emailVerifiedAt?: number;
  /** It was signed up for with an address that is another account's: nobody can confirm it. */
  readonly isEmailTaken?: true;
  readonly passwordHash?: string;
  readonly administrator: boolean;
  readonly fullName: string;
  readonly language: string;
  readonly createdAt: number;
  readonly disabledAt?: number;
  readonly totpSecret?: string;
  readonly totpUsedStep?: number;
};

export type NewUser = Pick<User, 'id' | 'name' | 'administrator' | 'fullName' | 'language'> & {
  readonly email?: string;
  readonly emailVerifiedAt?: number;
  readonly isEmailTaken?: boolean;
  readonly passwordHash?: string;
  readonly external?: ExternalIdentity;
};

/** What is absent stays, what is null goes. */
export type UserChange = {
  readonly id: string;
  readonly email?: string | null;
  readonly emailVerifiedAt?: number | null;
  readonly passwordHash?: string;
  readonly administrator?: boolean;
  readonly fullName?: string;
  readonly language?: string;
  readonly disabledAt?: number | null;
  readonly totpSecret?: string | null;
  readonly recoveryCodeHashes?: readonly string[];
  readonly removePasskeys?: boolean;
  /** Ends every session and identity token of the user, except this one. */
  readonly endSessions?: { readonly except?: string };
};

export interface UserRows {
  /** Throws NAME_TAKEN, EMAIL_TAKEN. */
  create(user: NewUser & Change): Promise<void>;
  get(id: string): Promise<User | undefined>;
  findByName(name: string): Promise<User | undefined>;
  findByEmail(email: string): Promise<User | undefined>;
  /** Throws EMAIL_TAKEN, ACCOUNT_UNKNOWN; LAST_ADMINISTRATOR when nobody would be left to repair things. */
  change(change: UserChange & Change): Promise<void>;
  /** In order of name. */
  list(page: Page<string>): Promise<User[]>;
  hasAdministrator(): Promise<boolean>;
  /** False when the step was used before: a code is good once. */
  useTotpStep(id: string, step: number): Promise<boolean>;
  /** False when there is no such code (any more). */
  useRecoveryCode(use: { id: string; codeHash: string } & Change): Promise<boolean>;
  countRecoveryCodes(id: string): Promise<number>;
}

/** Who somebody is elsewhere. `issuer`: an OpenID provider's address, or `ldap`. */
export type ExternalIdentity = { readonly issuer: string; readonly subject: string };

/** What groups elsewhere stand for here. Organisations and teams that are not there are passed over. */
export type ExternalRole =
  /** They left: the account is disabled until the issuer no longer says so. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'administrator' }
  | { readonly kind: 'organisation'; readonly organisation: string; readonly role: MembershipRole }
  | { readonly kind: 'team'; readonly organisation: string; readonly team: string };

export interface ExternalRows {
  find(identity: ExternalIdentity): Promise<User | undefined>;
  listOf(userId: string): Promise<ExternalIdentity[]>;
  /** The issuers of each that has any. */
  listIssuers(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** In order of the users' ids. */
  listByIssuer(issuer: string, page: Page<string>): Promise<{ userId: string; subject: string }[]>;
  /** Throws CONFLICT when it is another account's, or the account has another one of this issuer. */
  link(link: { userId: string } & ExternalIdentity & Change): Promise<void>;
  /** What it brought goes with it. Throws ACCOUNT_UNKNOWN when there is none; CONFLICT when nothing else would open the account. */
  unlink(link: { userId: string; issuer: string } & Change): Promise<void>;
  /**
   * Adds what is new of the issuer's word, and takes away what it no longer says. What people set by hand stays,
   * and so do the last owner and the last administrator. Nothing is written when nothing changed.
   */
  sync(word: { userId: string; issuer: string; roles: readonly ExternalRole[] } & Change): Promise<void>;
}

export type MembershipRole = 'owner' | 'member';
export type Organisation = { readonly id: string; readonly name: string; readonly fullName: string; readonly memberActions: readonly Action[] };
export type Member = { readonly userId: string; readonly name: string; readonly fullName: string; readonly role: MembershipRole; readonly since: number };

export interface OrganisationRows {
  /** Its first owner comes with it. Throws NAME_TAKEN. */
  create(organisation: Organisation & { ownerId: string } & Change): Promise<void>;
  get(id: string): Promise<Organisation | undefined>;
  change(change: { id: string; fullName?: string; memberActions?: readonly Action[] } & Change): Promise<void>;
  listOf(userId: string): Promise<(Organisation & { role: MembershipRole })[]>;
  listMembers(id: string, page: Page<string>): Promise<Member[]>;
  findMember(id: string, userId: string): Promise<Member | undefined>;
  /** Adds or changes. Throws LAST_OWNER. */
  setMember(member: { id: string; userId: string; role: MembershipRole } & Change): Promise<void>;
  /** From its teams too. Throws LAST_OWNER, ACCOUNT_UNKNOWN. */
  removeMember(member: { id: string; userId: string } & Change): Promise<void>;
}

export type Team = { readonly id: string; readonly organisationId: string; readonly name: string; readonly description: string };

export interface TeamRows {
  /** Throws NAME_TAKEN. */
  create(team: Team & Change): Promise<void>;
  get(id: string): Promise<Team | undefined>;
  find(organisationId: string, name: string): Promise<Team | undefined>;
  list(organisationId: string, page: Page<string>): Promise<Team[]>;
  listMembers(id: string, page: Page<string>): Promise<{ userId: string; name: string }[]>;
  /** Only a member of the organisation. Throws ACCOUNT_UNKNOWN. */
  addMember(member: { id: string; userId: string } & Change): Promise<void>;
  removeMember(member: { id: string; userId: string } & Change): Promise<void>;
  /** Its grants go with it. */
  remove(team: { id: string } & Change): Promise<void>;
}

export type Invitation = {
  readonly id: string;
  readonly organisationId: string;
  readonly email: string;
  readonly role: MembershipRole;
  readonly teamId?: string;
  readonly invitedBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export interface InvitationRows {
  /** `jobs`: what tells of it. */
  create(invitation: Invitation & { secretHash: string; jobs: readonly NewJob[] } & Change): Promise<void>;
  find(secretHash: string): Promise<Invitation | undefined>;
  list(organisationId: string, page: Page<string>): Promise<Invitation[]>;
  /** The invitation goes and the membership comes. False: it was used or withdrawn in between. */
  accept(acceptance: { id: string; userId: string } & Change): Promise<boolean>;
  remove(invitation: { organisationId: string; id: string } & Change): Promise<boolean>;
}

// --- rights -----------------------------------------------------------------------------------

export type GrantSubjectKind = 'user' | 'team' | 'robot' | 'ci' | 'everybody';

/** Conditions in the form they are written in: networks as text. */
export type WrittenConditions = {
  readonly networks?: readonly string[];
  readonly tags?: readonly string[];
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly weekly?: { readonly days: readonly number[]; readonly fromMinute: number; readonly toMinute: number; readonly offsetMinutes: number };
};

export type StoredGrant = Pick<Grant, 'effect' | 'actions' | 'pattern'> & {
  readonly id: string;
  /** '': the whole server. */
  readonly namespace: string;
  readonly subject: { readonly kind: GrantSubjectKind; readonly id: string };
  readonly conditions: WrittenConditions;
  readonly createdAt: number;
  readonly createdBy: string;
};

export interface GrantRows {
  /** Throws TOO_MANY beyond `grantsPerSubjectMax` of one subject in one namespace. */
  create(grant: Omit<StoredGrant, 'createdAt' | 'createdBy'> & Change): Promise<void>;
  list(namespace: string, page: Page<string>): Promise<StoredGrant[]>;
  remove(grant: { namespace: string; id: string } & Change): Promise<boolean>;
}

/** A decision looks at all grants of a principal in a namespace. */
export const grantsPerSubjectMax = 200;

export type Robot = {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly disabledAt?: number;
};

export interface RobotRows {
  /** Throws NAME_TAKEN. */
  create(robot: Omit<Robot, 'createdAt' | 'createdBy'> & Change): Promise<void>;
  get(id: string): Promise<Robot | undefined>;
  find(accountId: string, name: string): Promise<Robot | undefined>;
  list(accountId: string, page: Page<string>): Promise<Robot[]>;
  setDisabled(robot: { id: string; disabled: boolean } & Change): Promise<void>;
  /** Its tokens and grants go with it. */
  remove(robot: { id: string } & Change): Promise<void>;
}

export type TrustedIssuer = {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  /** Claim → pattern. */
  readonly claims: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly createdBy: string;
};

export interface TrustedIssuerRows {
  create(trust: Omit<TrustedIssuer, 'createdAt' | 'createdBy'> & Change): Promise<void>;
  get(id: string): Promise<TrustedIssuer | undefined>;
  list(accountId: string, page: Page<string>): Promise<TrustedIssuer[]>;
  /** Those that a token of this issuer may meet, at most `limit`. */
  listByIssuer(issuer: string, limit: number): Promise<TrustedIssuer[]>;
  remove(trust: { accountId: string; name: string } & Change): Promise<boolean>;
}

// --- credentials ------------------------------------------------------------------------------

/** `identity`: what docker keeps instead of a password (a refresh token). */
export type CredentialKind = 'token' | 'session' | 'identity';

export type StoredCredential = {
  readonly id: string;
  readonly kind: CredentialKind;
  readonly owner: { readonly kind: 'user' | 'robot'; readonly id: string };
  readonly name: string;
  readonly actions?: readonly Action[];
  readonly patterns?: readonly string[];
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly usedAt?: number;
  readonly address: string;
  readonly userAgent: string;
};

export interface CredentialRows {
  /** Throws TOO_MANY beyond `credentialsPerOwnerMax` of a kind. */
  create(credential: Omit<StoredCredential, 'createdAt' | 'usedAt'> & { secretHash: string } & Change): Promise<void>;
  findBySecret(secretHash: string): Promise<StoredCredential | undefined>;
  list(owner: StoredCredential['owner'], kind: CredentialKind, page: Page<string>): Promise<StoredCredential[]>;
  recordUse(use: { id: string; at: number; address: string }): Promise<void>;
  remove(credential: { owner: StoredCredential['owner']; id: string } & Change): Promise<boolean>;
  /** Tokens that end in a time, the first to end first, behind `after`. */
  listExpiring(time: { from: number; until: number; after?: { expiresAt: number; id: string }; limit: number }): Promise<StoredCredential[]>;
  removeExpired(before: number, limit: number): Promise<number>;
}

export const credentialsPerOwnerMax = 1000;

export type MailLinkPurpose = 'verify' | 'reset' | 'change';
export type MailLink = { readonly purpose: MailLinkPurpose; readonly userId: string; readonly email: string; readonly expiresAt: number };

export interface MailLinkRows {
  /** Takes the place of an earlier one for the same purpose. */
  create(link: MailLink & { secretHash: string }): Promise<void>;
  find(secretHash: string): Promise<MailLink | undefined>;
  /** False when it was used already. */
  use(secretHash: string): Promise<boolean>;
  removeExpired(before: number, limit: number): Promise<number>;
}

export type Passkey = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly createdAt: number;
  readonly usedAt?: number;
};

export const passkeysPerUserMax = 20;

export interface PasskeyRows {
  /** Throws CONFLICT beyond `passkeysPerUserMax`, and for one that is there already. */
  create(passkey: Omit<Passkey, 'createdAt' | 'usedAt'> & Change): Promise<void>;
  get(id: string): Promise<Passkey | undefined>;
  list(userId: string): Promise<Passkey[]>;
  /** False when its counter did not grow: it was used elsewhere in between. Those that do not count stay at 0. */
  recordUse(use: { id: string; counter: number; at: number }): Promise<boolean>;
  rename(passkey: { userId: string; id: string; name: string } & Change): Promise<boolean>;
  remove(passkey: { userId: string; id: string } & Change): Promise<boolean>;
}

export type AttemptState = { readonly key: string; readonly state: string; readonly expiresAt: number };

/** What is counted and limited, log-ins above all, as their own rules write it: so that a restart forgives nobody. */
export interface AttemptRows {
  read(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  write(states: readonly AttemptState[]): Promise<void>;
  /** Writes what `next` makes of what these keys are now: nobody else writes in between. */
  change(keys: readonly string[], next: (states: ReadonlyMap<string, string>) => readonly AttemptState[]): Promise<void>;
  /** Counts one more within a window that its first one opens. Gives how many there are. */
  count(tally: { key: string; at: number; windowMs: number }): Promise<number>;
  removeExpired(before: number, limit: number): Promise<number>;
}

export type SigningKey = { readonly id: string; readonly privateJwk: string; readonly createdAt: number };

export interface SigningKeyRows {
  /** Newest first. */
  list(): Promise<SigningKey[]>;
  /** Adds one and drops those made before `dropBefore`. */
  rotate(key: SigningKey & { dropBefore: number }): Promise<void>;
}

// --- audit ------------------------------------------------------------------------------------

export type AuditEntry = {
  readonly at: number;
  /** `repository.push`, `user.create` … */
  readonly action: string;
  readonly actor: string;
  /** Address of the request. Absent: this computer. */
  readonly address?: string;
  /** Kind and id of the credential, as in `token:AbC…`. */
  readonly credential?: string;
  readonly namespace?: string;
  readonly repository?: string;
  readonly digest?: string;
  readonly tag?: string;
  /** What else there is to say: plain values, no secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** `text`: the entry as it was hashed. */
export type StoredAuditEntry = AuditEntry & { readonly id: number; readonly previous: string; readonly hash: string; readonly text: string };

/** `since` is within, `until` is not. */
export type AuditFilter = Partial<Readonly<Record<'namespace' | 'actor' | 'action' | 'repository' | 'digest' | 'address', string>>> & {
  readonly since?: number;
  readonly until?: number;
};

/** `counted`: the name of the count in the entry's detail. */
export type GatheredEntry = { readonly id: string; readonly entry: AuditEntry; readonly counted: string; readonly times: number };

export interface AuditRows {
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** What will be one entry and is still counted: it outlives the process, and is synced with what is written next. */
  keep(gathered: readonly GatheredEntry[]): Promise<void>;
  /** Makes entries of them, whether they were kept or not. */
  appendGathered(gathered: readonly GatheredEntry[]): Promise<void>;
  /** Makes entries of what a process kept that was killed. Only for who has just opened the data folder. */
  appendLeft(): Promise<void>;
  /** Newest first, those before the id `before`. */
  list(query: AuditFilter & { before?: number; limit: number }): Promise<StoredAuditEntry[]>;
  /** In order, for verification and export. */
  read(page: Page<number>): Promise<StoredAuditEntry[]>;
  /** Drops the oldest entries; the chain then begins with the hash of the last one dropped. */
  prune(before: number, limit: number): Promise<number>;
}
