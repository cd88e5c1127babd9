/** The OpenID providers that the configuration names, with their adapters. */
import type { Config } from './config/config.ts';
import { readNamedFile } from './config/named-file.ts';
import { createOidcProvider } from './identity/oidc/oidc-provider.ts';
import type { Provider } from './identity/oidc/provider-sign-in.ts';

/** Throws NamedFileError. */
export function openProviders(config: Pick<Config, 'oidc' | 'accounts' | 'profile'>): readonly Provider[] {
  if (config.profile === 'local') return [];
  return config.oidc.providers.map(({ clientSecretFile, clientSecret, clientId, scopes, groups: rules, signUp, label, ...rest }) => ({
    ...rest,
    label: label ?? rest.id,
    rules,
    signUp: signUp === 'on' || (signUp === 'auto' && letsEverybodySignUp(config)),
    connection: createOidcProvider({
      issuer: rest.issuer,
      clientId,
      scopes,
      clientSecret: clientSecretFile === undefined ? clientSecret : readNamedFile(clientSecretFile, `oidc.providers, ${rest.id}`),
    }),
  }));
}

export function letsEverybodySignUp({ accounts, profile }: Pick<Config, 'accounts' | 'profile'>): boolean {
  return accounts.signUp === 'on' || (accounts.signUp === 'auto' && profile === 'hub');
}
