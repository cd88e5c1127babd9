/** Who we are to a registry. Where it was kept is not this folder's subject. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** What a token service gave instead of keeping the password; it is exchanged for tokens by POST. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** A bearer token that somebody else got; used as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

export interface CredentialSource {
  /** `host` with its port; `repository` when the credential may differ by it. */
  find(host: string, repository: string | undefined): Promise<Credential | undefined>;
}

export const noCredentials: CredentialSource = { find: () => Promise.resolve(undefined) };
