/** What a page of somebody else's can do to a registry without a log-in, in a browser on the same computer: nothing. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { exchange } from '../spec/support/exchange.ts';
import { startServer } from '../support/server.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const digest = `sha256:${createHash('sha256').update('x').digest('hex')}`;
const push = `/v2/attacked/blobs/uploads/?digest=${digest}`;

const messageOf = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body)); // an error's body, compared whole

test('a request that needs no leave (CSRF) pushes nothing', async () => {
  const headers = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site', 'accept-language': 'en', 'content-type': 'text/plain' };
  const refused = await exchange(host, 'POST', push, { headers, body: 'x' });
  expect([refused.status, messageOf(refused.body)]).toEqual([
    403,
    { errors: [{ code: 'DENIED', message: 'this registry has no log-in, so pages of other sites may change nothing in it' }] },
  ]);
  expect((await exchange(host, 'HEAD', `/v2/attacked/blobs/${digest}`)).status).toBe(404);
});

test('a name that was pointed here (DNS rebinding) shows and changes nothing', async () => {
  expect((await exchange(host, 'POST', push, { body: 'x' })).status).toBe(201);
  const headers = { host: 'evil.example:5000', 'accept-language': 'en' };
  for (const target of ['/', '/metrics', '/v2/', '/v2/_catalog', `/v2/attacked/blobs/${digest}`])
    expect((await exchange(host, 'GET', target, { headers })).status).toBe(403);
  const origin = { ...headers, origin: 'http://evil.example:5000' };
  expect((await exchange(host, 'DELETE', `/v2/attacked/blobs/${digest}`, { headers: origin })).status).toBe(403);
  expect((await exchange(host, 'HEAD', `/v2/attacked/blobs/${digest}`)).status).toBe(200);
});

test('whoever opens the address in a browser is welcome', async () => {
  const welcome = await exchange(host, 'GET', '/', { headers: { 'accept-language': 'ko', 'sec-fetch-site': 'none' } });
  expect(welcome.status).toBe(200);
});
