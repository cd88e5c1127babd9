/**
 * One entry under `auths`: base64 of `user:password`, or a token beside it.
 *
 *     { "auth": base64, "identitytoken": text, "registrytoken": text }
 */
import type { Credential } from '../remote/credential.ts';

export type AuthEntry = Readonly<Record<string, unknown>>;

/** Undefined when it holds nothing to log in with, as the entries do that Docker leaves for a helper. */
export function readAuthEntry(entry: unknown): Credential | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { auth, identitytoken: identityToken, registrytoken: registryToken, username, password } = entry as AuthEntry; // each is checked next
  if (typeof registryToken === 'string' && registryToken !== '') return { kind: 'registry-token', token: registryToken };
  if (typeof identityToken === 'string' && identityToken !== '') return { kind: 'identity-token', token: identityToken };
  if (typeof auth === 'string' && auth !== '') return decodeAuth(auth);
  return typeof username === 'string' && typeof password === 'string' && username !== '' ? { kind: 'password', username, password } : undefined;
}

/** `username` stands in front of an identity token, too, for people to see. */
export function writeAuthEntry(credential: Credential, username: string): AuthEntry {
  switch (credential.kind) {
    case 'password':
      return { auth: encode(`${credential.username}:${credential.password}`) };
    case 'identity-token':
      return { auth: encode(`${username}:`), identitytoken: credential.token };
    case 'registry-token':
      return { registrytoken: credential.token };
  }
}

/** The user's name in an entry, for a prompt; empty when there is none. */
export function usernameIn(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('auth' in entry) || typeof entry.auth !== 'string') return '';
  const text = Buffer.from(entry.auth, 'base64').toString();
  return text.slice(0, Math.max(0, text.indexOf(':')));
}

function decodeAuth(auth: string): Credential | undefined {
  const text = Buffer.from(auth, 'base64').toString().replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
