import { isIPv4, isIPv6 } from 'node:net';
import { withoutMapping } from './network.ts';

/** Is the host of an address, or the address of a connection, this computer itself? A name other than localhost could resolve to anything. */
export function isLoopback(host: string): boolean {
  const address = withoutMapping(host.replace(/^\[(.*)\]$/, '$1'));
  if (isIPv4(address)) return address.startsWith('127.');
  if (isIPv6(address)) return /^(?:0{0,4}:)+0{0,3}1$/.test(address);
  return address.toLowerCase() === 'localhost';
}
