/** A repository as the requests see it: its address on each endpoint, and the order to ask them in. */
import { type Connection, primaryEndpoint } from './connection.ts';
import { type Endpoint, type EndpointRequest, type EndpointResponse, mirrorAttempts } from './endpoint.ts';
import { isRemoteError } from './remote-error.ts';
import { repositoryScope, type Scope } from './scope.ts';

/** `target` from behind the repository's name on, such as `manifests/v1`. */
export type RepositoryRequest = Omit<EndpointRequest, 'target' | 'scopes' | 'repository'> & {
  readonly target: string | URL;
  readonly rights: readonly ('pull' | 'push' | 'delete')[];
  readonly otherScopes?: readonly Scope[];
};

export type RepositoryAccess = {
  readonly connection: Connection;
  readonly name: string;
  /** The registry itself; the caller reads the body or cancels it. */
  send(request: RepositoryRequest): Promise<EndpointResponse>;
  /** The registry itself; `use` reads the body. */
  readFromRegistry<Result>(request: RepositoryRequest, use: (response: EndpointResponse) => Promise<Result>): Promise<Result>;
  /** Mirrors first. `use` reads the answer: when it throws a RemoteError, the next endpoint is asked, too. */
  read<Result>(request: RepositoryRequest, use: (response: EndpointResponse, endpoint: Endpoint) => Promise<Result>): Promise<Result>;
  /** Has given wrong content: not asked any more. Only mirrors: behind the registry itself stands nobody. */
  distrust(endpoint: Endpoint): void;
};

/** After these a mirror is not asked again: an image has many layers, and each would wait for it. */
const outOfService = ['unreachable', 'network', 'tls', 'not-tls', 'plain-http', 'unavailable', 'rate-limited'] as const;

export function openRepositoryAccess(connection: Connection, name: string): RepositoryAccess {
  const primary = primaryEndpoint(connection);
  const distrusted = new Set<Endpoint>();

  function requestTo(endpoint: Endpoint, { target, rights, otherScopes = [], ...request }: RepositoryRequest): EndpointRequest {
    const { prefix } = endpoint.address;
    const there = prefix === undefined ? name : `${prefix}/${name}`;
    return {
      ...request,
      target: target instanceof URL ? target : `/v2/${there}/${target}`,
      repository: there,
      scopes: [repositoryScope(there, ...rights), ...otherScopes],
    };
  }

  return {
    connection,
    name,
    send: (request) => primary.send(requestTo(primary, request)),
    readFromRegistry: (request, use) => primary.read(requestTo(primary, request), use),
    async read(request, use) {
      for (const endpoint of connection.endpoints) {
        if (endpoint === primary || distrusted.has(endpoint)) continue;
        try {
          return await endpoint.read(requestTo(endpoint, { ...request, attempts: mirrorAttempts }), (response) => use(response, endpoint));
        } catch (error) {
          if (!isRemoteError(error)) throw error;
          if (isRemoteError(error, ...outOfService)) distrusted.add(endpoint);
          // A mirror need not have everything; only what is wrong with it is worth a word.
          if (error.kind !== 'not-found') connection.onWarning?.({ kind: 'mirror-failed', host: endpoint.address.host, why: error.message });
        }
      }
      return primary.read(requestTo(primary, request), (response) => use(response, primary));
    },
    distrust(endpoint) {
      distrusted.add(endpoint);
      if (endpoint !== primary) connection.onWarning?.({ kind: 'mirror-distrusted', host: endpoint.address.host });
    },
  };
}
