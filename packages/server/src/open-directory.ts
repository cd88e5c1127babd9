/** The LDAP directory with its adapters, where the configuration names one. */
import type { Config } from './config/config.ts';
import { readNamedFile } from './config/named-file.ts';
import { createExternalAccounts } from './identity/external/external-accounts.ts';
import { checkDirectory } from './identity/ldap/check-directory.ts';
import { createDirectory } from './identity/ldap/directory.ts';
import { createDirectorySignIn, type DirectorySignIn } from './identity/ldap/directory-sign-in.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { IdentityRows } from './metadata/identity/port.ts';
import type { Clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';

export type DirectoryOptions = { readonly rows: IdentityRows; readonly config: Config; readonly clock: Clock; readonly log: Log };

/** Throws NamedFileError. */
export function openDirectory({
  rows,
  config,
  clock,
  log,
}: DirectoryOptions): { readonly signIn: DirectorySignIn; readonly jobKinds: readonly JobKind[] } | undefined {
  const { url, base, ca, bindDn, bindPassword, bindPasswordFile, groups: rules, checkIntervalMs: everyMs, ...settings } = config.ldap;
  if (url === undefined || base === undefined || config.profile === 'local') return undefined;
  const password = bindPasswordFile === undefined ? (bindPassword ?? '') : readNamedFile(bindPasswordFile, 'ldap.bindPasswordFile');
  const directory = createDirectory({
    ...settings,
    url,
    base,
    ca: ca === undefined ? undefined : readNamedFile(ca, 'ldap.ca'),
    bind: bindDn === undefined ? undefined : { dn: bindDn, password },
  });
  return {
    signIn: createDirectorySignIn({ directory, accounts: createExternalAccounts(rows, clock), rows: rows.externals, rules, log }),
    jobKinds: [checkDirectory({ rows: rows.externals, directory, rules, everyMs, clock })],
  };
}
