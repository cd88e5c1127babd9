/**
 * `GET /v2/` without credentials: is somebody there, do they speak TLS, and what do they ask for?
 *
 * Where plain HTTP is allowed (loopback, and hosts on the insecure list) TLS is tried first and plain
 * HTTP after it, as Docker does. The choice falls on the first answer, whatever its status: nobody who
 * answered 401 over TLS, or whose certificate was checked and found wrong, is asked again in the clear. Everywhere else a host that does not speak TLS is
 * refused, in Docker's words; to be sure of them the port is asked once in the clear, without a secret.
 */
import { discardBody } from './body.ts';
import type { ConnectionSettings } from './connection.ts';
import type { EndpointAddress } from './endpoint.ts';
import { remoteTimes } from './limits.ts';
import { answerError, isRemoteError, isRetryableStatus, RemoteError } from './remote-error.ts';
import { parseRetryAfter, withRetries } from './retry.ts';
import type { TransportResponse } from './transport.ts';

export type Settled = {
  readonly url: URL;
  /** `WWW-Authenticate`, when it asks for authorization. */
  readonly challenge: string | null;
};

/** Throws RemoteError. */
export async function settleScheme({ host, schemes }: EndpointAddress, connection: ConnectionSettings, signal?: AbortSignal): Promise<Settled> {
  for (const [index, scheme] of schemes.entries()) {
    const url = new URL(`${scheme}://${host}/v2/`);
    const isLast = index === schemes.length - 1;
    try {
      return await ping(url, isLast ? connection : { ...connection, retry: { ...connection.retry, attempts: 1 } }, signal);
    } catch (error) {
      if (!isLast && isRemoteError(error, 'not-tls', 'network', 'unreachable')) continue;
      if (isRemoteError(error, 'not-tls') && (await speaksPlainHttp(host, connection, signal))) throw plainHttp(host);
      throw error;
    }
  }
  throw new RemoteError('refused', `no way to speak with ${host} is allowed`);
}

function ping(url: URL, connection: ConnectionSettings, signal: AbortSignal | undefined): Promise<Settled> {
  const { retry, clock, onRetry } = connection;
  return withRetries(
    async () => {
      const response = await get(url, connection, signal);
      await discardBody(response.body);
      if (isRetryableStatus(response.status)) {
        const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock.now());
        throw answerError(response.status, '', retryAfterMs === undefined ? {} : { retryAfterMs });
      }
      return { url: new URL('/', url), challenge: response.status === 401 ? response.headers.get('www-authenticate') : null };
    },
    { policy: retry, clock, ...(signal && { signal }), ...(onRetry && { onRetry }) },
  );
}

async function get(url: URL, { transport, userAgent }: ConnectionSettings, signal: AbortSignal | undefined): Promise<TransportResponse> {
  try {
    return await transport.send({ method: 'GET', url, headers: { 'user-agent': userAgent }, silenceMs: remoteTimes.answerMs, ...(signal && { signal }) });
  } catch (error) {
    // Who is not there at the beginning is more likely mistyped than restarting.
    throw isRemoteError(error, 'unreachable') ? new RemoteError('unreachable', error.message, { cause: error }) : error;
  }
}

async function speaksPlainHttp(host: string, connection: ConnectionSettings, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const response = await get(new URL(`http://${host}/v2/`), connection, signal);
    await discardBody(response.body);
    return true;
  } catch (error) {
    if (isRemoteError(error)) return false;
    throw error;
  }
}

function plainHttp(host: string): RemoteError {
  return new RemoteError('plain-http', `Get "https://${host}/v2/": http: server gave HTTP response to HTTPS client`, {
    remedy: { kind: 'allow-plain-http', host },
  });
}
