/** Members, teams, invitations, and grants with conditions. */
import { afterAll, expect, test } from 'bun:test';
import { makeImage } from '../support/image.ts';
import { type Person, password, startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server, admin, anonymous } = world;

test('members read, a team writes what its grant names, outsiders do nothing', async () => {
  const [owner, member, coder, outsider] = await Promise.all(['boss', 'member', 'coder', 'passer-by'].map((name) => world.person(name)));
  if (!owner || !member || !coder || !outsider) throw new Error('people are missing');
  expect((await owner.api('POST', '/organisations', { name: 'diamol' })).status).toBe(201);
  for (const name of ['member', 'coder']) await join(owner, world.as(name, password), 'diamol');
  await owner.api('POST', '/organisations/diamol/teams', { name: 'dev' });
  expect((await owner.api('PUT', '/organisations/diamol/teams/dev/members/passer-by')).status).toBe(404);
  expect((await owner.api('PUT', '/organisations/diamol/teams/dev/members/coder')).status).toBe(204);
  const grant = await owner.api('POST', '/namespaces/diamol/grants', {
    subject: { kind: 'team', name: 'dev' },
    role: 'write',
    repositories: 'diamol/golang',
  });
  expect(grant.status).toBe(201);
  expect((await owner.api('PATCH', '/namespaces/diamol', { visibility: 'private' })).status).toBe(200);

  expect((await pushImage(coder, 'diamol/golang', 'latest')).status).toBe(201);
  expect((await coder.api('GET', '/repositories/diamol/golang')).body).toMatchObject({ name: 'diamol/golang', visibility: 'private' });
  expect((await pushImage(coder, 'diamol/secret', 'latest')).status).toBe(403);
  expect(await pullStatus(member, 'diamol/golang', 'latest')).toBe(200);
  expect((await pushImage(member, 'diamol/golang', 'v2')).status).toBe(403);
  expect(await pullStatus(outsider, 'diamol/golang', 'latest')).toBe(403);

  // A grant that is taken back is void with the next request, tokens that are out included.
  const token = await coder.token('repository:diamol/golang:pull,push');
  const push = () => fetch(`${server.url}/v2/diamol/golang/blobs/uploads/`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect((await push()).status).toBe(202);
  await owner.api('DELETE', `/namespaces/diamol/grants/${String(grant.body['id'])}`);
  expect((await push()).status).toBe(403);
  expect((await owner.api('DELETE', '/organisations/diamol/members/boss')).status).toBe(409);
  expect((await outsider.api('GET', '/organisations/diamol/members')).status).toBe(403);
});

test('an invitation is for the owner of the address, and good once', async () => {
  const owner = await world.person('host');
  const guest = await world.person('guest');
  const thief = await world.person('thief');
  await owner.api('POST', '/organisations', { name: 'club' });
  const { secret } = (await owner.api('POST', '/organisations/club/invitations', { email: 'guest@example.org' })).body;
  expect((await thief.api('POST', '/invitations/accept', { secret })).status).toBe(403);
  expect((await guest.api('POST', '/invitations/accept', { secret: 'made up' })).status).toBe(403);
  expect(await guest.api('POST', '/invitations/accept', { secret })).toEqual({ status: 200, body: { organisation: 'club' } });
  expect((await guest.api('POST', '/invitations/accept', { secret })).status).toBe(403);
  expect((await owner.api('PUT', '/organisations/club/members/thief', { role: 'member' })).status).toBe(403);
});

test('a namespace that is there for some networks only is there for nobody else', async () => {
  const owner = await world.person('walled');
  await pushImage(owner, 'walled/app', 'v1');
  expect((await admin.api('PATCH', '/namespaces/walled', { networks: ['10.0.0.0/8'] })).status).toBe(200);
  expect(await pullStatus(owner, 'walled/app', 'v1')).toBe(403);
  expect(await pullStatus(anonymous, 'walled/app', 'v1')).toBe(403);
  expect((await admin.api('PATCH', '/namespaces/walled', { networks: ['not one'] })).status).toBe(400);
  expect((await admin.api('PATCH', '/namespaces/walled', { networks: ['127.0.0.0/8', '::1'] })).status).toBe(200);
  expect(await pullStatus(owner, 'walled/app', 'v1')).toBe(200);
});

test('a grant for some tags moves those and no others', async () => {
  const owner = await world.person('tagger');
  const ci = await world.person('builder');
  await pushImage(owner, 'tagger/app', 'latest');
  const conditions = { tags: ['dev-*'] };
  const body = { subject: { kind: 'user', name: 'builder' }, actions: ['pull', 'push', 'tag:move', 'delete'], conditions };
  expect((await owner.api('POST', '/namespaces/tagger/grants', body)).status).toBe(201);
  expect((await pushImage(ci, 'tagger/app', 'dev-1')).status).toBe(201);
  expect((await pushImage(ci, 'tagger/app', 'latest')).status).toBe(403);
  const { manifest } = makeImage({ seed: 'tagger/app:dev-1', layers: 1 });
  const put = (query: string) =>
    ci.v2('PUT', `tagger/app/manifests/${manifest.digest}${query}`, ['repository:tagger/app:pull,push'], { body: manifest.bytes, type: manifest.mediaType });
  expect((await put('?tag=dev-2')).status).toBe(201);
  expect((await put('?tag=dev-3&tag=latest')).status).toBe(403);
  const remove = (reference: string) => ci.v2('DELETE', `tagger/app/manifests/${reference}`, ['repository:tagger/app:pull,delete']);
  expect((await remove('latest')).status).toBe(403);
  expect((await remove(manifest.digest)).status).toBe(403);
  expect((await remove('dev-2')).status).toBe(202);
});

/** Invited and accepted. */
async function join(owner: Person, person: Person, organisation: string): Promise<void> {
  const { secret } = (await owner.api('POST', `/organisations/${organisation}/invitations`, { email: `${person.name}@example.org` })).body;
  const { status } = await person.api('POST', '/invitations/accept', { secret });
  if (status !== 200) throw new Error(`${person.name} could not join: ${status}`);
}
