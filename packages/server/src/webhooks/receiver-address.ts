/**
 * Where a receiver may be. Whoever may make a webhook must not make this server reach what only it can:
 * itself, its neighbours, a cloud's metadata service. So the name is resolved here, every address that
 * it has is looked at, and `post.ts` connects to these and resolves nothing again: a name that
 * points elsewhere a moment later (DNS rebinding) gains nothing.
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { withoutMapping } from '../network/network.ts';

export type ReceiverAddress = { readonly address: string; readonly family: 4 | 6 };

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Throws AddressRefused, and what the resolver throws. */
export async function resolveReceiver(hostname: string, { allowPrivate }: { allowPrivate: boolean }): Promise<ReceiverAddress[]> {
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
  const addresses = found.map(({ address }): ReceiverAddress => {
    const plain = withoutMapping(address);
    return { address: plain, family: isIPv4(plain) ? 4 : 6 };
  });
  if (allowPrivate) return addresses;
  const own = ownNetworks();
  const refused = addresses.find((one) => isSpecial(one) || own.check(one.address, one.family === 4 ? 'ipv4' : 'ipv6'));
  if (refused !== undefined) {
    throw new AddressRefused(`${hostname} is ${refused.address}, which is not on the public Internet: an administrator can allow it (allowPrivateAddress)`);
  }
  return addresses;
}

/** IANA's special-purpose registries (RFC 6890), multicast, and addresses that hold an IPv4 address inside. */
const special = new BlockList();
for (const [address, length] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(address, length, 'ipv4');
}
/** The only IPv6 addresses that are given out (RFC 4291 2.4); all others are special. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
for (const [address, length] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  special.addSubnet(address, length, 'ipv6');
}

function isSpecial({ address, family }: ReceiverAddress): boolean {
  if (family === 4) return special.check(address, 'ipv4');
  return !global6.check(address, 'ipv6') || special.check(address, 'ipv6');
}

/** Read each time: a computer's addresses change while it runs. */
function ownNetworks(): BlockList {
  const own = new BlockList();
  for (const { address, cidr, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    const length = Number(cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 128));
    own.addSubnet(address.split('%')[0] ?? address, length, family === 'IPv4' ? 'ipv4' : 'ipv6');
  }
  return own;
}
