import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { lost, streamOf } from '../../../../test/support/client/scripted-transport.ts';
import { RemoteError } from '../remote/remote-error.ts';
import type { TransportRequest } from '../remote/transport.ts';
import { createFetchTransport } from './fetch-transport.ts';

const transport = createFetchTransport({ settingsFor: () => Promise.resolve({ tls: { verify: true } }) });

/** Answers by the path it is asked for, in raw bytes. */
const answers: Readonly<Record<string, string>> = {
  '/short': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort',
  '/cut': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  '/long': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef',
  '/packed': 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc',
  '/redirect': 'HTTP/1.1 307 Temporary Redirect\r\nLocation: /short\r\nContent-Length: 0\r\n\r\n',
  '/garbage': 'no HTTP at all\r\n\r\n',
  '/header': `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\nContent-Length: 0\r\n\r\n`,
};

let server: Server;
let port = 0;
const sockets = new Set<Socket>();
beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (head) => {
      const answer = answers[/ (\/\S*)/.exec(head.toString())?.[1] ?? ''];
      if (answer !== undefined) socket.end(answer); // to any other path nobody answers
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

async function ask(path: string, options: Partial<TransportRequest> = {}): Promise<unknown> {
  try {
    const { status, headers, body } = await transport.send({
      method: 'GET',
      url: new URL(`http://127.0.0.1:${port}${path}`),
      headers: {},
      silenceMs: 5000,
      ...options,
    });
    return { status, location: headers.get('location'), body: await new Response(body).text() };
  } catch (error) {
    return error instanceof RemoteError ? { kind: error.kind, retryable: error.retryable } : error;
  }
}

describe('one exchange', () => {
  test.each([
    ['/short', { kind: 'network', retryable: true }],
    ['/cut', { kind: 'network', retryable: true }],
    ['/long', { status: 200, location: null, body: 'abc' }],
    ['/packed', { status: 200, location: null, body: 'abc' }],
    ['/redirect', { status: 307, location: '/short', body: '' }],
    ['/garbage', { kind: 'broken-answer', retryable: false }],
    ['/header', { kind: 'broken-answer', retryable: false }],
    ['/silence', { kind: 'network', retryable: true }],
  ] as const)('%s', async (path, expected) => {
    expect(await ask(path, path === '/silence' ? { silenceMs: 20 } : {})).toEqual(expected);
  });

  test('nobody there', async () => {
    expect(await ask('/', { url: new URL('http://127.0.0.1:1/') })).toEqual({ kind: 'unreachable', retryable: true });
  });

  test('the caller gives up for its own reason', async () => {
    const reason = new Error('enough');
    expect(await ask('/silence', { signal: AbortSignal.abort(reason) })).toBe(reason);
    const stop = new AbortController();
    const asked = ask('/silence', { signal: stop.signal });
    stop.abort(reason);
    expect(await asked).toBe(reason);
  });

  test('what goes wrong with the body that is sent is what is told', async () => {
    const own = new RemoteError('wrong-content', 'other bytes');
    expect(await ask('/upload', { method: 'PUT', body: streamOf(['abc', own]), headers: { 'content-length': '100' } })).toEqual({
      kind: 'wrong-content',
      retryable: false,
    });
    expect(await ask('/upload', { method: 'PUT', body: streamOf(['abc', lost()]) })).toEqual({ kind: 'network', retryable: true });
  });
});
