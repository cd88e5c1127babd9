/** `--json` of the commands that read: one document each, with numbers and times for programs. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dockerArchive, dockerImage } from './support/archives.ts';
import { type Naru, naruOn } from './support/naru.ts';

const image = dockerImage({ seed: 'json', tags: ['app:1'] });
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let naru: Naru;
beforeAll(async () => {
  folder = await temporaryFolder('naru-json-');
  naru = naruOn(join(folder.path, 'store'));
  await naru.ok(['load'], dockerArchive([image]));
});
afterAll(() => folder[Symbol.asyncDispose]());

const read = async (...args: string[]) => JSON.parse(await naru.ok([...args, '--json'])) as unknown;

test('images', async () => {
  expect(await read('images')).toMatchObject([
    { id: image.id, tags: ['app:1'], digests: [], platform: 'linux/amd64', sizeBytes: expect.any(Number) as unknown },
  ]);
  expect(await read('images', '--filter', 'dangling=true')).toEqual([]);
});

test('history', async () => {
  const steps = (await read('history', 'app:1')) as { sizeBytes: number; createdBy: string }[];
  const lines = (await naru.ok(['history', '-H=false', '--no-trunc', '--format', '{{.Size}}', 'app:1'])).trimEnd().split('\n');
  expect(steps.map(({ sizeBytes }) => String(sizeBytes))).toEqual(lines);
});

test('system df and info', async () => {
  expect(await read('system', 'df')).toMatchObject({ images: { count: 1, each: [{ id: image.id }] } });
  expect(await read('info')).toMatchObject({ Images: 1, DockerRootDir: naru.root });
});

test('what inspects: the array of documents, whatever --format says', async () => {
  for (const words of [['inspect'], ['image', 'inspect'], ['inspect', '--format', '{{.Id}}']]) {
    expect(await read(...words, 'app:1')).toMatchObject([{ Id: image.id, RepoTags: ['app:1'] }]);
  }
  const missing = await naru.run(['inspect', '--json', 'nosuch']);
  expect([missing.exitCode, JSON.parse(missing.stdout), missing.stderr]).toEqual([1, [], 'Error: No such object: nosuch\n']);
});

test('volumes', async () => {
  expect(await read('volume', 'ls')).toEqual([]);
  await naru.ok(['volume', 'create', 'kept']);
  const volumes = [{ name: 'kept', path: join(naru.root, 'volumes/kept'), created: expect.stringMatching(/^\d{4}-.*Z$/) as unknown }];
  expect(await read('volume', 'ls')).toEqual(volumes);
  expect(await read('volume', 'ls', '--filter', 'name=other')).toEqual([]);
  expect(await read('volume', 'inspect', 'kept')).toMatchObject([{ Name: 'kept' }]);
});

test('containers, of which there are none', async () => {
  for (const words of [['ps'], ['container', 'ls', '-a']]) expect(await read(...words)).toEqual([]);
});

test('the version', async () => {
  const { version } = (await read('version')) as { version: string };
  expect(await naru.ok(['version'])).toBe(`naru ${version}\n`);
});
