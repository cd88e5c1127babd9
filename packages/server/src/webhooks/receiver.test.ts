/** Receivers that mean no good, over real sockets. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { post } from './post.ts';
import { httpReceiver, type Sent } from './receiver.ts';

setDefaultTimeout(30_000);

const clock = { now: () => 1_700_000_000_000 };
const never = new AbortController().signal;

async function sendTo(url: string, timeoutMs = 5000): Promise<Sent> {
  const receiver = httpReceiver({ clock, userAgent: 'naru/test', timeoutMs });
  return receiver.send(
    { url, secret: 'whsec_c2VjcmV0', allowPrivateAddress: true },
    { id: 'evt_1', contentType: 'application/json', body: '{"a":"ä"}' },
    never,
  );
}

async function answeredBy(answer: RequestListener, timeoutMs?: number): Promise<Sent> {
  const server = createHttpServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await sendTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=z`, timeoutMs);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function answeredRaw(answer: (socket: Socket) => void, timeoutMs?: number): Promise<Sent> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await sendTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, timeoutMs);
  } finally {
    server.close();
  }
}

test('is told the whole message, with the name it was given', async () => {
  let seen: unknown;
  const sent = await answeredBy((request, response) => {
    const { host, connection: _connection, ...headers } = request.headers;
    request.on('data', (chunk: Uint8Array) => (seen = [request.method, request.url, host?.split(':')[0], headers, Buffer.from(chunk).toString()]));
    request.on('end', () => response.writeHead(202, { 'x-a': 'b' }).end('thanks'));
  });
  expect(sent).toMatchObject({ outcome: 'delivered', exchange: { status: 202, responseBody: 'thanks' } });
  expect(sent.exchange.responseHeaders?.['x-a']).toBe('b');
  expect(seen).toMatchObject([
    'POST',
    '/x?y=z',
    '127.0.0.1',
    { 'content-length': '10', 'webhook-id': 'evt_1', 'webhook-timestamp': '1700000000' },
    '{"a":"ä"}',
  ]);
});

test('one that hangs is given up in time, before and behind its first byte', async () => {
  for (const begin of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab']) {
    expect(await answeredRaw((socket) => void socket.write(begin), 200)).toMatchObject({
      outcome: 'failed',
      exchange: { error: 'no whole answer within 200 ms' },
    });
  }
});

test('one that closes early has not got it', async () => {
  for (const begin of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab']) {
    const sent = await answeredRaw((socket) => socket.end(begin));
    expect([begin, sent.outcome, typeof sent.exchange.error]).toEqual([begin, 'failed', 'string']);
  }
});

test('one that answers gigabytes is read for its first bytes', async () => {
  let written = 0;
  const sent = await answeredBy((_, response) => {
    const flood = (): void => {
      while (!response.destroyed && written < 2 ** 31) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536, 'x'))) return void response.once('drain', flood);
      }
    };
    flood();
  });
  expect([sent.outcome, sent.exchange.responseBody?.length]).toEqual(['delivered', 2048]);
  expect(written).toBeLessThan(64 * 2 ** 20);
});

test('a name is looked up once: where it points a moment later is of no use to anybody', async () => {
  const asked: (string | undefined)[] = [];
  const meant = createHttpServer(({ headers }, response) => {
    asked.push(headers.host);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(meant, 'listening');
  const { port } = meant.address() as AddressInfo;
  // The resolver says localhost, and elsewhere: the connection goes to what was looked at, and nowhere else.
  for (const host of ['rebound.invalid', 'localhost']) {
    const [family, address] = [4, '127.0.0.1'] as const;
    const answer = await post({ url: new URL(`http://${host}:${port}/`), addresses: [{ family, address }], headers: {}, body: '{}' }, never);
    expect(answer.status).toBe(200);
  }
  const elsewhere = await post(
    { url: new URL(`http://localhost:${port}/`), addresses: [{ family: 4, address: '127.0.0.9' }], headers: {}, body: '' },
    never,
  ).then(
    () => 'reached',
    () => 'refused',
  );
  meant.close();
  expect([asked, elsewhere]).toEqual([[`rebound.invalid:${port}`, `localhost:${port}`], 'refused']);
});

test('redirects are not followed', async () => {
  let inward = 0;
  const inside = createHttpServer((_, response) => void (inward++, response.end())).listen(0, '127.0.0.1');
  await once(inside, 'listening');
  const location = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`;
  for (const status of [301, 302, 307, 308]) {
    const sent = await answeredBy((_, response) => response.writeHead(status, { location }).end());
    expect(sent).toMatchObject({ outcome: 'failed', exchange: { status } });
  }
  expect(inward).toBe(0);
  inside.close();
});

test('what it says of the next try counts, and 410 is for good', async () => {
  const after = async (text: string) => (await answeredBy((_, response) => response.writeHead(503, { 'retry-after': text }).end())).retryAfterMs;
  expect([await after('120'), await after(new Date(clock.now() + 60_000).toUTCString()), await after('soon')]).toEqual([120_000, 60_000, undefined]);
  expect((await answeredBy((_, response) => response.writeHead(410).end())).outcome).toBe('gone');
});

test('nobody there, and no such name', async () => {
  expect(await sendTo('http://127.0.0.1:1/')).toMatchObject({ outcome: 'failed', exchange: { error: expect.any(String) as unknown } });
  expect(await sendTo('http://receiver.invalid/')).toMatchObject({ outcome: 'failed', exchange: { error: expect.any(String) as unknown } });
});
