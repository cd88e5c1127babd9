/** Identity with its adapters, for the server and for `naru admin` without one. */
import type { Config } from './config/config.ts';
import type { HubSettings } from './hub-api/parts.ts';
import { createFederation } from './identity/federation/federation.ts';
import { fetchIssuerKeys } from './identity/federation/issuer-keys.ts';
import { createIdentity, type Identity } from './identity/identity.ts';
import type { DirectorySignIn } from './identity/ldap/directory-sign-in.ts';
import { createPasswordHasher } from './identity/password/password-hasher.ts';
import { createThrottle } from './identity/throttle/throttle.ts';
import { createMailQueue } from './identity/mail/mail-queue.ts';
import { createSignInNotice } from './identity/new-sign-in/new-sign-in.ts';
import type { MetadataStore } from './metadata/port.ts';
import type { OpenAudit } from './open-audit.ts';
import { letsEverybodySignUp, openProviders } from './open-providers.ts';
import type { Clock } from './runtime/clock.ts';
import { type Log, silentLog } from './runtime/log.ts';

export type IdentityOptions = {
  readonly rows: MetadataStore;
  readonly config: Config;
  readonly clock: Clock;
  /** Absent: nobody logs in by a directory. */
  readonly directory?: DirectorySignIn | undefined;
  readonly log?: Log;
  readonly audit?: OpenAudit | undefined;
};

export function openIdentity({ rows: store, config, clock, directory, log = silentLog, audit }: IdentityOptions): Identity {
  const { identity: rows } = store;
  const sendsMail = config.mail.smtpUrl !== undefined;
  return createIdentity({
    rows,
    clock,
    profile: config.profile,
    passwords: createPasswordHasher(),
    throttle: createThrottle(rows.attempts, clock),
    federation: createFederation({ rows: rows.trustedIssuers, issuers: config.federation.issuers, fetchKeys: fetchIssuerKeys, clock }),
    directory,
    providers: openProviders(config),
    log,
    sessionMs: config.accounts.sessionMs,
    requiresConfirmedEmail: sendsMail,
    audit,
    ...(sendsMail && { noticeSignIn: createSignInNotice({ rows: rows.attempts, requestMail: createMailQueue({ ...store, clock }).request, clock }) }),
  });
}

export function hubSettings({ accounts, profile, repositories, federation, collection }: Config): HubSettings {
  const { enabled, untaggedAfterMs, graceMs } = collection;
  return {
    signUp: letsEverybodySignUp({ accounts, profile }),
    aliasMs: repositories.renamedForMs,
    federationIssuers: federation.issuers,
    untaggedForMs: enabled && untaggedAfterMs !== undefined ? Math.max(untaggedAfterMs, graceMs) : undefined,
  };
}
