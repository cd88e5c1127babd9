const ownNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** A server that a credential is sent to. Throws an Error unless nobody on the way can read it. */
export function requireSafeServer(address: URL): URL {
  if (address.protocol === 'https:' || ownNames.includes(address.hostname)) return address;
  throw new Error(`${address.origin} is not https: everybody on the way could read the token`);
}
