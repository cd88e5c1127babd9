/** A server with accounts, and people who talk to it: plain requests, so that a test sees what a client sees. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type TestServer } from '../../support/server.ts';

export const adminName = 'chief';
export const password = 'tall grass 95';

export type Person = {
  readonly name: string;
  /** `Authorization` for Basic. */
  readonly basic: string;
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Readonly<Record<string, unknown>> }>;
  /** A registry token for these scopes. */
  token(...scopes: string[]): Promise<string>;
  /** A request to /v2 with a token for the scopes, as a stock client makes it. */
  v2(method: string, path: string, scopes: string[], options?: { body?: string | Uint8Array<ArrayBuffer>; type?: string }): Promise<Response>;
};

export type World = AsyncDisposable & {
  readonly server: TestServer;
  readonly admin: Person;
  readonly anonymous: Person;
  /** Makes the account, as the administrator. */
  person(name: string): Promise<Person>;
  /** Somebody who logs in with this: a robot with its token. */
  as(name: string, secret: string): Person;
};

export async function startWorld({
  profile = 'hub',
  data,
  flags = [],
  env = {},
}: { profile?: string; data?: string; flags?: readonly string[]; env?: Readonly<Record<string, string>> } = {}): Promise<World> {
  const server = await startServer({
    ...(data !== undefined && { data }),
    flags: ['--profile', profile, ...flags],
    env: { NARU_ADMIN_USER: adminName, NARU_ADMIN_PASSWORD: password, ...env },
  });
  // With TLS of the server's own authority.
  const ca = server.url.startsWith('https:') ? readFileSync(join(server.data, 'tls/ca.crt'), 'utf8') : undefined;
  const as = (name: string, secret: string): Person => personAt(server.url, name, secret, ca);
  const admin = as(adminName, password);
  return {
    server,
    admin,
    anonymous: as('', ''),
    as,
    async person(name) {
      const made = await admin.api('POST', '/users', { name, email: `${name}@example.org`, password });
      if (made.status !== 201) throw new Error(`${name}: ${JSON.stringify(made)}`);
      return as(name, password);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Somebody who logs in at this address; without a name, nobody. `ca`: PEM of the authority to trust. */
export function personAt(url: string, name: string, secret: string, ca?: string): Person {
  const send = (input: string, init: RequestInit) => fetch(input, ca === undefined ? init : { ...init, tls: { ca } });
  const basic = `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  const authorization: Record<string, string> = name === '' ? {} : { authorization: basic };

  async function token(...scopes: string[]): Promise<string> {
    const query = new URLSearchParams([['service', 'naru'], ...scopes.map((scope) => ['scope', scope])]);
    const response = await send(`${url}/token?${query}`, { headers: authorization });
    if (response.status !== 200) throw new Error(`token for ${name}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { token: string }).token;
  }

  return {
    name,
    basic,
    token,
    async api(method, path, body) {
      const response = await send(`${url}/api/v1${path}`, { method, headers: authorization, ...(body !== undefined && { body: JSON.stringify(body) }) });
      const text = await response.text();
      // Tables for spreadsheets are read by whoever asks for them.
      const isJson = text !== '' && response.headers.get('content-type')?.startsWith('text/csv') !== true;
      return { status: response.status, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
    },
    async v2(method, path, scopes, { body, type } = {}) {
      const headers = { authorization: `Bearer ${await token(...scopes)}`, ...(type !== undefined && { 'content-type': type }) };
      return send(`${url}/v2/${path}`, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) });
    },
  };
}
