/**
 * Proxies from the environment, by the rules of Go's clients: HTTP_PROXY and HTTPS_PROXY by the
 * address's scheme, NO_PROXY with names, their subdomains, ports, addresses and blocks; never for
 * loopback. Lower-case names count when the upper-case ones are not there.
 */
import { BlockList } from 'node:net';
import { type Environment, readVariable } from './environment.ts';
import { addBlock, contains, hostnameOf, isLoopbackHost } from './host-trust.ts';

/** The proxy's address for a request to `url`; undefined when it goes straight. */
export function createProxyChoice(environment: Environment): (url: URL) => string | undefined {
  const read = (name: string) => readVariable(environment, name) ?? readVariable(environment, name.toLowerCase()) ?? '';
  const proxies = { 'http:': withScheme(read('HTTP_PROXY')), 'https:': withScheme(read('HTTPS_PROXY')) };
  const isExcepted = exceptions(read('NO_PROXY'));
  return (url) => {
    const proxy = url.protocol === 'http:' || url.protocol === 'https:' ? proxies[url.protocol] : undefined;
    return proxy === undefined || isLoopbackHost(url.host) || isExcepted(url) ? undefined : proxy;
  };
}

function withScheme(proxy: string): string | undefined {
  return proxy === '' ? undefined : /^[a-z0-9+.-]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function exceptions(list: string): (url: URL) => boolean {
  const entries = list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  if (entries.includes('*')) return () => true;
  const blocks = new BlockList();
  const names = entries.filter((entry) => !addBlock(blocks, entry));
  return (url) => {
    const hostname = hostnameOf(url.host.toLowerCase());
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return contains(blocks, hostname) || names.some((name) => matchesName(name, hostname, port));
  };
}

function matchesName(entry: string, hostname: string, port: string): boolean {
  const wanted = hostnameOf(entry);
  const wantedPort = /:(\d+)$/.exec(entry)?.[1];
  if (wantedPort !== undefined && !wanted.includes(':') && wantedPort !== port) return false;
  if (wanted.startsWith('*.')) return hostname.endsWith(wanted.slice(1));
  return wanted.startsWith('.') ? hostname.endsWith(wanted) : hostname === wanted || hostname.endsWith(`.${wanted}`);
}
