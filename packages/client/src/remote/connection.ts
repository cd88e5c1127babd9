/**
 * What is needed to speak with one registry: made by routing, used by everything in this folder. It
 * holds what was learned on the way (scheme, tokens), so one serves all repositories of a registry.
 */
import type { RemoteClock } from './clock.ts';
import type { CredentialSource } from './credential.ts';
import { createEndpoint, type Endpoint, type EndpointAddress } from './endpoint.ts';
import type { RemoteError } from './remote-error.ts';
import type { RetryPolicy } from './retry.ts';
import type { Transport } from './transport.ts';
import type { Warning } from './warning.ts';

export type Connection = ConnectionSettings & {
  /** Mirrors in their order; the registry itself is the last. */
  readonly endpoints: readonly Endpoint[];
};

export type ConnectionSettings = {
  /** As references name it. */
  readonly registry: string;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: RemoteClock;
  readonly retry: RetryPolicy;
  readonly userAgent: string;
  isPlainHttpAllowed(host: string): Promise<boolean>;
  /** `Warning` headers, mirrors that failed: worth a line, not an error. */
  readonly onWarning?: (warning: Warning) => void;
  /** Told before each wait. */
  readonly onRetry?: (error: RemoteError, delayMs: number) => void;
};

export function openConnection(addresses: readonly EndpointAddress[], settings: ConnectionSettings): Connection {
  return { ...settings, endpoints: addresses.map((address) => createEndpoint(address, settings)) };
}

/** For writing, and for asking what is there before it: what a mirror has, the registry may not have. */
export function withoutMirrors(connection: Connection): Connection {
  return { ...connection, endpoints: [primaryEndpoint(connection)] };
}

export function primaryEndpoint({ endpoints, registry }: Connection): Endpoint {
  const primary = endpoints.at(-1);
  if (primary === undefined) throw new Error(`the connection to ${registry} has no endpoint`);
  return primary;
}
