/** What was transferred stays transferred: when connections break, and when the process is killed. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { sizeOf } from '../clients/support/folder.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/client/docker-registry.ts';
import { makeImage, type Image } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient, type RegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startLine } from './support/line.ts';

// A busy machine takes its time, and nothing here is about time.
setDefaultTimeout(60_000);

const megabyte = 1_000_000;
/** Of a client: uploads that are longer go in several requests. */
const chunkBytes = 16 * 1024 * 1024;
/** Of one run: answers without content, manifests, configs, and in the store the database. */
const otherBytes = 300_000;

let server: TestServer;
let registry: RegistryClient;
let image: Image;
const layerBytes = 12 * megabyte;
const imageBytes = 3 * layerBytes;

beforeAll(async () => {
  server = await startServer();
  registry = createRegistryClient(server.url);
  image = makeImage({ seed: 'resume', layers: 3, bytes: layerBytes });
  await registry.pushImage('a/b', image, 'v1');
});
afterAll(() => server[Symbol.asyncDispose]());

describe('connections that break anywhere', () => {
  test('a pull goes on behind what has come', async () => {
    await using folder = await temporaryFolder('naru-resume-');
    const lengths = numbers(7, 200_000, 4 * megabyte);
    await using line = await startLine(server.port, lengths);
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', `${line.host}/a/b:v1`]);
    expect(line.cuts()).toBeGreaterThan(3);
    expect(line.passedBytes()).toBeLessThan(2 * imageBytes);
    expect(await naru.ok(['images', '--digests', '--format', '{{.Digest}}'])).toBe(`${image.manifest.digest}\n`);
  });

  test('a push goes on behind what the registry has', async () => {
    await using folder = await temporaryFolder('naru-resume-');
    const naru = naruOn(join(folder.path, 'store'));
    const large = makeImage({ seed: 'large', layers: 1, bytes: 40 * megabyte });
    await registry.pushImage('from/here', large, 'v1');
    await naru.ok(['pull', `127.0.0.1:${server.port}/from/here:v1`]);
    // Shorter than a chunk, so that each one meets a cut however many connections the client opens.
    const lengths = numbers(3, 9 * megabyte, 15 * megabyte);
    await using line = await startLine(server.port, () => (line.cuts() < 5 ? lengths() : Infinity));
    await naru.ok(['tag', `127.0.0.1:${server.port}/from/here:v1`, `${line.host}/to/there:v1`]);
    await naru.ok(['push', `${line.host}/to/there:v1`]);
    expect(line.cuts()).toBeGreaterThan(1);
    expect(line.passedBytes()).toBeLessThan(40 * megabyte + line.cuts() * (chunkBytes + megabyte));
    expect((await registry.pullManifest('to/there', 'v1'))?.digest).toBe(large.manifest.digest);
  });
});

describe('kill -9 and Ctrl-C, again and again', () => {
  test.each(['SIGKILL', 'SIGINT'] as const)('pull, %s', async (signal) => {
    await using folder = await temporaryFolder('naru-resume-');
    await using line = await startLine(server.port);
    const naru = naruOn(join(folder.path, 'store'));
    const steps = numbers(11, 1 * megabyte, 6 * megabyte);
    const kills = 5;
    await mkdir(naru.root);
    for (let kill = 0; kill < kills; kill++) {
      const before = await sizeOf(naru.root);
      const step = steps();
      const still = line.standStillAfter(step);
      const child = naru.start(['pull', `${line.host}/a/b:v1`]);
      const exited = once(child, 'exit');
      await still;
      // What has passed arrives: the client has nothing else to do.
      // Twice, because a file that is just renamed counts as two.
      for (let looks = 0; looks < 2; looks = (await sizeOf(naru.root)) < before + step - otherBytes ? 0 : looks + 1) await Bun.sleep(5);
      child.kill(signal);
      await exited;
      line.flow();
    }
    await naru.ok(['pull', `${line.host}/a/b:v1`]);
    expect(line.passedBytes()).toBeLessThan(imageBytes + (kills + 1) * 2 * otherBytes);
    expect(await readdir(join(naru.root, 'ingest'))).toEqual([]);
    expect(await naru.ok(['images', '--digests', '--format', '{{.Digest}}'])).toBe(`${image.manifest.digest}\n`);
  });

  const killedPushes = [['naru', 'SIGKILL'], ['naru', 'SIGINT'], ...(needs('docker-registry') ? ([['docker-registry', 'SIGKILL']] as const) : [])] as const;
  test.each(killedPushes)('push to %s, %s', async (kind, signal) => {
    await using folder = await temporaryFolder('naru-resume-');
    await using other: DockerRegistry | undefined = kind === 'naru' ? undefined : await startDockerRegistry();
    const naru = naruOn(join(folder.path, 'store'));
    const large = makeImage({ seed: `push ${kind} ${signal}`, layers: 1, bytes: 50 * megabyte });
    await registry.pushImage(`from/${kind}`, large, 'v1');
    await naru.ok(['pull', `127.0.0.1:${server.port}/from/${kind}:v1`]);
    await using line = await startLine(other?.port ?? server.port);
    await naru.ok(['tag', `127.0.0.1:${server.port}/from/${kind}:v1`, `${line.host}/killed:v1`]);
    // Each time behind another chunk.
    for (let kill = 0; kill < 3; kill++) {
      const still = line.standStillAfter(chunkBytes - megabyte);
      const child = naru.start(['push', `${line.host}/killed:v1`]);
      await Promise.race([still, once(child, 'exit')]);
      child.kill(signal);
      await once(child, 'close');
      line.flow();
    }
    const before = line.passedBytes();
    await naru.ok(['push', `${line.host}/killed:v1`]);
    if (kind === 'naru') expect(line.passedBytes() - before).toBeLessThan(30 * megabyte);
    const there = createRegistryClient(`http://${other?.host ?? `127.0.0.1:${server.port}`}`);
    expect((await there.pullManifest('killed', 'v1'))?.digest).toBe(large.manifest.digest);
    expect(await readdir(join(naru.root, 'uploads'))).toEqual([]);
  });
});

/** The same series for the same seed. */
function numbers(seed: number, from: number, to: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return from + (state % (to - from));
  };
}
