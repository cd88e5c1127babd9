import { isIPv4, isIPv6 } from 'node:net';

/** Can only this computer reach a server that listens on `host`? A name other than localhost could resolve to anything. */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  if (isIPv6(host)) return /^(?:0{0,4}:)+0{0,3}1$/.test(host);
  return host.toLowerCase() === 'localhost';
}
