/** Pulls by mirrors: the registry of the name is out of reach, and so are some of the mirrors. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { expectWholeStore } from '../client-store/support/verify-store.ts';
import { startScriptedServer } from '../support/client/scripted-server.ts';
import { type Image, makeImage } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startLine } from './support/line.ts';

setDefaultTimeout(60_000);

/** Nobody listens there, and it is the only way to Docker Hub. */
const nowhere = '127.0.0.1:1';
const megabyte = 1_000_000;

let mirror: TestServer;
let image: Image;
beforeAll(async () => {
  mirror = await startServer();
  image = makeImage({ seed: 'mirrors', layers: 3, bytes: 4 * megabyte });
  await createRegistryClient(mirror.url).pushImage('library/nginx', image, 'latest');
});
afterAll(() => mirror[Symbol.asyncDispose]());

async function naruWith(folder: string, mirrors: readonly string[]) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'client.yaml'), JSON.stringify({ 'registry-mirrors': mirrors }));
  const environment = { NARU_CLIENT_CONFIG: join(folder, 'client.yaml'), HTTPS_PROXY: `http://${nowhere}`, NO_PROXY: '', no_proxy: '' };
  return naruOn(join(folder, 'store'), environment);
}

test('docker.io and the first mirrors are down: the one that is up gives the image, under the name of docker.io', async () => {
  await using folder = await temporaryFolder('naru-mirrors-');
  await using broken = await startScriptedServer((_request, response) => void response.writeHead(500).end());
  const naru = await naruWith(folder.path, [`http://${nowhere}`, `http://${broken.host}`, mirror.url]);
  const pulled = await naru.run(['pull', 'nginx']);
  expect([pulled.exitCode, pulled.stdout]).toEqual([
    0,
    expect.stringContaining('Status: Downloaded newer image for nginx:latest\ndocker.io/library/nginx:latest\n'),
  ]);
  expect(pulled.stderr).toContain(`WARNING: mirror ${nowhere}: `);
  expect(pulled.stderr).toContain(`WARNING: mirror ${broken.host}: `);
  expect(await naru.ok(['images', '--digests', '--format', '{{.Repository}}@{{.Digest}}'])).toBe(`nginx@${image.manifest.digest}\n`);
  expect((await naru.run(['pull', 'nginx'])).stdout).toContain('Status: Image is up to date for nginx:latest\n');
  await expectWholeStore(naru);
});

test('a mirror that goes away in the middle: the next one goes on', async () => {
  await using folder = await temporaryFolder('naru-mirrors-');
  // The second connection on gives nothing any more, as after a crash of the mirror.
  let connections = 0;
  await using line = await startLine(mirror.port, () => ((connections += 1) <= 2 ? megabyte : 0));
  const naru = await naruWith(folder.path, [`http://${line.host}`, mirror.url]);
  await naru.ok(['pull', 'nginx']);
  expect(line.cuts()).toBeGreaterThan(1);
  expect(await naru.ok(['images', '--digests', '--format', '{{.Digest}}'])).toBe(`${image.manifest.digest}\n`);
  await expectWholeStore(naru);
});

test('all are down: the failure is that of docker.io, and nothing stays', async () => {
  await using folder = await temporaryFolder('naru-mirrors-');
  const naru = await naruWith(folder.path, [`http://${nowhere}`]);
  const pulled = await naru.run(['pull', 'nginx']);
  expect(pulled.exitCode).toBe(1);
  expect(pulled.stderr).toContain('Get "https://registry-1.docker.io/v2/": ');
  expect(await naru.ok(['images', '-q'])).toBe('');
  await expectWholeStore(naru);
});
