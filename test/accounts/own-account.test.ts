/** What people do with their own account: what they are called, what is logged in, and its end. */
import { afterAll, expect, test } from 'bun:test';
import { password, startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { server } = world;

const signIn = async (name: string): Promise<string> => {
  const answer = await fetch(`${server.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ name, password }) });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
};
const whoIs = async (headers: Record<string, string>) => {
  const answer = await fetch(`${server.url}/api/v1/user`, { headers });
  return answer.status === 200 ? ((await answer.json()) as { name: string }).name : answer.status;
};

test('the profile: a name for people and a language, and nothing else of the account', async () => {
  const kim = await world.person('kim');
  expect((await kim.api('PATCH', '/user', { fullName: '  김민  ', language: 'ko' })).body).toMatchObject({ name: 'kim', fullName: '김민', language: 'ko' });
  expect((await kim.api('PATCH', '/user', { administrator: true, email: 'x@example.org' })).body).toMatchObject({
    name: 'kim',
    administrator: false,
    email: 'kim@example.org',
  });
  for (const body of [{ language: 'xx' }, { fullName: 'a\r\nb' }, { fullName: 'a'.repeat(201) }])
    expect((await kim.api('PATCH', '/user', body)).status).toBe(400);
  expect((await kim.api('GET', '/user')).body['user']).toMatchObject({ fullName: '김민', language: 'ko' });
});

test('sessions are listed and ended one by one, and a limited token does none of it', async () => {
  const jun = await world.person('jun');
  const [laptop, phone] = [await signIn('jun'), await signIn('jun')];
  const { items } = (await jun.api('GET', '/user/sessions')).body as { items: { id: string; kind: string }[] };
  expect(items.map(({ kind }) => kind)).toEqual(['session', 'session']);
  for (const { id } of items) {
    expect((await jun.api('DELETE', `/user/sessions/${id}`)).status).toBe(204);
    expect((await jun.api('DELETE', `/user/sessions/${id}`)).status).toBe(404);
  }
  expect([await whoIs({ cookie: laptop }), await whoIs({ cookie: phone })]).toEqual(['anonymous', 'anonymous']);
  const { secret } = (await jun.api('POST', '/user/tokens', { name: 'reads', actions: ['pull'] })).body;
  const limited = world.as('jun', String(secret));
  for (const [method, path] of [
    ['GET', '/user/sessions'],
    ['PATCH', '/user'],
    ['DELETE', '/user'],
  ] as const) {
    expect((await limited.api(method, path, method === 'GET' ? undefined : { password })).status).toBe(403);
  }
});

test('the account goes with its password, and with all that opens it; what it pushed has to go first', async () => {
  const mina = await world.person('mina');
  const lee = await world.person('lee');
  await pushImage(mina, 'mina/app', 'v1');
  await lee.api('POST', '/organisations', { name: 'club' });
  const { secret: invitation } = (await lee.api('POST', '/organisations/club/invitations', { email: 'mina@example.org' })).body;
  await mina.api('POST', '/invitations/accept', { secret: invitation });
  const { secret } = (await mina.api('POST', '/user/tokens', { name: 'laptop' })).body;
  const cookie = await signIn('mina');
  const token = await mina.token('repository:mina/app:pull,push');

  expect((await mina.api('DELETE', '/user', { password: 'wrong' })).status).toBe(403);
  expect((await mina.api('DELETE', '/user', { password })).status).toBe(409);
  expect((await mina.api('DELETE', '/repositories/mina/app')).status).toBe(204);
  expect((await mina.api('DELETE', '/user', { password })).status).toBe(204);

  expect(await whoIs({ cookie })).toBe('anonymous');
  expect(await whoIs({ authorization: `Bearer ${String(secret)}` })).toBe(401);
  const upload = await fetch(`${server.url}/v2/mina/app/blobs/uploads/`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(upload.status).toBe(401);
  expect((await mina.api('GET', '/user')).status).toBe(401);
  const { items } = (await lee.api('GET', '/organisations/club/members')).body as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).toEqual(['lee']);
  // Who is called so later is somebody else.
  const other = await world.person('mina');
  expect((await other.api('GET', '/user/tokens')).body['items']).toEqual([]);
  expect((await other.api('GET', '/organisations/club/members')).status).toBe(403);
  expect(await pullStatus(other, 'mina/app', 'v1')).toBe(404);
});

test('the last administrator, and the last owner of an organisation, stay', async () => {
  expect((await world.admin.api('DELETE', '/user', { password })).status).toBe(409);
  const sole = await world.person('sole');
  await sole.api('POST', '/organisations', { name: 'soles' });
  expect((await sole.api('DELETE', '/user', { password })).status).toBe(409);
  expect((await sole.api('GET', '/user')).status).toBe(200);
});
