/**
 * Trying a user's name and password, as Docker does: `GET /v2/` unauthorized, then the way it asks
 * for, then `GET /v2/` once more. Nothing is stored here.
 */
import type { Connection } from './connection.ts';
import { primaryEndpoint } from './connection.ts';
import type { Credential } from './credential.ts';
import { discardBody } from './body.ts';
import { findChallenge } from '@naru/oci/challenge';
import { remoteTimes } from './limits.ts';
import { isRemoteError, printableUrl, RemoteError, statusLine } from './remote-error.ts';
import type { WithSignal } from './repository.ts';
import { basicAuthorization, requestToken } from './token-service.ts';

/** What to keep: an identity token when the service gave one. Throws RemoteError. */
export async function tryLogin(connection: Connection, credential: Credential, { signal }: WithSignal = {}): Promise<Credential> {
  const origin = await primaryEndpoint(connection).settle(signal);
  const first = await ping(origin, undefined);
  if (first.status === 200) return credential; // it asks for nothing, so there is nothing to try
  const bearer = findChallenge(first.challenge, 'bearer');
  if (bearer === undefined) {
    if (credential.kind !== 'password') throw failed(origin, first.status);
    const { status } = await ping(origin, basicAuthorization(credential));
    if (status !== 200) throw failed(origin, status);
    return credential;
  }
  const { realm = '', service } = bearer.parameters;
  const request = { realm, service, scopes: [], credential, registryOrigin: origin, offline: true, userAgent: connection.userAgent, ...(signal && { signal }) };
  const token = await requestToken(request, connection).catch((error: unknown) => {
    throw refusedByService(origin, error);
  });
  const { status } = await ping(origin, `Bearer ${token.value}`);
  if (status !== 200) throw failed(origin, status);
  return token.identityToken === undefined || credential.kind !== 'password' ? credential : { kind: 'identity-token', token: token.identityToken };

  async function ping(base: URL, authorization: string | undefined): Promise<{ status: number; challenge: string }> {
    const response = await connection.transport.send({
      method: 'GET',
      url: new URL('/v2/', base),
      headers: { 'user-agent': connection.userAgent, ...(authorization !== undefined && { authorization }) },
      silenceMs: remoteTimes.answerMs,
      ...(signal && { signal }),
    });
    await discardBody(response.body);
    return { status: response.status, challenge: response.headers.get('www-authenticate') ?? '' };
  }
}

/** Docker names the request that it began with. */
function refusedByService(origin: URL, error: unknown): unknown {
  if (!isRemoteError(error, 'unauthorized', 'denied')) return error;
  const { kind, message, errors, status } = error;
  return new RemoteError(kind, `Get "${printableUrl(new URL('/v2/', origin))}": ${message}`, { errors, cause: error, ...(status !== undefined && { status }) });
}

/** Docker's words. */
function failed(origin: URL, status: number): RemoteError {
  return new RemoteError(
    status === 401 ? 'unauthorized' : 'refused',
    `login attempt to ${printableUrl(new URL('/v2/', origin))} failed with status: ${statusLine(status)}`,
    { status },
  );
}
