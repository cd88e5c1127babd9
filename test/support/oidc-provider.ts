/** A real OpenID provider on loopback (`oidc-provider`), at which a test logs people in without a page. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export type TestProvider = AsyncDisposable & {
  readonly issuer: string;
  /** What the provider says of each person. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  /** Looks at each request first: true when it has answered. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Goes from the server's redirect to its callback as a browser does: gives the callback's address. */
  signIn(location: string, person: string): Promise<string>;
};

export const clientId = 'naru';
export const clientSecret = 'client secret of sixteen and more';

export async function startOidcProvider(): Promise<TestProvider> {
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer((request, response) => {
    if (provider.intercept?.(request, response) !== true) void handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  const provider: TestProvider = {
    issuer,
    people,
    async signIn(location, person) {
      const jar = new Map<string, string>();
      let url = location;
      for (let hops = 0; hops < 10 && url.startsWith(issuer); hops++) {
        const isInteraction = new URL(url).pathname.startsWith('/interaction/');
        const target = isInteraction ? `${url}?person=${person}` : url;
        const response = await fetch(target, { redirect: 'manual', headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const cookie of response.headers.getSetCookie()) {
          const [pair = ''] = cookie.split(';');
          jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        const next = response.headers.get('location');
        if (next === null) throw new Error(`${target}: ${response.status} ${await response.text()}`);
        url = new URL(next, issuer).href;
      }
      return url;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const oidc = new Provider(issuer, {
    // Any address of a server that a test has started.
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [`${issuer}/unused`] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people.get(id) }) }),
    cookies: { keys: ['of the test'] },
    pkce: { required: () => true },
    loadExistingGrant: async ({ oidc: { client, session, provider: own } }) => {
      const grant = new own.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  oidc.Client.prototype.redirectUriAllowed = (uri) => /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/session\/providers\/[a-z-]+\/callback$/.test(uri);
  const callback = oidc.callback();
  handle = async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    if (!url.pathname.startsWith('/interaction/')) return callback(request, response);
    const person = url.searchParams.get('person') ?? '';
    const result = person === 'nobody' ? { error: 'access_denied' } : { login: { accountId: person } };
    await oidc.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
  return provider;
}
