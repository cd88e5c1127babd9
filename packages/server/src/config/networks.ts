/** Addresses and networks (CIDR) as an operator writes them: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
import { isIP } from 'node:net';

export type Network = { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' };

/** Undefined when it is none. */
export function findNetwork(written: string): Network | undefined {
  const [address = '', prefix, ...rest] = written.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)) return undefined;
  return { address, prefix: prefix === undefined ? bits : Number(prefix), family: version === 4 ? 'ipv4' : 'ipv6' };
}

export function networkProblem(written: string): string | undefined {
  return findNetwork(written) === undefined ? `"${written}" is neither an address nor a network, like 10.0.0.1, 10.0.0.0/8 or fd00::/8` : undefined;
}
