/** What counts as healthy, against real sockets; time is the test's. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type HealthCheck, type HealthRules, stayHealthy, waitUntilHealthy } from './health.ts';
import type { Started } from './target.ts';

setDefaultTimeout(20_000);

const never = new AbortController().signal;
const closing: Server[] = [];
afterEach(() => {
  for (const server of closing.splice(0)) server.close();
});

async function listen(server: Server): Promise<Started> {
  closing.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { release: 1, address: { host: '127.0.0.1', port }, whyDead: () => Promise.resolve(undefined) };
}

const answers = (listener: RequestListener) => listen(createHttpServer(listener));

function rules(check: HealthCheck, more: Partial<HealthRules> = {}): HealthRules {
  return { check, timeoutMs: 20_000, everyMs: 1000, successes: 3, ...more };
}

/** Undefined: it is healthy. */
async function wait(started: Started, wanted: HealthRules): Promise<string | undefined> {
  let now = 0;
  const surroundings = { now: () => now, sleep: async (ms: number) => void (now += ms), random: () => 0.5 };
  return waitUntilHealthy(started, wanted, surroundings, never).then(() => undefined, String);
}

async function watch(started: Started, wanted: HealthRules): Promise<string | undefined> {
  let now = 0;
  const surroundings = { now: () => now, sleep: async (ms: number) => void (now += ms), random: () => 0.5 };
  return stayHealthy(started, wanted, 10_000, surroundings, never).then(() => undefined, String);
}

const http = { kind: 'http', path: '/healthz' } as const;

test('by HTTP: any status below 400 at the path, three times in a row', async () => {
  let asked = 0;
  const seen: (string | undefined)[] = [];
  const started = await answers(({ url }, response) => {
    seen.push(url);
    response.writeHead(++asked < 4 ? 503 : 302, { location: 'http://127.0.0.1:1/' }).end();
  });
  expect(await wait(started, rules(http))).toBeUndefined();
  // It takes its time, and no redirect is followed.
  expect(seen).toEqual(Array.from({ length: 6 }, () => '/healthz'));
});

test('one that flaps is not healthy, and says what it said last', async () => {
  let asked = 0;
  const started = await answers((_, response) => void response.writeHead(++asked % 3 === 0 ? 500 : 200).end());
  expect(await wait(started, rules(http))).toMatch(/TargetError: (GET \/healthz answered 500|it did not stay healthy) \(for 20 s\)/);
  expect(asked).toBeGreaterThan(15);
});

test('one that flaps once it serves stays, and one that is gone does not', async () => {
  let asked = 0;
  const started = await answers((_, response) => void response.writeHead(++asked % 2 === 0 ? 500 : 200).end());
  expect(await watch(started, rules(http))).toBeUndefined();
  const gone = await answers((_, response) => void response.writeHead(500).end());
  expect(await watch(gone, rules(http))).toBe('TargetError: after the switch: GET /healthz answered 500');
});

test('by TCP: it takes connections, whatever it says', async () => {
  const mute = createServer((socket: Socket) => void socket.on('error', () => undefined).end());
  const started = await listen(mute);
  expect(await wait(started, rules({ kind: 'tcp' }))).toBeUndefined();
  mute.close();
  expect(await wait(started, rules({ kind: 'tcp' }))).toContain('it does not answer on its port');
  const { address: _nowhere, ...hidden } = started;
  expect(await wait(hidden, rules({ kind: 'tcp' }))).toContain('it has no address to check: publish a port');
});

test('by a command inside: it ends with 0', async () => {
  const codes = [1, 0, 0, 0];
  const run = async () => codes.shift() ?? 7;
  const started = { release: 1, whyDead: () => Promise.resolve(undefined), run };
  const check = { kind: 'command', command: ['/check', '-q'] } as const;
  expect(await wait(started, rules(check))).toBeUndefined();
  expect(await wait(started, rules(check))).toContain('/check -q ended with 7 (for 20 s)');
  const { run: _none, ...without } = started;
  expect(await wait(without, rules(check))).toContain('no command can be run in this target');
});

test('one that has died is not waited for', async () => {
  const started = { release: 1, whyDead: () => Promise.resolve('it ended with exit code 3') };
  expect(await wait(started, rules({ kind: 'none' }, { timeoutMs: Number.POSITIVE_INFINITY }))).toBe('TargetError: it ended with exit code 3');
});

test('one that takes the request and never answers is given up', async () => {
  const started = await answers(() => undefined);
  expect(await wait(started, rules(http, { timeoutMs: 0 }))).toContain('TargetError: GET /healthz was not answered');
});
