/**
 * Getting a token (Docker's "Token Authentication Specification" and its OAuth2 companion).
 *
 *   user and password   GET realm?service&scope…&account&client_id, with Basic
 *   identity token      POST realm, form-encoded grant_type=refresh_token
 *   nobody              GET realm?service&scope…
 *
 * The realm is what a stranger's answer says, so it decides only where to ask, never what is given
 * away: a credential goes over TLS, or over plain HTTP to the very host that we already speak plain
 * HTTP with. Redirects are not followed.
 */
import type { RemoteClock } from './clock.ts';
import { discardBody, readJson, readStart } from './body.ts';
import type { Credential } from './credential.ts';
import { remoteLimits, remoteTimes } from './limits.ts';
import { answerError, printableUrl, RemoteError } from './remote-error.ts';
import { parseRetryAfter } from './retry.ts';
import type { Scope } from './scope.ts';
import type { Transport } from './transport.ts';

export type Token = {
  readonly value: string;
  readonly expiresAt: number;
  /** Given at login only, when asked for. */
  readonly identityToken?: string;
};

export type TokenRequest = {
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly Scope[];
  readonly credential: Credential | undefined;
  /** The registry that named the realm. */
  readonly registryOrigin: URL;
  /** Ask for an identity token too. */
  readonly offline?: boolean;
  readonly userAgent: string;
  readonly signal?: AbortSignal;
};

export const clientId = 'naru';

/** A token that is said to live shorter is believed to live this long, as every client does. */
const lifetimeMinMs = 60_000;
const lifetimeMaxMs = 24 * 3_600_000;

/** Throws RemoteError. */
export async function requestToken(request: TokenRequest, { transport, clock }: { transport: Transport; clock: RemoteClock }): Promise<Token> {
  const realm = parseRealm(request);
  const { credential } = request;
  const options = credential?.kind === 'identity-token' ? postRequest(realm, request, credential.token) : getRequest(realm, request);
  const response = await transport.send({ ...options, silenceMs: remoteTimes.answerMs, ...(request.signal && { signal: request.signal }) });
  if (response.status >= 300 && response.status < 400) {
    await discardBody(response.body);
    throw new RemoteError('broken-answer', `the token service ${printableUrl(realm)} redirects, and credentials are not sent after a redirect`);
  }
  if (response.status !== 200) {
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock.now());
    const text = await readStart(response.body, remoteLimits.errorBytes);
    throw tokenError(response.status, text, realm, retryAfterMs);
  }
  return readToken(await readJson(response.body, remoteLimits.tokenAnswerBytes, 'the answer of the token service'), clock.now());
}

function parseRealm({ realm: text, registryOrigin, credential }: TokenRequest): URL {
  let realm: URL;
  try {
    realm = new URL(text);
  } catch {
    throw new RemoteError('broken-answer', 'the registry names a token service whose address cannot be read');
  }
  if (!['http:', 'https:'].includes(realm.protocol) || realm.username !== '' || realm.password !== '') {
    throw new RemoteError('broken-answer', `the registry names a token service whose address cannot be used: ${printableUrl(realm)}`);
  }
  if (credential !== undefined && realm.protocol === 'http:' && !(registryOrigin.protocol === 'http:' && registryOrigin.hostname === realm.hostname)) {
    throw new RemoteError('refused', `the registry ${registryOrigin.host} asks to send credentials to ${printableUrl(realm)} over plain HTTP: refused`, {
      remedy: { kind: 'token-service-needs-tls' },
    });
  }
  return realm;
}

type Wire = Pick<Parameters<Transport['send']>[0], 'method' | 'url' | 'headers' | 'body'>;

function getRequest(realm: URL, { service, scopes, credential, offline, userAgent }: TokenRequest): Wire {
  const url = new URL(realm);
  const basic = credential?.kind === 'password' ? credential : undefined;
  if (basic) url.searchParams.set('account', basic.username);
  if (offline) {
    url.searchParams.set('client_id', clientId);
    url.searchParams.set('offline_token', 'true');
  }
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return { method: 'GET', url, headers: { 'user-agent': userAgent, ...(basic && { authorization: basicAuthorization(basic) }) } };
}

function postRequest(realm: URL, { service, scopes, userAgent }: TokenRequest, identityToken: string): Wire {
  const form = new URLSearchParams({ client_id: clientId, grant_type: 'refresh_token', refresh_token: identityToken });
  if (service !== undefined) form.set('service', service);
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  const headers = { 'user-agent': userAgent, 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: realm, headers, body: new TextEncoder().encode(form.toString()) };
}

export function basicAuthorization({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** What could write a header of its own, or fill memory, is no token. */
const tokenPattern = /^[\x21-\x7e]+$/;

function readToken(value: unknown, nowMs: number): Token {
  const answer = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}; // every field is checked below
  const token = [answer['token'], answer['access_token']].find((candidate) => typeof candidate === 'string' && candidate !== '');
  if (typeof token !== 'string') throw new RemoteError('broken-answer', 'the token service answered without a token');
  const identityToken = answer['refresh_token'];
  const given = [token, ...(typeof identityToken === 'string' ? [identityToken] : [])];
  if (given.some((text) => text.length > remoteLimits.tokenLength || !tokenPattern.test(text))) {
    throw new RemoteError('broken-answer', 'the token service answered with a token that cannot be sent');
  }
  const expiresIn = answer['expires_in'];
  const lifetimeMs = typeof expiresIn === 'number' && Number.isFinite(expiresIn) ? expiresIn * 1000 : 0;
  // Counted from now and not from issued_at: our clock and theirs need not agree.
  const expiresAt = nowMs + Math.min(lifetimeMaxMs, Math.max(lifetimeMinMs, lifetimeMs));
  return { value: token, expiresAt, ...(typeof identityToken === 'string' && identityToken !== '' && { identityToken }) };
}

function tokenError(status: number, text: string, realm: URL, retryAfterMs: number | undefined): RemoteError {
  const error = answerError(status, text, retryAfterMs === undefined ? {} : { retryAfterMs });
  // The registry itself has said nothing yet.
  if (status === 401)
    return new RemoteError('unauthorized', error.errors.length > 0 ? error.message : 'unauthorized: incorrect username or password', { status });
  if (error.errors.length > 0) return error;
  return new RemoteError(error.kind, `the token service ${printableUrl(realm)} answered: ${error.message}`, {
    status,
    retryable: error.retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
