/** Identity with its adapters, for the server and for `naru admin` without one. */
import type { Config } from './config/config.ts';
import type { HubSettings } from './hub-api/parts.ts';
import { createFederation } from './identity/federation/federation.ts';
import { fetchIssuerKeys } from './identity/federation/issuer-keys.ts';
import { createIdentity, type Identity } from './identity/identity.ts';
import { createPasswordHasher } from './identity/password/password-hasher.ts';
import { createThrottle } from './identity/throttle/throttle.ts';
import type { IdentityRows } from './metadata/identity/port.ts';
import type { Clock } from './runtime/clock.ts';

export type IdentityOptions = { readonly rows: IdentityRows; readonly config: Config; readonly clock: Clock };

export function openIdentity({ rows, config, clock }: IdentityOptions): Identity {
  return createIdentity({
    rows,
    clock,
    profile: config.profile,
    passwords: createPasswordHasher(),
    throttle: createThrottle(rows.attempts, clock),
    federation: createFederation({ rows: rows.trustedIssuers, issuers: config.federation.issuers, fetchKeys: fetchIssuerKeys, clock }),
    sessionMs: config.accounts.sessionMs,
    requiresConfirmedEmail: config.mail.smtpUrl !== undefined,
  });
}

export function hubSettings({ accounts, profile, repositories, federation }: Config): HubSettings {
  return {
    signUp: accounts.signUp === 'on' || (accounts.signUp === 'auto' && profile === 'hub'),
    aliasMs: repositories.renamedForMs,
    federationIssuers: federation.issuers,
  };
}
