/**
 * Which hosts may be spoken with in the clear, or over TLS without a look at the certificate: loopback,
 * as Docker has it, and what the insecure list names, by host, by host with port or by address block.
 *
 * Blocks are also held against the addresses that a name resolves to, because names for loopback in
 * /etc/hosts are a usual thing. Docker Hub is never insecure.
 */
import { BlockList, isIP } from 'node:net';

export type HostTrust = {
  isInsecure(host: string): Promise<boolean>;
  /** Is it this machine, whatever it is called? */
  isLocal(host: string): Promise<boolean>;
};

export type Lookup = (hostname: string) => Promise<readonly string[]>;

const hubHosts = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'auth.docker.io']);

export function createHostTrust(insecure: readonly string[], lookup: Lookup): HostTrust {
  const loopback = new BlockList();
  const blocks = new BlockList();
  for (const block of ['127.0.0.0/8', '::1/128']) for (const list of [loopback, blocks]) addBlock(list, block);
  const names = new Set<string>();
  for (const entry of insecure) if (!addBlock(blocks, entry)) names.add(entry.toLowerCase());
  const known = new Map<string, Promise<boolean>>();

  async function decide(host: string): Promise<boolean> {
    const hostname = hostnameOf(host);
    if (hubHosts.has(hostname)) return false;
    if (isLoopbackName(hostname) || names.has(host) || names.has(hostname)) return true;
    if (isIP(hostname) !== 0) return contains(blocks, hostname);
    try {
      return (await lookup(hostname)).some((address) => contains(blocks, address));
    } catch {
      return false; // who cannot be found is not trusted; the connection will say why
    }
  }

  return {
    async isLocal(given) {
      const hostname = hostnameOf(given.toLowerCase());
      if (isLoopbackName(hostname)) return true;
      const addresses = isIP(hostname) === 0 ? await lookup(hostname).catch(() => []) : [hostname];
      return addresses.length > 0 && addresses.every((address) => contains(loopback, address));
    },
    isInsecure(given) {
      const host = given.toLowerCase();
      const answer = known.get(host) ?? decide(host);
      known.set(host, answer);
      return answer;
    },
  };
}

/** Without port and brackets. */
export function hostnameOf(host: string): string {
  return host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d+$/, '');
}

export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

export function isLoopbackHost(host: string): boolean {
  const hostname = hostnameOf(host.toLowerCase());
  return isLoopbackName(hostname) || hostname === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** False when the text is no address block. */
export function addBlock(blocks: BlockList, text: string): boolean {
  const [address = '', prefix = ''] = text.split('/', 2);
  const family = isIP(address);
  const bits = Number(prefix);
  if (family === 0 || !/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  blocks.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return true;
}

export function contains(blocks: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && blocks.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
