/** What the profile decides, and the first administrator. */
import { expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { password, startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

test('profile private: nobody pulls without an account, and what is pushed is private', async () => {
  await using closed = await startWorld({ profile: 'private' });
  const kim = await closed.person('kim');
  await closed.person('lee');
  await pushImage(kim, 'kim/app', 'v1');
  expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({ name: 'kim/app', visibility: 'private' });
  await kim.api('PATCH', '/repositories/kim/app', { visibility: 'public' });
  expect(await pullStatus(closed.anonymous, 'kim/app', 'v1')).toBe(403);
  expect(await pullStatus(closed.as('lee', password), 'kim/app', 'v1')).toBe(200);
  const signUp = await fetch(`${closed.server.url}/api/v1/sign-up`, {
    method: 'POST',
    body: JSON.stringify({ name: 'me-too', email: 'm@example.org', password }),
  });
  expect(signUp.status).toBe(403);
});

test('the first administrator is printed once, with a password that works, and survives a restart', async () => {
  const server = await startServer({ flags: ['--profile', 'private'] });
  const [, name = '', made = ''] = /Administrator (\S+), password (\S+)/.exec(server.output.stdout) ?? [];
  const basic = `Basic ${Buffer.from(`${name}:${made}`).toString('base64')}`;
  expect((await fetch(`${server.url}/token`, { headers: { authorization: basic } })).status).toBe(200);
  expect(server.output.stderr).not.toContain(made);
  await server.kill();
  await using again = await startServer({ data: server.data, flags: ['--profile', 'private'] });
  expect(again.output.stdout).not.toContain('Administrator');
  expect((await fetch(`${again.url}/token`, { headers: { authorization: basic } })).status).toBe(200);
  await server[Symbol.asyncDispose]();
});

test('metrics are open to this computer, and not to whom a proxy beside the server speaks for', async () => {
  const status = async (url: string, headers: Record<string, string> = {}) => (await fetch(`${url}/metrics`, { headers })).status;
  await using local = await startServer();
  expect([await status(local.url), await status(local.url, { 'x-forwarded-for': '203.0.113.7' })]).toEqual([200, 200]);
  await using hub = await startWorld();
  expect([await status(hub.server.url), await status(hub.server.url, { 'x-forwarded-for': '127.0.0.1' })]).toEqual([200, 401]);
  expect(await status(hub.server.url, { via: '1.1 proxy', authorization: hub.admin.basic })).toBe(200);
  await using behind = await startWorld({ flags: ['--http-trusted-proxies', '127.0.0.1', '--metrics-networks', '10.0.0.0/8'] });
  const from = (address: string) => status(behind.server.url, { 'x-forwarded-for': address, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'r.example' });
  expect([await from('10.1.2.3'), await from('203.0.113.7')]).toEqual([200, 401]);
});
