/** end-1: is this a registry? And what is answered where there is no endpoint. */
import { afterAll, expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { exchange } from './support/exchange.ts';
import { errorOf, textOf } from './support/repository.ts';

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

for (const path of ['/v2/', '/v2']) {
  test(`end-1 ${path} says that this is a registry`, async () => {
    const answer = await exchange(host, 'GET', path);
    expect({
      status: answer.status,
      body: textOf(answer),
      type: answer.headers['content-type'],
      version: answer.headers['docker-distribution-api-version'],
    }).toEqual({
      status: 200,
      body: '{}',
      type: 'application/json',
      version: 'registry/2.0',
    });
  });
}

test('an address that is no endpoint', async () => {
  for (const path of ['/v2/a/b', '/v2/a/tags/else', '/v2/a/manifests', '/v1/else', '/v2/_else']) {
    const answer = await exchange(host, 'GET', path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(errorOf(answer).code).toMatch(/^[A-Z_]+$/);
  }
});

test('a method that an endpoint does not have', async () => {
  const answer = await exchange(host, 'POST', '/v2/a/tags/list');
  expect(errorOf(answer)).toEqual({ status: 405, code: 'UNSUPPORTED', message: 'the operation is unsupported' });
  expect(answer.headers['allow']).toContain('GET');
});

test('every answer of /v2 carries the version header, errors too', async () => {
  for (const path of ['/v2/a/b/manifests/absent', '/v2/A/manifests/x', '/v2/_catalog']) {
    expect((await exchange(host, 'GET', path)).headers['docker-distribution-api-version']).toBe('registry/2.0');
  }
});
