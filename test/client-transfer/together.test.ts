/** Several at once on one store, and what that costs. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { makeImage, type Image } from '../support/image.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startLine } from './support/line.ts';

// A busy machine takes its time, and nothing here is about time.
setDefaultTimeout(60_000);

const megabyte = 1_000_000;
let server: TestServer;
let registry: RegistryClient;
let image: Image;

beforeAll(async () => {
  server = await startServer();
  registry = createRegistryClient(server.url);
  image = makeImage({ seed: 'together', layers: 4, bytes: 8 * megabyte });
  await registry.pushImage('a/b', image, 'v1');
});
afterAll(() => server[Symbol.asyncDispose]());

test('pulls of one image share what comes', async () => {
  await using folder = await temporaryFolder('naru-together-');
  await using line = await startLine(server.port);
  const naru = naruOn(join(folder.path, 'store'));
  const results = await Promise.all([1, 2, 3].map(() => naru.run(['pull', '-q', `${line.host}/a/b:v1`])));
  expect(results.map(({ exitCode, stderr, stdout }) => ({ exitCode, stderr, stdout }))).toEqual(
    [1, 2, 3].map(() => ({ exitCode: 0, stderr: '', stdout: `${line.host}/a/b:v1\n` })),
  );
  // Small parts may come twice, when two look at the same moment.
  expect(line.passedBytes()).toBeLessThan(2 * 4 * 8 * megabyte);
  expect(await readdir(join(naru.root, 'ingest'))).toEqual([]);
});

test('who waits for another that is killed goes on itself, where the other stopped', async () => {
  await using folder = await temporaryFolder('naru-together-');
  await using line = await startLine(server.port);
  const naru = naruOn(join(folder.path, 'store'));
  const still = line.standStillAfter(6 * megabyte);
  const first = naru.start(['pull', `${line.host}/a/b:v1`]);
  await still;
  const second = naru.run(['pull', '-q', `127.0.0.1:${server.port}/a/b:v1`]);
  first.kill('SIGKILL');
  await once(first, 'close');
  expect((await second).exitCode).toBe(0);
  expect(await naru.ok(['images', '--digests', '--format', '{{.Digest}}'])).toBe(`${image.manifest.digest}\n`);
});

test('pushes of one image to one place both arrive', async () => {
  await using folder = await temporaryFolder('naru-together-');
  const naru = naruOn(join(folder.path, 'store'));
  const large = makeImage({ seed: 'large together', layers: 1, bytes: 40 * megabyte });
  await registry.pushImage('from', large, 'v1');
  const host = `127.0.0.1:${server.port}`;
  await naru.ok(['pull', '-q', `${host}/from:v1`]);
  // Another host name, so that nothing can be mounted.
  await naru.ok(['tag', `${host}/from:v1`, `localhost:${server.port}/to:v1`]);
  const results = await Promise.all([1, 2].map(() => naru.run(['push', `localhost:${server.port}/to:v1`])));
  expect(results.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual([1, 2].map(() => ({ exitCode: 0, stderr: '' })));
  expect((await registry.pullManifest('to', 'v1'))?.digest).toBe(large.manifest.digest);
});

test('a large image passes through little memory', async () => {
  await using folder = await temporaryFolder('naru-together-');
  const naru = naruOn(join(folder.path, 'store'));
  const large = makeImage({ seed: 'memory', layers: 3, bytes: 60 * megabyte });
  await registry.pushImage('memory', large, 'v1');
  const host = `localhost:${server.port}`;
  expect(await peakBytes(naru.start(['pull', `${host}/memory:v1`]))).toBeLessThan(200 * megabyte);
  await naru.ok(['tag', `${host}/memory:v1`, `127.0.0.1:${server.port}/memory/again:v1`]);
  expect(await peakBytes(naru.start(['push', `127.0.0.1:${server.port}/memory/again:v1`]))).toBeLessThan(200 * megabyte);
  expect((await registry.pullManifest('memory/again', 'v1'))?.digest).toBe(large.manifest.digest);
});

/** Looked at while it runs: the kernel keeps the highest, and forgets it with the process. */
async function peakBytes(child: ReturnType<ReturnType<typeof naruOn>['start']>): Promise<number> {
  const exited = once(child, 'exit');
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    await Promise.race([exited, Bun.sleep(20)]);
  }
  expect(child.exitCode).toBe(0);
  return peak;
}
