/** Pulls and stars over HTTP. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pullStatus, pushImage } from '../accounts/support/push.ts';
import { startServer } from '../support/server.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { makeImage } from '../support/image.ts';

setDefaultTimeout(30_000);

let world: World;
let kim: Person;
let lee: Person;
beforeAll(async () => {
  world = await startWorld();
  [kim, lee] = await Promise.all([world.person('kim'), world.person('lee')]);
  await pushImage(kim, 'kim/app', '1');
});
afterAll(() => world[Symbol.asyncDispose]());

test('stars are counted, listed and taken away', async () => {
  const starred = async (person: Person) => {
    const { stars, starred: own } = (await person.api('GET', '/repositories/kim/app')).body;
    return { stars, own };
  };
  for (const _ of [1, 2]) expect((await lee.api('PUT', '/repositories/kim/app/-/star')).status).toBe(204);
  expect([await starred(lee), await starred(kim)]).toEqual([
    { stars: 1, own: true },
    { stars: 1, own: false },
  ]);
  const listed = { name: 'kim/app', visibility: 'public', description: '', official: false, verified: false, pulls: 0, stars: 1 };
  expect((await lee.api('GET', '/user/stars')).body['items']).toMatchObject([listed]);
  expect((await kim.api('GET', '/user/stars')).body).toEqual({ items: [] });
  expect((await world.anonymous.api('PUT', '/repositories/kim/app/-/star')).status).toBe(401);
  expect((await lee.api('PUT', '/repositories/kim/nothing/-/star')).status).toBe(404);
  await kim.api('PATCH', '/repositories/kim/app', { visibility: 'private' });
  expect((await lee.api('GET', '/user/stars')).body).toEqual({ items: [] });
  await kim.api('PATCH', '/repositories/kim/app', { visibility: 'public' });
  expect((await lee.api('DELETE', '/repositories/kim/app/-/star')).status).toBe(204);
  expect(await starred(lee)).toEqual({ stars: 0, own: false });
});

test('pulls are there after a stop, per tag and per day', async () => {
  const first = await startServer();
  const image = makeImage({ seed: 'pulled' });
  const client = createRegistryClient(first.url);
  await client.pushImage('team/app', image, '1');
  await client.pushImage('team/app', image, '2');
  const pull = async (reference: string, method = 'GET') => (await fetch(`${first.url}/v2/team/app/manifests/${reference}`, { method })).arrayBuffer();
  for (const reference of ['1', '1', image.manifest.digest]) await pull(reference);
  await pull('2', 'HEAD');
  expect(await first.stop()).toBe(0);

  await using second = await startServer({ data: first.data });
  const ask = async (path: string) => (await (await fetch(`${second.url}/api/v1/repositories/team/app${path}`)).json()) as Record<string, unknown>;
  expect(await ask('')).toMatchObject({ pulls: 3, pulledAt: expect.any(Number) });
  expect((await ask('/-/tags'))['items']).toMatchObject([
    { tag: '1', pulls: 2 },
    { tag: '2', pulls: 0 },
  ]);
  const { items, pulls } = (await ask('/-/pulls?days=2&tag=1')) as { items: { day: string; pulls: number }[]; pulls: number };
  expect({ pulls, days: items.length, last: items.reduce((sum, one) => sum + one.pulls, 0) }).toEqual({ pulls: 2, days: 2, last: 2 });
  for (const query of ['days=0', 'days=401', 'tag=%20']) expect((await fetch(`${second.url}/api/v1/repositories/team/app/-/pulls?${query}`)).status).toBe(400);
  expect(await pullStatus(kim, 'kim/app', '1')).toBe(200);
});
