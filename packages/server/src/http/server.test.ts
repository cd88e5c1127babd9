import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '@naru/oci/registry-error';
import type { LogFields } from '../runtime/log.ts';
import { silentLog } from '../runtime/log.ts';
import { type Reply, reply } from './reply.ts';
import { readBody, type HttpRequest } from './request.ts';
import { type HttpServer, startHttpServer } from './server.ts';

let folder: string;
let server: HttpServer;
let answer: (request: HttpRequest) => Promise<Reply>;
let logged: (LogFields | undefined)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naru-http-'));
  logged = [];
  const log = { ...silentLog, error: (_: string, fields?: LogFields) => void logged.push(fields) };
  server = startHttpServer({ listen: { host: '127.0.0.1', port: 0 }, router: (request) => answer(request), log });
});

afterEach(async () => {
  await server.drain(0);
  rmSync(folder, { recursive: true });
});

const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`, init);

describe('answers', () => {
  test('a file, whole and in part, and its length for HEAD', async () => {
    const path = join(folder, 'blob');
    writeFileSync(path, '0123456789');
    answer = async ({ path: asked }) =>
      asked === '/part'
        ? reply(206, {}, { kind: 'file', path, fileBytes: 10, range: { offset: 3, length: 4 } })
        : reply(200, {}, { kind: 'file', path, fileBytes: 10, range: { offset: 0, length: 10 } });
    expect(await (await ask('/whole')).text()).toBe('0123456789');
    const part = await ask('/part');
    expect([part.status, part.headers.get('content-length'), await part.text()]).toEqual([206, '4', '3456']);
    const head = await ask('/whole', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  test('a stream with its length, and a redirect', async () => {
    answer = async ({ path }) =>
      path === '/away'
        ? reply(200, {}, { kind: 'redirect', url: 'http://elsewhere.example/blob' })
        : reply(200, {}, { kind: 'stream', range: { offset: 0, length: 3 }, stream: () => new Blob(['abc']).stream() });
    expect(await (await ask('/stream')).text()).toBe('abc');
    const away = await ask('/away', { redirect: 'manual' });
    expect([away.status, away.headers.get('location')]).toEqual([307, 'http://elsewhere.example/blob']);
  });

  test('every answer carries the id of its request, the caller’s own if it is fit to print', async () => {
    answer = async ({ id }) => reply(200, {}, id);
    const named = await ask('/', { headers: { 'x-request-id': 'build-4711' } });
    expect([named.headers.get('x-request-id'), await named.text()]).toEqual(['build-4711', 'build-4711']);
    const unfit = await ask('/', { headers: { 'x-request-id': 'a"b\u00e9' } });
    expect(unfit.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('requests', () => {
  test('paths are decoded once, after dots were resolved', async () => {
    answer = async ({ path, query }) => reply(200, {}, JSON.stringify([path, [...query]]));
    expect(await (await ask('/v2/a%2Fb/manifests/sha256%3Aab?tag=x%20y&tag=z')).json()).toEqual([
      '/v2/a/b/manifests/sha256:ab',
      [
        ['tag', 'x y'],
        ['tag', 'z'],
      ],
    ]);
    expect((await ask('/v2/%ff/tags/list')).status).toBe(400);
  });

  test('a body is read up to its limit', async () => {
    answer = async (request) => reply(200, {}, String((await readBody(request, 5))?.length));
    expect(await (await ask('/', { method: 'PUT', body: '12345' })).text()).toBe('5');
    expect(await (await ask('/', { method: 'PUT', body: '123456' })).text()).toBe('undefined');
  });

  test('a body of many chunks is whole, though their memory goes back one by one', async () => {
    const sent = Buffer.alloc(3 * 2 ** 20).map((_, index) => index % 251);
    let [chunks, givenBack] = [0, 0];
    answer = async (request) => {
      if (request.path === '/whole') return reply(200, {}, (await readBody(request, sent.length)) ?? 'too long');
      let before: Uint8Array | undefined;
      for await (const chunk of request.body) {
        chunks += 1;
        if (before?.byteLength === 0) givenBack += 1;
        before = chunk;
      }
      return reply(204);
    };
    const back = await ask('/whole', { method: 'POST', body: sent });
    expect(Buffer.compare(Buffer.from(await back.arrayBuffer()), sent)).toBe(0);
    await ask('/chunks', { method: 'POST', body: sent });
    expect(chunks).toBeGreaterThan(2);
    expect(givenBack).toBeGreaterThan(chunks / 2); // not a view of a part
  });

  test('a client that goes away in the middle of its body', async () => {
    const { promise: seen, resolve } = Promise.withResolvers<unknown>();
    answer = async (request) => {
      await readBody(request, 100).catch(resolve);
      return reply(200);
    };
    const socket = connect(server.port, '127.0.0.1');
    socket.end('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nshort');
    expect(await seen).toMatchObject({ code: 'BODY_ABORTED' });
  });
});

describe('errors', () => {
  test('what a client did wrong is told', async () => {
    answer = () => Promise.reject(new RegistryError('MANIFEST_UNKNOWN', { detail: { tag: 'v9' } }));
    const response = await ask('/');
    expect([response.status, await response.json()]).toEqual([
      404,
      { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: { tag: 'v9' } }] },
    ]);
    expect(logged).toEqual([]);
  });

  test('a defect of ours is logged once and not told', async () => {
    answer = () => Promise.reject(new Error('secret path /var/lib/x'));
    const response = await ask('/', { headers: { 'x-request-id': 'request-1' } });
    expect([response.status, await response.json()]).toEqual([
      500,
      { errors: [{ code: 'UNKNOWN', message: 'internal error', detail: { requestId: 'request-1' } }] },
    ]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ requestId: 'request-1' });
  });
});
