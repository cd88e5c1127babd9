import { withoutMapping } from './network.ts';

/** The part of an address that one subscriber has: all of IPv4, /64 of IPv6. */
export function networkOf(written: string): string {
  const address = withoutMapping(written);
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const groups = address.includes('::') ? [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right] : left;
  return `${groups.slice(0, 4).join(':')}::/64`;
}
