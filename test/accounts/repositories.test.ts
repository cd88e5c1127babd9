/** What a first push makes, what a private repository shows to whom, and new names. */
import { afterAll, expect, test } from 'bun:test';
import { startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server, admin, anonymous } = world;

test('a push to the own namespace makes a public repository in profile hub, and to nobody else’s', async () => {
  const kim = await world.person('kim');
  const lee = await world.person('lee');
  expect((await pushImage(kim, 'kim/app', 'v1')).status).toBe(201);
  expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({ name: 'kim/app', visibility: 'public' });
  expect(await pullStatus(anonymous, 'kim/app', 'v1')).toBe(200);
  expect((await pushImage(lee, 'kim/other', 'v1')).status).toBe(403);
  expect((await pushImage(lee, 'library/nginx', 'latest')).status).toBe(403);
  expect((await pushImage(lee, 'nyapacchi', '13')).status).toBe(403);
  expect((await pushImage(anonymous, 'kim/app', 'v2')).status).toBe(403);
  expect((await admin.api('GET', '/repositories/kim/other')).status).toBe(404);
  expect((await pushImage(admin, 'library/nginx', 'latest')).status).toBe(201);
  expect((await pushImage(admin, 'nyapacchi', '13')).status).toBe(201);
});

test('a private one looks absent everywhere to who may not see it, byte for byte', async () => {
  const owner = await world.person('hidden');
  const outsider = await world.person('outsider');
  const { digest, layer } = await pushImage(owner, 'hidden/app', 'v1');
  expect((await owner.api('PATCH', '/repositories/hidden/app', { visibility: 'private' })).status).toBe(200);
  for (const person of [anonymous, outsider]) {
    for (const path of ['manifests/v1', `manifests/${digest}`, `blobs/${layer}`, 'tags/list', `referrers/${digest}`]) {
      const answers = await Promise.all(
        ['hidden/app', 'hidden/nothing'].map(async (name) => {
          const response = await person.v2('GET', `${name}/${path}`, [`repository:${name}:pull`]);
          return `${response.status} ${response.headers.get('www-authenticate')} ${await response.text()}`.replaceAll(name, 'NAME');
        }),
      );
      expect(answers[0]).toStartWith('403 null ');
      expect(answers[0]).toContain('"code":"DENIED","message":"requested access to the resource is denied"');
      expect(answers[1]).toBe(answers[0]);
    }
    expect((await person.api('GET', '/repositories/hidden/app')).status).toBe(person === anonymous ? 401 : 404);
    const listed = (await person.api('GET', '/repositories?limit=1000')).body['items'] as { name: string }[];
    expect(listed.map(({ name }) => name)).not.toContain('hidden/app');
    const catalog = await person.v2('GET', '_catalog?n=1000', ['registry:catalog:*']);
    if (person === outsider) expect(((await catalog.json()) as { repositories: string[] }).repositories).not.toContain('hidden/app');
  }
  expect(await pullStatus(owner, 'hidden/app', 'v1')).toBe(200);
  const own = await owner.v2('GET', '_catalog?n=1000', ['registry:catalog:*']);
  expect(((await own.json()) as { repositories: string[] }).repositories).toContain('hidden/app');
  // Its bytes are not to be had through a repository that is open, nor mounted from there.
  await pushImage(outsider, 'outsider/own', 'v1');
  expect((await outsider.v2('GET', `outsider/own/blobs/${layer}`, ['repository:outsider/own:pull'])).status).toBe(404);
  for (const from of ['&from=hidden/app', '']) {
    const mount = await outsider.v2('POST', `outsider/own/blobs/uploads/?mount=${layer}${from}`, [
      'repository:outsider/own:pull,push',
      'repository:hidden/app:pull',
    ]);
    expect(mount.status).toBe(202);
  }
  const unasked = await owner.v2('POST', `hidden/second/blobs/uploads/?mount=${layer}&from=hidden/app`, ['repository:hidden/second:pull,push']);
  expect({ status: unasked.status, challenge: unasked.headers.get('www-authenticate') }).toEqual({
    status: 401,
    challenge: `Bearer realm="${server.url}/token",service="naru",scope="repository:hidden/second:pull,push repository:hidden/app:pull",error="insufficient_scope"`,
  });
  const allowed = await owner.v2('POST', `hidden/second/blobs/uploads/?mount=${layer}&from=hidden/app`, [
    'repository:hidden/second:pull,push',
    'repository:hidden/app:pull',
  ]);
  expect(allowed.status).toBe(201);
});

test('renamed: found under the old name for pulls, with a warning, until somebody takes that name', async () => {
  const owner = await world.person('mover');
  const other = await world.person('stranger');
  const { digest } = await pushImage(owner, 'mover/old', 'v1');
  const renamed = await owner.api('POST', '/repositories/mover/old/-/rename', { to: 'mover/new' });
  expect(renamed.body).toMatchObject({ name: 'mover/new', previous: 'mover/old' });
  expect(await pullStatus(owner, 'mover/new', 'v1')).toBe(200);
  const old = await other.v2('GET', 'mover/old/manifests/v1', ['repository:mover/old:pull']);
  expect({ status: old.status, digest: old.headers.get('docker-content-digest'), warning: old.headers.get('warning') }).toEqual({
    status: 200,
    digest,
    warning: '299 - "mover/old is called mover/new now: pull it by that name"',
  });
  expect((await owner.api('POST', '/repositories/mover/new/-/rename', { to: 'stranger/new' })).status).toBe(403);
  expect((await owner.api('POST', '/repositories/mover/new/-/rename', { to: 'Not A Name' })).status).toBe(400);
  await pushImage(owner, 'mover/old', 'v2');
  expect(await pullStatus(owner, 'mover/old', 'v1')).toBe(404);
});

test('a private one that was renamed tells nobody where it is: not by an answer, nor in a token', async () => {
  const owner = await world.person('discreet');
  const outsider = await world.person('curious');
  const { digest } = await pushImage(owner, 'discreet/before', 'v1');
  await owner.api('PATCH', '/repositories/discreet/before', { visibility: 'private' });
  expect((await owner.api('POST', '/repositories/discreet/before/-/rename', { to: 'discreet/hidden-name' })).status).toBe(200);
  for (const person of [anonymous, outsider]) {
    for (const path of ['manifests/v1', `manifests/${digest}`, 'tags/list']) {
      const [moved, never] = await Promise.all(
        ['discreet/before', 'discreet/nothing'].map(async (name) => {
          const response = await person.v2('GET', `${name}/${path}`, [`repository:${name}:pull`]);
          return `${response.status} ${response.headers.get('www-authenticate')} ${await response.text()}`.replaceAll(name, 'NAME');
        }),
      );
      expect(moved).toBe(never as string);
    }
    const [moved, never] = await Promise.all(
      ['discreet/before', 'discreet/nothing'].map(async (name) => {
        const [, claims = ''] = (await person.token(`repository:${name}:pull`)).split('.');
        return JSON.stringify((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { access: unknown }).access).replaceAll(name, 'NAME');
      }),
    );
    expect(moved).toBe(never as string);
    expect((await fetch(`${server.url}/v2/discreet/before/manifests/v1`)).text()).resolves.not.toContain('hidden-name');
  }
  expect(await pullStatus(owner, 'discreet/before', 'v1')).toBe(200);
});

test('deleted by whoever may manage and delete it; then its name and its account are free', async () => {
  const owner = await world.person('leaver');
  const maintainer = await world.person('maintainer');
  await pushImage(owner, 'leaver/app', 'v1');
  const grant = await owner.api('POST', '/namespaces/leaver/grants', {
    subject: { kind: 'user', name: 'maintainer' },
    actions: ['pull', 'push', 'manage'],
    repositories: 'leaver/app',
  });
  expect(grant.status).toBe(201);
  for (const person of [anonymous, maintainer]) {
    expect((await person.api('DELETE', '/repositories/leaver/app')).status).toBeGreaterThanOrEqual(401);
    expect(await pullStatus(owner, 'leaver/app', 'v1')).toBe(200);
  }
  expect((await admin.api('DELETE', '/users/leaver')).body).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
  expect((await owner.api('DELETE', '/repositories/leaver/app')).status).toBe(204);
  expect(await pullStatus(owner, 'leaver/app', 'v1')).toBe(404);
  expect((await owner.api('DELETE', '/repositories/leaver/app')).status).toBe(404);
  expect((await owner.api('GET', '/namespaces/leaver/grants')).body).toMatchObject({ items: [] });
  const { body } = await admin.api('GET', '/audit?action=repository.deleted');
  expect(body).toMatchObject({ items: [{ actor: 'leaver', repository: 'leaver/app' }] });
  expect((await admin.api('DELETE', '/users/leaver')).status).toBe(204);
});
