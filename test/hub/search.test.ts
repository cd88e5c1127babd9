/** Search over /api/v1 and as Docker asks for it, for those who may see different things. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { runNaru } from '../support/server.ts';

setDefaultTimeout(30_000);

let world: World;
let kim: Person;
let lee: Person;

beforeAll(async () => {
  world = await startWorld();
  [kim, lee] = await Promise.all([world.person('kim'), world.person('lee')]);
  await pushImage(kim, 'kim/web-shop', '1');
  await pushImage(kim, 'kim/web-secret', '1');
  await kim.api('PATCH', '/repositories/kim/web-shop', { description: '꽃을 파는 가게' });
  await kim.api('PATCH', '/repositories/kim/web-secret', { visibility: 'private' });
});
afterAll(() => world[Symbol.asyncDispose]());

async function found(person: Person, query: string): Promise<unknown[]> {
  const { status, body } = await person.api('GET', `/search?${query}`);
  expect(status).toBe(200);
  return (body['items'] as { name: string }[]).map(({ name }) => name);
}

describe('/api/v1/search', () => {
  test('tells what is known of each', async () => {
    const { items, instead } = (await world.anonymous.api('GET', '/search?q=shop')).body as { items: { updatedAt?: number }[]; instead: string[] }; // what the schema says
    const [{ updatedAt: _soon, ...shop } = {}, ...others] = items; // a job notes it a moment after the push
    expect(shop).toEqual({ name: 'kim/web-shop', visibility: 'public', description: '꽃을 파는 가게', official: false, verified: false, pulls: 0, stars: 0 });
    expect([others, instead]).toEqual([[], []]);
  });

  test('nobody finds what they may not pull', async () => {
    expect(await found(kim, 'q=web')).toEqual(['kim/web-secret', 'kim/web-shop']);
    expect(await found(world.admin, 'q=web')).toEqual(['kim/web-secret', 'kim/web-shop']);
    for (const person of [lee, world.anonymous]) {
      expect(await found(person, 'q=web')).toEqual(['kim/web-shop']);
      expect(await found(person, '')).toEqual(['kim/web-shop']);
      expect((await person.api('GET', '/search/suggestions?q=web-sec')).body).toEqual({ items: [] });
    }
    await kim.api('POST', '/namespaces/kim/grants', { subject: { kind: 'user', name: 'lee' }, role: 'read', pattern: 'kim/web-secret' });
    expect(await found(lee, 'q=web')).toEqual(['kim/web-secret', 'kim/web-shop']);
  });

  test('suggestions and Korean', async () => {
    expect((await world.anonymous.api('GET', `/search/suggestions?q=${encodeURIComponent('가ㄱ')}`)).body).toEqual({
      items: [{ name: 'kim/web-shop', description: '꽃을 파는 가게', official: false, verified: false }],
    });
  });

  test('filters', async () => {
    expect(await found(kim, 'q=web&organisation=kim')).toHaveLength(2);
    for (const filter of ['official=true', 'verified=true', 'organisation=lee', 'platform=linux/none', 'artifactType=x'])
      expect(await found(kim, `q=web&${filter}`)).toEqual([]);
  });

  test('bad queries are refused by field, and anything may be searched for', async () => {
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['official=perhaps', 'official'],
      ['after=x', 'after'],
      ['updatedSince=yesterday', 'updatedSince'],
      [`q=${'x'.repeat(257)}`, 'q'],
    ]) {
      const { status, body } = await kim.api('GET', `/search?${query}`);
      expect({ query, status, field: (body['errors'] as { detail: { field: string } }[])[0]?.detail.field }).toEqual({ query, status: 400, field });
    }
    for (const q of ['"', '*', 'NEAR(a b)', 'name : x', '\u202e', '😀', '%00', 'a" OR "b']) expect(await found(kim, `q=${encodeURIComponent(q)}`)).toBeArray();
  });
});

describe('/v1/search', () => {
  const ask = async (path: string, headers: Record<string, string> = {}) => fetch(`${world.server.url}${path}`, { headers });

  test('the ping says that it is a registry of its own', async () => {
    const response = await ask('/v1/_ping');
    expect(response.headers.get('x-docker-registry-standalone')).toBe('true');
    expect(await response.json()).toEqual({ standalone: true });
    expect((await ask('/v1/users')).status).toBe(404);
    expect((await fetch(`${world.server.url}/v1/search`, { method: 'POST' })).status).toBe(405);
  });

  test("Docker's fields, and only what the caller may see", async () => {
    const shop = { name: 'kim/web-shop', description: '꽃을 파는 가게', star_count: 0, pull_count: 0, is_official: false, is_automated: false };
    expect(await (await ask('/v1/search?q=web&n=25')).json()).toEqual({ query: 'web', page: 1, num_pages: 1, page_size: 25, num_results: 1, results: [shop] });
    const own = (await (await ask('/v1/search?q=web', { authorization: kim.basic })).json()) as { results: { name: string }[] };
    expect(own.results.map(({ name }) => name)).toEqual(['kim/web-secret', 'kim/web-shop']);
    const token = await kim.token('registry:catalog:search');
    const byToken = (await (await ask('/v1/search?q=web', { authorization: `Bearer ${token}` })).json()) as { num_results: number };
    expect(byToken.num_results).toBe(2);
    for (const n of ['x', '-1', '0', '1e9', '']) expect((await ask(`/v1/search?q=web&n=${n}`)).status).toBe(200);
    const wrong = await ask('/v1/search?q=web', { authorization: 'Bearer nonsense' });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="${world.server.url}/token",service="naru",scope="registry:catalog:*"`,
    ]);
  });

  test('naru search prints it', async () => {
    const { host } = new URL(world.server.url);
    const printed = await runNaru(['search', '--format', '{{.Name}}: {{.Description}}', `${host}/shop`], { HOME: world.server.data });
    expect(printed).toEqual({ exitCode: 0, stdout: `${host}/kim/web-shop: 꽃을 파는 가게\n`, stderr: '' });
  });

  test('where everybody must log in, nobody is told that nothing was found', async () => {
    await using closed = await startWorld({ profile: 'private' });
    expect((await fetch(`${closed.server.url}/v1/search?q=x`)).status).toBe(401);
    expect((await fetch(`${closed.server.url}/v1/search?q=x`, { headers: { authorization: closed.admin.basic } })).status).toBe(200);
  });
});
