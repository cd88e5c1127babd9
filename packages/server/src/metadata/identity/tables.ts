/**
 * The tables of accounts and rights, as Kysely knows them.
 *
 *     account ─┬─ user ─┬─< membership >── organisation ── account
 *              │        ├─< team_member >── team >── organisation
 *              │        └─< passkey · recovery_code · mail_link · external_identity · external_membership
 *              ├─< robot
 *              └─< trusted_issuer
 *
 *     credential     tokens, sessions: the hash of a secret and whose it is (a user, a robot)
 *     access_grant   who (user, team, robot, trusted issuer, everybody) may do what in a namespace
 *
 * A namespace is the name of an account; `''` stands for the whole server. Grants name it by its
 * name, since names are not given anew while anything refers to them. Secrets are stored as hashes
 * only; passwords by argon2id, the rest, which is random, by SHA-256.
 *
 * `access_version` counts every change that a decision may depend on, so that what was decided on
 * is kept in memory without ever being stale.
 */
import type { Generated } from 'kysely';
import type { Visibility } from '../../access/policy.ts';
import type { CredentialKind, GrantSubjectKind, MailLinkPurpose, MembershipRole } from './port.ts';

export type IdentityTables = {
  account: {
    id: string;
    name: string;
    kind: 'user' | 'organisation';
    created_at: number;
    named_at: number;
    visibility: Visibility | null;
    networks: string | null;
    verified: Generated<number>;
  };
  user: {
    id: string;
    email: string | null;
    email_verified_at: number | null;
    email_taken: Generated<number>;
    password_hash: string | null;
    administrator: number;
    full_name: string;
    language: string;
    disabled_at: number | null;
    totp_secret: string | null;
    totp_used_step: number | null;
  };
  external_identity: { issuer: string; subject: string; user_id: string };
  /** `target`: `gone`, `administrator`, `organisation:<id>` or `team:<id>`. */
  external_membership: { user_id: string; target: string; issuer: string };

  organisation: { id: string; full_name: string; member_actions: string };
  membership: { organisation_id: string; user_id: string; role: MembershipRole; since: number };
  team: { id: string; organisation_id: string; name: string; description: string };
  team_member: { team_id: string; user_id: string };
  invitation: {
    id: string;
    secret_hash: string;
    organisation_id: string;
    email: string;
    role: MembershipRole;
    team_id: string | null;
    invited_by: string;
    created_at: number;
    expires_at: number;
  };

  robot: { id: string; account_id: string; name: string; description: string; created_at: number; created_by: string; disabled_at: number | null };
  trusted_issuer: {
    id: string;
    account_id: string;
    name: string;
    issuer: string;
    audience: string;
    claims: string;
    created_at: number;
    created_by: string;
  };
  credential: {
    id: string;
    kind: CredentialKind;
    secret_hash: string;
    owner_kind: 'user' | 'robot';
    owner_id: string;
    name: string;
    actions: string | null;
    patterns: string | null;
    created_at: number;
    expires_at: number | null;
    used_at: number | null;
    address: string;
    user_agent: string;
  };
  mail_link: { secret_hash: string; purpose: MailLinkPurpose; user_id: string; email: string; expires_at: number };
  signing_key: { id: string; private_jwk: string; created_at: number };

  passkey: {
    id: string;
    user_id: string;
    name: string;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    created_at: number;
    used_at: number | null;
  };
  recovery_code: { user_id: string; code_hash: string };
  sign_in_attempt: { key: string; state: string; expires_at: number };

  access_grant: {
    id: string;
    namespace: string;
    subject_kind: GrantSubjectKind;
    subject_id: string;
    effect: 'allow' | 'deny';
    actions: string;
    pattern: string;
    conditions: string;
    created_at: number;
    created_by: string;
  };
  access_version: { id: number; version: number };

  /** What is beside the entry is what it is found by. */
  audit_entry: {
    id: Generated<number>;
    at: number;
    action: string;
    actor: string;
    namespace: string;
    repository: string;
    digest: string;
    address: string;
    entry: string;
    hash: string;
  };
  /** Entries to be, still counted. `counted`: the name of the count in the entry's detail. */
  gathered_audit: { id: string; entry: string; counted: string; times: number };
};
