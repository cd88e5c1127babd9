/**
 * Networks in CIDR notation (RFC 4632, RFC 4291), as rules name them: `10.0.0.0/8`, `fd00::/8`, or one
 * address. An IPv4 address that came over an IPv6 socket (`::ffff:10.1.2.3`) is the IPv4 address.
 */
import { BlockList, isIP } from 'node:net';

export type Network = { readonly text: string; contains(address: string): boolean };

/** Undefined for what is no network. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > bits)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, length === undefined ? bits : Number(length), version === 4 ? 'ipv4' : 'ipv6');
  return {
    text,
    contains(candidate) {
      const plain = withoutMapping(candidate);
      return isIP(plain) === version && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** `10.1.2.3` of `::ffff:10.1.2.3`, as a listener on `::` sees IPv4 clients, and any other address as it is. */
export function withoutMapping(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}
