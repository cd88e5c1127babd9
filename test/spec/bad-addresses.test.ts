/**
 * Names and paths that try to get out, or to break the reader of requests. Raw bytes, because every
 * proper client would tidy them first. Each is refused, nothing appears, and the server goes on.
 */
import { afterAll, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { startServer } from '../support/server.ts';
import { digestOf, emptyJson, newBlob, newImage } from './support/content.ts';
import { exchange, openConnection } from './support/exchange.ts';
import { errorOf, expectStatus, jsonOf, newRepository } from './support/repository.ts';

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const invalidName = { status: 400, code: 'NAME_INVALID', message: 'invalid repository name' };

for (const name of [
  'UPPER',
  'a/Upper',
  'a..b',
  'a/.hidden',
  'a/b.',
  '-a',
  'a-',
  'a___b',
  '_a',
  'a//b',
  'a b',
  'a%20b',
  'a%00b',
  'a%0ab',
  'a:b',
  'a@b',
  'a%5c..%5cb',
  '%ED%95%9C',
  'a'.repeat(256),
  `${'a/'.repeat(128)}a`,
]) {
  test(`no repository is called ${name.length > 40 ? `${name.slice(0, 10)}… (${name.length})` : name}`, async () => {
    const target = `/v2/${name.replaceAll(' ', '%20')}`;
    const digest = digestOf(newBlob());
    for (const [method, path] of [
      ['GET', '/tags/list'],
      ['GET', '/manifests/latest'],
      ['GET', `/blobs/${digest}`],
      ['POST', '/blobs/uploads/'],
      ['DELETE', '/manifests/latest'],
      ['GET', `/referrers/${digest}`],
    ] as const) {
      expect([method, path, errorOf(await exchange(host, method, target + path))]).toEqual([method, path, invalidName]);
    }
    expect(errorOf(await exchange(host, 'PUT', `${target}/manifests/x`, { body: newImage().bytes }))).toEqual(invalidName);
  });
}

test('the longest name there is', async () => {
  const name = 'a'.repeat(255);
  expectStatus(202, await exchange(host, 'POST', `/v2/${name}/blobs/uploads/`));
});

test('paths that climb reach nothing', async () => {
  const before = await readdir(dirname(server.data));
  for (const path of [
    '/v2/../../etc/passwd',
    '/v2/%2e%2e/%2e%2e/etc/passwd',
    '/v2/..%2f..%2fetc%2fpasswd/manifests/x',
    '/v2/a/blobs/..%2f..%2f..%2fetc%2fpasswd',
    '/v2/a/blobs/sha256:..%2f..%2fetc',
    '/v2/a/manifests/..%2f..%2fx',
    '/v2/a/blobs/uploads/..%2f..%2fx',
    '/v2/%252e%252e/manifests/x',
    '//v2//a/manifests/x',
    '/v2/a/manifests/%',
    '/v2/a/manifests/%zz',
    '/v2/a/manifests/%ff%fe',
    '/%00',
  ]) {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const { status } = await exchange(host, method, path, method === 'GET' ? {} : { body: 'x' });
      expect([method, path, status >= 400 && status < 500]).toEqual([method, path, true]);
    }
  }
  expect((await readdir(dirname(server.data))).filter((name) => !before.includes(name) && !name.startsWith('naru'))).toEqual([]);
  expect(jsonOf(await exchange(host, 'GET', '/v2/_catalog'))).toEqual({ repositories: [] });
});

test('bytes that are no request', async () => {
  for (const bytes of [
    'GET\r\n\r\n',
    'nonsense nonsense nonsense\r\n\r\n',
    'GET /v2/ HTTP/9.9\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    '\r\n\r\n\r\n\r\n',
  ]) {
    await using connection = await openConnection(host);
    connection.write(bytes);
    connection.cut();
  }
  expect((await exchange(host, 'GET', '/v2/')).status).toBe(200);
});

test('headers and addresses without end are refused, not gathered', async () => {
  const long = 'a'.repeat(1_000_000);
  for (const attempt of [exchange(host, 'GET', `/v2/${long}/tags/list`), exchange(host, 'GET', '/v2/', { headers: { 'x-long': long } })]) {
    // An answer that says so, or a closed connection: both are a refusal.
    const status = await attempt.then((answer) => answer.status).catch(() => 0);
    expect([0, 400, 414, 431]).toContain(status);
  }
  expect((await exchange(host, 'GET', '/v2/')).status).toBe(200);
});

test('lengths that lie: what follows a body is no part of it', async () => {
  const repository = newRepository(host);
  const [sent, extra] = [newBlob(100), Buffer.from('GET /v2/smuggled/tags/list HTTP/1.1\r\nhost: x\r\n\r\n')];
  const digest = digestOf(sent);
  await using connection = await openConnection(host);
  connection.write(`POST /v2/${repository.name}/blobs/uploads/?digest=${digest} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 100\r\n\r\n`);
  connection.write(Buffer.concat([sent, extra]));
  // The runtime may close a connection on which a second request comes before the first is answered.
  const status = await connection
    .readAnswer('POST')
    .then((answer) => answer.status)
    .catch(() => 'closed');
  expect([201, 'closed']).toContain(status);
  const stored = await repository.send('GET', `/blobs/${digest}`);
  if (status === 201 || stored.status === 200) expect(stored.body).toEqual(Buffer.from(sent));
  expect((await repository.send('HEAD', `/blobs/${digestOf(Buffer.concat([sent, extra]))}`)).status).toBe(404);
});

test('two lengths in one request, or a length that is none, are refused and nothing is stored', async () => {
  const repository = newRepository(host);
  const digest = digestOf('hello');
  for (const lengths of [
    'content-length: 5\r\ncontent-length: 6\r\n',
    'content-length: 5\r\ntransfer-encoding: chunked\r\n',
    'content-length: -5\r\n',
    'content-length: x\r\n',
    'transfer-encoding: else\r\n',
  ]) {
    await using connection = await openConnection(host);
    connection.write(`POST /v2/${repository.name}/blobs/uploads/?digest=${digest} HTTP/1.1\r\nhost: ${host}\r\n${lengths}\r\nhello`);
    const status = await connection
      .readAnswer('POST')
      .then((answer) => answer.status)
      .catch(() => 0);
    expect([lengths, status]).not.toEqual([lengths, 201]);
    expect(status).toBeLessThan(500);
    connection.cut();
  }
  expect((await repository.send('HEAD', `/blobs/${digest}`)).status).toBe(404);
});

test('after all of it, a push works', async () => {
  const repository = newRepository(host);
  await repository.pushBlob(emptyJson);
  await repository.push(newImage(), 'latest');
  expect(await repository.listTags()).toEqual({ name: repository.name, tags: ['latest'] });
});
