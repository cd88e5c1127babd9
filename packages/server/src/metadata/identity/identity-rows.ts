/** The IdentityRows on any engine. */
import type { MetadataDatabase } from '../database.ts';
import { accessReads } from './access-reads.ts';
import { accountRows } from './account-rows.ts';
import { attemptRows } from './attempt-rows.ts';
import { auditRows } from './audit-rows.ts';
import { credentialRows } from './credential-rows.ts';
import { externalRows } from './external-rows.ts';
import { grantRows } from './grant-rows.ts';
import { invitationRows } from './invitation-rows.ts';
import { mailLinkRows } from './mail-link-rows.ts';
import { organisationRows } from './organisation-rows.ts';
import { passkeyRows } from './passkey-rows.ts';
import type { IdentityRows } from './port.ts';
import { robotRows } from './robot-rows.ts';
import { signingKeyRows } from './signing-key-rows.ts';
import { teamRows } from './team-rows.ts';
import { trustedIssuerRows } from './trusted-issuer-rows.ts';
import { userRows } from './user-rows.ts';

export function identityRows(database: MetadataDatabase): IdentityRows {
  return {
    access: accessReads(database),
    accounts: accountRows(database),
    users: userRows(database),
    externals: externalRows(database),
    organisations: organisationRows(database),
    teams: teamRows(database),
    invitations: invitationRows(database),
    grants: grantRows(database),
    robots: robotRows(database),
    trustedIssuers: trustedIssuerRows(database),
    credentials: credentialRows(database),
    mailLinks: mailLinkRows(database),
    passkeys: passkeyRows(database),
    attempts: attemptRows(database),
    signingKeys: signingKeyRows(database),
    audit: auditRows(database),
  };
}
