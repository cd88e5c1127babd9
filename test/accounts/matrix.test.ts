/**
 * Every route × everybody × every visibility, made from the route tables: a route without a row of its
 * own here fails, and so does a row without a route.
 *
 * What is compared is the decision, not the whole answer: `open` for whatever came after the caller
 * was let in (also a 404 for a manifest that is not there), `hidden` for what an absent repository
 * answers, `denied` for who may see it and not do this.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { routes as apiRoutes } from '@naru/server/hub-api/routes';
import { routes as v2Routes } from '@naru/server/oci-api/routes';
import { type Person, startWorld, type World } from './support/accounts.ts';
import { type CiIssuer, startCiIssuer } from './support/ci-issuer.ts';
import { pushImage } from './support/push.ts';

const people = ['anonymous', 'outsider', 'member', 'team', 'robot', 'ci', 'owner', 'administrator'] as const;
type Who = (typeof people)[number];
const visibilities = ['public', 'internal', 'private'] as const;
type Outcome = 'open' | 'hidden' | 'denied' | 'login';

let world: World;
let issuer: CiIssuer;
let callers: Record<Who, Person>;
let digest = '';
let layer = '';

beforeAll(async () => {
  issuer = await startCiIssuer();
  world = await startWorld({ flags: ['--federation-issuers', issuer.issuer, '--metrics-networks', 'none'] });
  const named = await Promise.all(['owner', 'outsider', 'member', 'coder'].map((name) => world.person(`the-${name}`)));
  const [owner, outsider, member, coder] = named;
  if (!owner || !outsider || !member || !coder) throw new Error('people are missing');
  await owner.api('POST', '/organisations', { name: 'acme' });
  for (const person of [member, coder]) {
    const { secret } = (await owner.api('POST', '/organisations/acme/invitations', { email: `${person.name}@example.org` })).body;
    await person.api('POST', '/invitations/accept', { secret });
  }
  await owner.api('POST', '/organisations/acme/teams', { name: 'dev' });
  await owner.api('PUT', '/organisations/acme/teams/dev/members/the-coder');
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'team', name: 'dev' }, role: 'write' });
  await owner.api('POST', '/namespaces/acme/robots', { name: 'bot' });
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'robot', name: 'bot' }, role: 'maintain' });
  const { secret } = (await owner.api('POST', '/namespaces/acme/robots/bot/tokens', { name: 'x' })).body;
  const trust = { name: 'ci', issuer: issuer.issuer, audience: issuer.audience, claims: { repository: 'acme/app' } };
  await owner.api('POST', '/namespaces/acme/trusted-issuers', trust);
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'ci', name: 'ci' }, role: 'write' });
  const run = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 3000 });
  callers = {
    anonymous: world.anonymous,
    outsider,
    member,
    team: coder,
    robot: world.as('acme+bot', String(secret)),
    ci: world.as('a run', run),
    owner,
    administrator: world.admin,
  };
  for (const visibility of visibilities) {
    ({ digest, layer } = await pushImage(owner, `acme/${visibility}`, 'v1', 'the same'));
    await owner.api('PATCH', `/repositories/acme/${visibility}`, { visibility });
  }
}, 60_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

/** Who may do what to a repository of each kind: everything below follows from this. */
const mayPull: Record<Who, readonly string[]> = {
  anonymous: ['public'],
  outsider: ['public', 'internal'],
  member: visibilities,
  team: visibilities,
  robot: visibilities,
  ci: visibilities,
  owner: visibilities,
  administrator: visibilities,
};
const mayPush: readonly Who[] = ['team', 'robot', 'ci', 'owner', 'administrator'];
const mayDelete: readonly Who[] = ['robot', 'owner', 'administrator'];
const mayManage: readonly Who[] = ['owner', 'administrator'];

describe('/v2', () => {
  /** A request of each route that changes nothing when it is let in: what it names is not there. */
  const absent = `sha256:${'0'.repeat(64)}`;
  const noUpload = '00000000-0000-4000-8000-000000000000';
  const requests: Record<string, { path: string; scope: string }> = {
    'blob-get': { path: `blobs/${absent}`, scope: 'pull' },
    'blob-head': { path: `blobs/${absent}`, scope: 'pull' },
    'manifest-get': { path: 'manifests/v1', scope: 'pull' },
    'manifest-head': { path: 'manifests/v1', scope: 'pull' },
    'upload-start': { path: 'blobs/uploads/', scope: 'pull,push' },
    'upload-append': { path: `blobs/uploads/${noUpload}`, scope: 'pull,push' },
    'upload-finish': { path: `blobs/uploads/${noUpload}?digest=${absent}`, scope: 'pull,push' },
    'manifest-put': { path: 'manifests/broken', scope: 'pull,push' },
    'tag-list': { path: 'tags/list', scope: 'pull' },
    'manifest-delete': { path: `manifests/${absent}`, scope: 'pull,delete' },
    'blob-delete': { path: `blobs/${absent}`, scope: 'pull,delete' },
    referrers: { path: `referrers/${absent}`, scope: 'pull' },
    'upload-status': { path: `blobs/uploads/${noUpload}`, scope: 'pull,push' },
    'upload-cancel': { path: `blobs/uploads/${noUpload}`, scope: 'pull,push' },
  };
  /** Not about a repository. */
  const others = ['ping', 'catalog'];

  test('every route is tried', () => {
    expect(v2Routes.map(({ name }) => name).toSorted()).toEqual([...Object.keys(requests), ...others].toSorted());
  });

  for (const { name, method, action } of v2Routes.filter((route) => !others.includes(route.name))) {
    test(name, async () => {
      const { path, scope } = requests[name] ?? { path: '', scope: '' };
      const found: Record<string, Outcome> = {};
      const expected: Record<string, Outcome> = {};
      for (const who of people) {
        for (const visibility of visibilities) {
          const response = await callers[who].v2(method, `acme/${visibility}/${path}`, [`repository:acme/${visibility}:${scope}`]);
          found[`${who} ${visibility}`] = response.status === (method === 'HEAD' ? 401 : 403) ? 'hidden' : 'open';
          expected[`${who} ${visibility}`] = isAllowed(who, action, visibility) ? 'open' : 'hidden';
        }
      }
      expect(found).toEqual(expected);
    });
  }

  test('a token for another repository opens this one for nobody', async () => {
    for (const who of people) {
      const token = await callers[who].token('repository:acme/public:pull');
      const response = await fetch(`${world.server.url}/v2/acme/private/manifests/v1`, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(401);
    }
  });

  test('the bytes of the private repository come through it alone', async () => {
    for (const who of people) {
      const status = async (name: string) => (await callers[who].v2('GET', `acme/${name}/blobs/${layer}`, [`repository:acme/${name}:pull`])).status;
      expect(await status('private')).toBe(isAllowed(who, 'pull', 'private') ? 200 : 403);
      expect((await callers[who].v2('GET', `acme/private/manifests/${digest}`, ['repository:acme/private:pull'])).status).toBe(
        isAllowed(who, 'pull', 'private') ? 200 : 403,
      );
    }
  });

  function isAllowed(who: Who, action: string, visibility: string): boolean {
    switch (action) {
      case 'pull':
        return mayPull[who].includes(visibility);
      case 'push':
        return mayPush.includes(who);
      default:
        return mayDelete.includes(who);
    }
  }
});

describe('/api/v1', () => {
  test('every route says who may call it, in a way that this test knows', () => {
    const known = ['open', 'account', 'user', 'administrator', 'pull', 'push', 'tag:move', 'delete', 'manage', 'review'];
    expect(apiRoutes.filter(({ access }) => !known.includes(access))).toEqual([]);
    expect(new Set(apiRoutes.map(({ operation }) => operation)).size).toBe(apiRoutes.length);
    expect(new Set(apiRoutes.map(({ method, path }) => `${method} ${path}`)).size).toBe(apiRoutes.length);
  });

  /** Whoever asks is let in; what they are told is in the tests named beside. */
  const openRoutes: Readonly<Record<string, string>> = {
    signIn: 'sessions',
    signOut: 'sessions',
    signUp: 'mail',
    offerPasskeySignIn: 'passkeys',
    signInWithPasskey: 'passkeys',
    listProviders: 'oidc',
    beginProviderSignIn: 'oidc',
    finishProviderSignIn: 'oidc',
    requestVerification: 'mail',
    requestPasswordReset: 'mail',
    useMailLink: 'mail',
    getSelf: 'log-in',
    getServer: 'hub',
    listRepositories: 'below',
    searchRepositories: 'hub',
    suggestRepositories: 'hub',
    findPackage: 'advisories',
    streamEvents: 'features/events',
    answerWebhook: 'webhooks',
  };

  test('every route that is open to everybody is one that is meant to be', () => {
    expect(apiRoutes.flatMap(({ operation, access }) => (access === 'open' ? [operation] : [])).toSorted()).toEqual(Object.keys(openRoutes).toSorted());
  });

  test('lists and the catalog name what one may pull, and nothing else', async () => {
    for (const who of people) {
      const names = (listed: unknown) => (listed as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith('acme/'));
      const expected = mayPull[who].map((visibility) => `acme/${visibility}`).toSorted();
      expect({ who, names: names((await callers[who].api('GET', '/repositories?limit=1000')).body['items']) }).toEqual({ who, names: expected });
      const catalog = await callers[who].v2('GET', '_catalog', ['registry:catalog:*']);
      const listed = ((await catalog.json()) as { repositories: string[] }).repositories;
      // A catalog is for people with a name.
      expect({ who, listed }).toEqual({ who, listed: who === 'anonymous' ? [] : expected });
    }
  });

  /** Those that would do what they say to whoever is let in: everybody else tries them. */
  const effective = apiRoutes.filter((route) => route.access !== 'open' && !harmlessRoute(route));

  for (const { operation, method, path, access } of effective) {
    test(`${operation}: ${access}, for whom it is not`, async () => {
      for (const visibility of path.includes('{repository}') ? visibilities : (['public'] as const)) {
        const outsiders = people.filter((who) => expectedFor(who, { operation, access, path }, visibility) !== 'open');
        expect(outsiders).toContain('member');
        for (const who of outsiders) {
          const answer = await callers[who].api(method, path.replace('{namespace}', 'acme').replace('{repository}', `acme/${visibility}`));
          expect({ who, outcome: outcomeOf(answer) }).toEqual({ who, outcome: expectedFor(who, { operation, access, path }, visibility) });
        }
      }
    });
  }

  /** Without a body all that are in there are: what is left changes nothing, or names what is not there. */
  const harmless = apiRoutes.filter((route) => route.access !== 'open' && harmlessRoute(route));

  function harmlessRoute({ method, path, body }: (typeof apiRoutes)[number]): boolean {
    return method === 'GET' || body !== undefined || !/\{(?:namespace|repository)\}$/.test(path);
  }

  for (const { operation, method, path, access } of harmless) {
    test(`${operation}: ${access}`, async () => {
      const found: Record<string, Outcome> = {};
      const expected: Record<string, Outcome> = {};
      for (const who of people) {
        for (const visibility of path.includes('{repository}') ? visibilities : ['public']) {
          const target = path
            .replace('{repository}', `acme/${visibility}`)
            .replace('{namespace}', 'acme')
            .replaceAll(/\{\w+\}/g, 'nothing-there');
          // No schema takes this body, so who is let in ends there.
          const answer = await callers[who].api(method, target, method === 'GET' ? undefined : 'no object');
          found[`${who} ${visibility}`] = outcomeOf(answer);
          expected[`${who} ${visibility}`] = expectedFor(who, { operation, access, path }, visibility);
        }
      }
      expect(found).toEqual(expected);
    });
  }

  function outcomeOf({ status, body }: { status: number; body: Readonly<Record<string, unknown>> }): Outcome {
    if (status === 401) return 'login';
    if (status === 403) return 'denied';
    return JSON.stringify(body).includes('NAME_UNKNOWN') ? 'hidden' : 'open';
  }

  function expectedFor(who: Who, { operation, access, path }: { operation: string; access: string; path: string }, visibility: string): Outcome {
    const isHidden = path.includes('{repository}') && access !== 'account' && !mayPull[who].includes(visibility);
    if (who === 'anonymous') return access === 'pull' && path.includes('{repository}') && !isHidden && !forPeople.has(operation) ? 'open' : 'login';
    if (isHidden) return 'hidden';
    // What belongs to a namespace is no public repository's: it is for whoever may pull all of it.
    if (access === 'pull' && path.includes('{namespace}')) return who === 'outsider' ? 'denied' : 'open';
    switch (access) {
      case 'account':
        return amongThemselves[operation]?.includes(who) === false ? 'denied' : 'open';
      case 'user':
        return who === 'robot' || who === 'ci' ? 'denied' : 'open';
      case 'administrator':
        return who === 'administrator' ? 'open' : 'denied';
      case 'pull':
        return (who === 'robot' || who === 'ci') && forPeople.has(operation) ? 'denied' : 'open';
      case 'push':
        return mayPush.includes(who) ? 'open' : 'denied';
      case 'delete':
        return mayDelete.includes(who) ? 'open' : 'denied';
      case 'review':
        return who === 'administrator' ? 'open' : 'denied';
      default:
        return mayManage.includes(who) ? 'open' : 'denied';
    }
  }
});

describe('what is beside both tables', () => {
  const ask = (who: Who, path: string, headers: Record<string, string> = {}) =>
    fetch(world.server.url + path, { headers: { ...(who !== 'anonymous' && { authorization: callers[who].basic }), ...headers } });

  test('/token grants what one may, and says nothing of the rest', async () => {
    for (const who of people) {
      for (const visibility of visibilities) {
        const query = new URLSearchParams({ service: 'naru', scope: `repository:acme/${visibility}:pull,push,delete` });
        const answer = (await (await ask(who, `/token?${query}`)).json()) as { scope: string };
        const actions = [
          ...(mayPull[who].includes(visibility) ? ['pull'] : []),
          ...(mayPush.includes(who) ? ['push'] : []),
          // Which tags one may delete is asked with the tag.
          ...(mayPull[who].includes(visibility) ? ['delete'] : []),
        ];
        const granted =
          answer.scope === ''
            ? []
            : answer.scope
                .split(':')
                .slice(2)
                .join(':')
                .split(',')
                .filter((action) => action !== 'tag:move');
        expect({ who, visibility, granted: granted.toSorted() }).toEqual({ who, visibility, granted: actions.toSorted() });
      }
      const absent = (await (await ask(who, '/token?service=naru&scope=repository:acme/absent:pull')).json()) as { scope: string };
      const hidden = (await (await ask(who, '/token?service=naru&scope=repository:acme/private:pull')).json()) as { scope: string };
      if (!mayPull[who].includes('private')) expect(absent.scope).toBe(hidden.scope);
    }
  });

  test('the signing keys are everybody’s, and only their public halves', async () => {
    for (const who of people) {
      const { keys } = (await (await ask(who, '/.well-known/jwks.json')).json()) as { keys: Record<string, unknown>[] };
      expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
    }
  });

  test('/v1 finds what one may pull', async () => {
    for (const who of people) {
      expect((await ask(who, '/v1/_ping')).status).toBe(200);
      for (const term of ['acme', 'private']) {
        const { results } = (await (await ask(who, `/v1/search?q=${term}&n=100`)).json()) as { results: { name: string }[] };
        const found = results.map(({ name }) => name).filter((name) => name.startsWith('acme/'));
        const expected = mayPull[who].map((visibility) => `acme/${visibility}`).filter((name) => term === 'acme' || name.includes(term));
        expect({ who, term, found: found.toSorted() }).toEqual({ who, term, found: expected.toSorted() });
      }
    }
  });

  test('health is everybody’s; metrics are for administrators, where the operator names no network', async () => {
    for (const who of people) {
      expect([await (await ask(who, '/healthz')).text(), await (await ask(who, '/readyz')).text()]).toEqual(['ok\n', 'ready\n']);
      const answer = await ask(who, '/metrics');
      expect({ who, status: answer.status, isMetrics: (await answer.text()).includes('naru_') }).toEqual({
        who,
        status: who === 'administrator' ? 200 : who === 'anonymous' ? 401 : 403,
        isMetrics: who === 'administrator',
      });
    }
    expect((await ask('anonymous', '/metrics')).headers.get('www-authenticate')).toBe('Basic realm="naru"');
    const { secret } = (await world.admin.api('POST', '/user/tokens', { name: 'prometheus' })).body;
    const scraped = (authorization: string) => ask('anonymous', '/metrics', { authorization }).then(({ status }) => status);
    expect(await scraped(`Bearer ${String(secret)}`)).toBe(200);
    expect(await scraped('Bearer naru_wrong')).toBe(401);
    expect((await fetch(`${world.server.url}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  test('a page is the same document for everybody: what is in it comes by the API', async () => {
    const document = async (who: Who, path: string) => {
      const answer = await ask(who, path, { accept: 'text/html' });
      return `${answer.status} ${await answer.text()}`;
    };
    const absent = await document('anonymous', '/r/acme/absent');
    for (const who of people) {
      for (const visibility of visibilities) expect(await document(who, `/r/acme/${visibility}`)).toBe(absent);
      expect(await document(who, '/admin')).toBe(await document('anonymous', '/admin'));
    }
  });

  test('the live stream tells of what one may pull', async () => {
    for (const visibility of ['private', 'internal']) await pushImage(callers.owner, `acme/${visibility}`, 'told', 'the same');
    await pushImage(callers.owner, 'acme/public', 'told-last', 'the same');
    for (const who of people) {
      const stop = new AbortController();
      const answer = await fetch(`${world.server.url}/api/v1/events?after=0`, {
        headers: who === 'anonymous' ? {} : { authorization: callers[who].basic },
        signal: stop.signal,
      });
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        if (text.includes('"told-last"')) break;
      }
      stop.abort();
      const told = visibilities.filter((visibility) => text.includes(`"acme/${visibility}"`));
      expect({ who, told }).toEqual({ who, told: visibilities.filter((visibility) => mayPull[who].includes(visibility)) });
    }
  });

  test('a blob is mounted from where one may pull it, and found nowhere else', async () => {
    const only = await pushImage(callers.owner, 'acme/private', 'only-here');
    const targets: Partial<Record<Who, string>> = {
      outsider: 'the-outsider/own',
      member: 'the-member/own',
      team: 'acme/public',
      robot: 'acme/public',
      ci: 'acme/public',
    };
    for (const [who, target] of [...Object.entries(targets), ['owner', 'acme/internal'], ['administrator', 'acme/internal']] as [Who, string][]) {
      const mount = async (query: string, scopes: string[]) => {
        const answer = await callers[who].v2('POST', `${target}/blobs/uploads/?mount=${only.layer}${query}`, [`repository:${target}:pull,push`, ...scopes]);
        if (answer.status === 201) await callers.administrator.v2('DELETE', `${target}/blobs/${only.layer}`, [`repository:${target}:pull,delete`]);
        return answer.status;
      };
      const isThere = mayPull[who].includes('private');
      const source = ['repository:acme/private:pull'];
      expect({ who, from: await mount('&from=acme/private', source) }).toEqual({ who, from: isThere ? 201 : 202 });
      expect({ who, fromOther: await mount('&from=acme/public', [...source, 'repository:acme/public:pull']) }).toEqual({ who, fromOther: 202 });
      if (!isThere) expect({ who, anywhere: await mount('', source) }).toEqual({ who, anywhere: 202 });
    }
    // By another repository's address it is nowhere, whoever asks.
    for (const who of people) {
      const answer = await callers[who].v2('GET', `acme/public/blobs/${only.layer}`, ['repository:acme/public:pull', 'repository:acme/private:pull']);
      expect({ who, status: answer.status, code: ((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code }).toEqual({
        who,
        status: 404,
        code: 'BLOB_UNKNOWN',
      });
    }
  });
});

/** For whoever may pull, as long as it is a person. */
const forPeople: ReadonlySet<string> = new Set(['starRepository', 'unstarRepository']);

/** For everybody with a name, and then for those only whom it concerns. */
const amongThemselves: Readonly<Record<string, readonly Who[]>> = {
  listMembers: ['member', 'team', 'owner', 'administrator'],
  // Leaving is for oneself: the test asks for somebody else.
  removeMember: ['owner', 'administrator'],
};
