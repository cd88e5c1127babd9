/** Whom a passkey is for: browsers bind it to the name in their address bar (Web Authentication 5.1.3, "RP ID"). */
import { isIP } from 'node:net';
import { RegistryError } from '@naru/oci/registry-error';

export type RelyingParty = { readonly id: string; readonly origin: string };

/** `baseUrl`: as browsers reach this server. Throws REQUEST_INVALID where they would refuse as well. */
export function relyingPartyAt(baseUrl: string): RelyingParty {
  const { protocol, hostname, origin } = new URL(baseUrl);
  const isOfThisComputer = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (hostname.startsWith('[') || isIP(hostname) !== 0 || (protocol !== 'https:' && !isOfThisComputer)) {
    throw new RegistryError('REQUEST_INVALID', { message: `browsers have passkeys for a name over https, and for localhost: not for ${origin}` });
  }
  return { id: hostname, origin };
}
