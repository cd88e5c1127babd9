/**
 * From the registry in a name to a connection: which hosts to ask and in which order, how they may be
 * spoken with, whom to trust and what to log in with. One router serves a whole command.
 */
import { lookup } from 'node:dns/promises';
import { type Connection, type ConnectionSettings, openConnection } from '../remote/connection.ts';
import type { CredentialSource } from '../remote/credential.ts';
import type { EndpointAddress } from '../remote/endpoint.ts';
import { RemoteError } from '../remote/remote-error.ts';
import { defaultRetryPolicy } from '../remote/retry.ts';
import type { RemoteClock } from '../remote/clock.ts';
import { createFetchTransport, type HostSettings } from '../transport/fetch-transport.ts';
import { certificateFolders, readCertificates, readSystemAuthorities } from './certificates-folder.ts';
import type { ClientConfig, MirrorConfig } from './client-config.ts';
import { userConfigPath } from './client-config-file.ts';
import type { Surroundings } from './environment.ts';
import { createHostTrust } from './host-trust.ts';
import { createProxyChoice } from './proxy.ts';

export type Router = {
  /** `registry` as references name it. Throws RemoteError when it is blocked. */
  connect(registry: string): Promise<Connection>;
  /** Docker Hub is searched on another host than it is pulled from. */
  connectForSearch(registry: string): Promise<Connection>;
};

export type RouterOptions = Surroundings & {
  readonly config: ClientConfig;
  readonly credentials: CredentialSource;
  readonly clock: RemoteClock;
  readonly userAgent: string;
} & Pick<ConnectionSettings, 'onWarning' | 'onRetry'>;

const dockerHub = 'docker.io';
const dockerHubHost = 'registry-1.docker.io';
const dockerHubSearchHost = 'index.docker.io';

export function createRouter(options: RouterOptions): Router {
  const { config, credentials, clock, userAgent, environment } = options;
  const trust = createHostTrust(config.insecureRegistries, async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address));
  const proxyFor = createProxyChoice(environment);
  const folders = certificateFolders(options);
  const settings = new Map<string, Promise<HostSettings['tls']>>();
  const explicitPlainHttp = new Set(
    Object.values(config.mirrors).flatMap((mirrors) => mirrors.filter(({ scheme }) => scheme === 'http').map(({ host }) => host)),
  );
  let authorities: Promise<readonly string[]> | undefined;
  const connections = new Map<string, Promise<Connection>>();

  const transport = createFetchTransport({
    async settingsFor(url) {
      const proxy = proxyFor(url);
      return { tls: url.protocol === 'https:' ? await tlsFor(url.host) : { verify: true }, ...(proxy !== undefined && { proxy }) };
    },
  });

  function tlsFor(host: string): Promise<HostSettings['tls']> {
    const known = settings.get(host) ?? readTls(host);
    settings.set(host, known);
    return known;
  }

  async function readTls(host: string): Promise<HostSettings['tls']> {
    authorities ??= readSystemAuthorities(environment);
    const given = await readCertificates(host, folders, () => authorities ?? Promise.resolve([]));
    // Who gave an authority for a host wants it checked, insecure list or not.
    const verify = given.ca !== undefined || !(await trust.isInsecure(host));
    return { verify, ...(verify && { ca: await authorities }), ...given };
  }

  async function open(registry: string, primaryHost: string, mirrors: readonly MirrorConfig[]): Promise<Connection> {
    if (config.blockedRegistries.includes(registry)) {
      throw new RemoteError('refused', `registry ${registry} is blocked in ${userConfigPath(options)}`);
    }
    const addresses: EndpointAddress[] = [];
    for (const { host, scheme, prefix } of mirrors) {
      const schemes = scheme === undefined ? await schemesFor(host) : [scheme];
      addresses.push({ host, schemes, ...(await place(host, schemes)), mirrorOf: registry, ...(prefix !== undefined && { prefix }) });
    }
    const schemes = await schemesFor(primaryHost);
    addresses.push({ host: primaryHost, schemes, ...(await place(primaryHost, schemes)) });
    return openConnection(addresses, {
      registry,
      transport,
      credentials,
      clock,
      userAgent,
      retry: defaultRetryPolicy,
      isPlainHttpAllowed: async (host) => explicitPlainHttp.has(host) || (await trust.isInsecure(host)),
      ...(options.onWarning && { onWarning: options.onWarning }),
      ...(options.onRetry && { onRetry: options.onRetry }),
    });
  }

  async function schemesFor(host: string): Promise<('https' | 'http')[]> {
    return (await trust.isInsecure(host)) ? ['https', 'http'] : ['https'];
  }

  /** Looked up only where it counts. */
  async function place(host: string, schemes: EndpointAddress['schemes']): Promise<Pick<EndpointAddress, 'isLocal'>> {
    return schemes.includes('http') ? { isLocal: await trust.isLocal(host) } : {};
  }

  function remember(key: string, make: () => Promise<Connection>): Promise<Connection> {
    const known = connections.get(key) ?? make();
    connections.set(key, known);
    return known;
  }

  return {
    connect: (registry) => remember(registry, () => open(registry, registry === dockerHub ? dockerHubHost : registry, config.mirrors[registry] ?? [])),
    connectForSearch: (registry) => remember(`search ${registry}`, () => open(registry, registry === dockerHub ? dockerHubSearchHost : registry, [])),
  };
}
