/** Docker's commands on the local store: their texts and exit codes are those of docker 28 with dockerd 20.10. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dockerArchive, dockerImage } from './support/archives.ts';
import { type Naru, naruOn } from './support/naru.ts';

const old = dockerImage({
  seed: 'old',
  tags: ['app:1', 'localhost:5000/team/app:2', 'b/app:latest'],
  created: '2026-11-01T00:00:00Z',
  labels: { stage: 'prod', owner: 'me & <you>' },
});
const young = dockerImage({ seed: 'young', tags: ['web:1'], created: '2026-11-02T00:00:00Z', labels: { stage: 'test' }, layerSeed: 'old', layers: 3 });
const short = (id: string) => id.slice(7, 19);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('naru-store-');
});
afterAll(() => folder[Symbol.asyncDispose]());

let stores = 0;
async function storeWith(...images: ReturnType<typeof dockerImage>[]): Promise<Naru> {
  const naru = naruOn(join(folder.path, String(stores++)));
  if (images.length > 0) await naru.ok(['load'], dockerArchive(images));
  return naru;
}

/** The ages change with the day on which the test runs. */
const withoutAges = (text: string) => text.replaceAll(/(About an? \w+|\d+ \w+) ago {3,}/g, 'AGE   ').replaceAll(/CREATED {2,}/g, 'CREATED   ');

// Names are in the order of their whole forms, as Docker has them: docker.io/b/app before docker.io/library/app.
describe('naru image ls', () => {
  let naru: Naru;
  beforeAll(async () => {
    naru = await storeWith(old, young);
  });
  const list = async (...args: string[]) => (await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}', ...args])).split('\n').filter(Boolean);

  test('the table', async () => {
    expect(withoutAges(await naru.ok(['image', 'ls']))).toBe(
      [
        'REPOSITORY                TAG       IMAGE ID       CREATED   SIZE',
        `web                       1         ${short(young.id)}   AGE   6kB`,
        `b/app                     latest    ${short(old.id)}   AGE   4kB`,
        `app                       1         ${short(old.id)}   AGE   4kB`,
        `localhost:5000/team/app   2         ${short(old.id)}   AGE   4kB`,
        '',
      ].join('\n'),
    );
  });

  test('ids alone, whole ids, digests, json, templates', async () => {
    expect(await naru.ok(['images', '-q'])).toBe([short(young.id), ...Array<string>(3).fill(short(old.id)), ''].join('\n'));
    expect(await naru.ok(['images', '-q', '--no-trunc', 'web'])).toBe(`${young.id}\n`);
    expect((await naru.ok(['images', '--digests'])).split('\n')[0]).toMatch(/^REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED +SIZE$/);
    expect(JSON.parse(await naru.ok(['images', '--format', 'json', 'web'])) as object).toEqual({
      Containers: 'N/A',
      CreatedAt: '2026-11-02 00:00:00 +0000 UTC',
      CreatedSince: expect.stringMatching(/ ago$/) as unknown,
      Digest: '<none>',
      ID: short(young.id),
      Repository: 'web',
      SharedSize: 'N/A',
      Size: '6kB',
      Tag: '1',
      UniqueSize: 'N/A',
      VirtualSize: '6kB',
    });
    expect(await naru.ok(['images', '--format', 'table {{.ID}}\\t{{upper .Repository}}', 'web'])).toBe(`IMAGE ID       REPOSITORY\n${short(young.id)}   WEB\n`);
    expect(await naru.run(['images', '--format', '{{.Nope}}'])).toMatchObject({
      exitCode: 1,
      stderr: `template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type *formatter.imageContext\n`,
    });
  });

  test.each([
    [['--filter', 'reference=app'], ['app:1']],
    [['--filter', 'reference=*/app'], ['b/app:latest']],
    [
      ['--filter', 'reference=app', '--filter', 'reference=*/app'],
      ['b/app:latest', 'app:1'],
    ],
    [['--filter', 'reference=docker.io/library/app'], ['app:1']],
    [['--filter', 'reference=docker.io/*/web:1'], ['web:1']],
    [
      ['--filter', 'reference=**app'],
      ['b/app:latest', 'app:1', 'localhost:5000/team/app:2'],
    ],
    [['app:1'], ['app:1']],
    [
      ['--filter', 'label=stage'],
      ['web:1', 'b/app:latest', 'app:1', 'localhost:5000/team/app:2'],
    ],
    [['--filter', 'label=stage=test'], ['web:1']],
    [['--filter', 'label=stage', '--filter', 'label=owner', 'app'], ['app:1']],
    [['--filter', 'label!=stage=prod'], ['web:1']],
    [['--filter', 'before=web:1', 'app'], ['app:1']],
    [['--filter', 'since=app:1'], ['web:1']],
    [['--filter', 'since=web:1'], []],
    [['--filter', 'until=2026-11-01T12:00:00Z', 'app'], ['app:1']],
    [['--filter', 'dangling=true'], []],
    [['-f', 'dangling=false', '-f', 'reference=web'], ['web:1']],
  ])('%j', async (args, names) => {
    expect(await list(...args)).toEqual(names);
  });

  test.each([
    [['--filter', 'foo=1'], 1, "Error response from daemon: invalid filter 'foo'\n"],
    [['--filter', 'foo'], 125, 'invalid argument "foo" for "-f, --filter" flag: bad format of filter (expected name=value)\n'],
    [['--filter', 'dangling=x'], 1, "Error response from daemon: invalid filter 'dangling=[x]'\n"],
    [['--filter', 'before=nope'], 1, 'Error response from daemon: No such image: nope:latest\n'],
    [['--filter', 'reference=['], 1, 'Error response from daemon: syntax error in pattern\n'],
    [['--filter', 'until=foo'], 1, 'Error response from daemon: failed to parse value as time or duration: "foo"\n'],
  ])('mistake %j', async (args, exitCode, stderr) => {
    expect(await naru.run(['images', ...args])).toMatchObject({ exitCode, stderr });
  });

  test('a slip that Docker knows', async () => {
    expect(await naru.run(['images', 'ls'])).toMatchObject({ exitCode: 0, stderr: '\nNo images found matching "ls": did you mean "naru image ls"?\n' });
  });
});

test('a store that is not there is empty, and is not made by looking', async () => {
  const naru = await storeWith();
  expect(await naru.ok(['images'])).toBe('REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n');
  expect(await naru.ok(['system', 'df'])).toContain('Images          0         0         0B        0B\n');
  expect(readdir(naru.root)).rejects.toThrow('ENOENT');
});

describe('naru tag', () => {
  test('gives a name, moves it, and refuses what is none', async () => {
    const naru = await storeWith(old, young);
    expect(await naru.run(['image', 'tag', 'app:1', 'beyool95/image-gallery:v1'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    await naru.ok(['tag', short(young.id).slice(0, 6), 'app']);
    expect(await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}', '-f', 'reference=app', '-f', 'reference=*/image-gallery'])).toBe(
      [`app:latest ${short(young.id)}`, `beyool95/image-gallery:v1 ${short(old.id)}`, `app:1 ${short(old.id)}`, ''].join('\n'),
    );
    await naru.ok(['tag', 'web:1', 'app:1']);
    expect(await naru.ok(['images', '-q', 'app:1'])).toBe(`${short(young.id)}\n`);
    for (const [args, stderr] of [
      [['nope', 'x'], 'Error response from daemon: No such image: nope:latest\n'],
      [['app:1', 'b/B'], 'Error response from daemon: invalid reference format: repository name (b/B) must be lowercase\n'],
      [['app:1', '/image-gallery:v1'], 'Error response from daemon: invalid reference format\n'],
      [['app:1', `x@sha256:${'a'.repeat(64)}`], 'refusing to create a tag with a digest reference\n'],
    ] as const) {
      expect(await naru.run(['tag', ...args])).toMatchObject({ exitCode: 1, stdout: '', stderr });
    }
    expect(await naru.run(['tag', 'app:1'])).toMatchObject({ exitCode: 1 });
  });
});

describe('naru rmi', () => {
  test('by name: the name goes, and with the last one the image, and what only it needed', async () => {
    const naru = await storeWith(old, young);
    const blobs = async () => (await readdir(join(naru.root, 'blobs/sha256'))).length;
    expect(await blobs()).toBe(7); // three layers, two of them shared, two configs and two manifests
    expect(await naru.run(['rmi', 'b/app', 'nope', 'app:1'])).toEqual(
      expect.objectContaining({
        exitCode: 1,
        stdout: 'Untagged: b/app:latest\nUntagged: app:1\n',
        stderr: 'Error response from daemon: No such image: nope:latest\n',
      }),
    );
    expect(await naru.ok(['image', 'rm', 'web:1'])).toMatch(new RegExp(`^Untagged: web:1\nDeleted: ${young.id}\nDeleted: sha256:[0-9a-f]{64}\n$`));
    expect(await blobs()).toBe(4);
    expect(await naru.ok(['rmi', 'localhost:5000/team/app:2'])).toMatch(
      new RegExp(`^Untagged: localhost:5000/team/app:2\nDeleted: ${old.id}\n(Deleted: sha256:[0-9a-f]{64}\n){2}$`),
    );
    expect(await blobs()).toBe(0);
    expect(await naru.run(['rmi', 'app:1'])).toMatchObject({ exitCode: 1, stdout: '', stderr: 'Error response from daemon: No such image: app:1\n' });
  });

  test('by id: not with several names, unless forced', async () => {
    const naru = await storeWith(old, young);
    expect(await naru.run(['rmi', short(old.id)])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `Error response from daemon: conflict: unable to delete ${short(old.id)} (must be forced) - image is referenced in multiple repositories\n`,
    });
    expect(await naru.ok(['rmi', '-f', short(old.id).slice(0, 6)])).toStartWith(
      `Untagged: b/app:latest\nUntagged: app:1\nUntagged: localhost:5000/team/app:2\nDeleted: ${old.id}\n`,
    );
    expect(await naru.ok(['rmi', young.id])).toStartWith(`Untagged: web:1\nDeleted: ${young.id}\n`);
    expect(await naru.run(['rmi', '-f', 'nope'])).toMatchObject({ exitCode: 0, stderr: 'Error response from daemon: No such image: nope:latest\n' });
    expect(await naru.run(['rmi', 'A'])).toMatchObject({
      exitCode: 1,
      stderr: 'Error response from daemon: invalid reference format: repository name (library/A) must be lowercase\n',
    });
  });
});

test('naru inspect', async () => {
  const naru = await storeWith(old);
  const format = '{{.Id}} {{.Config.Env}} {{.Config.Labels}} {{json .RepoTags}} {{.Size}} {{len .RootFS.Layers}}{{if eq .Os "linux"}} L{{end}}';
  expect(await naru.run(['image', 'inspect', 'nope', 'app:1', '--format', format])).toMatchObject({
    exitCode: 1,
    stdout: `${old.id} [PATH=/bin SEED=old] map[owner:me & <you> stage:prod] ["b/app:latest","app:1","localhost:5000/team/app:2"] 4000 2 L\n`,
    stderr: 'Error response from daemon: no such image: nope: No such image: nope:latest\n',
  });
  expect(await naru.run(['image', 'inspect', 'nope'])).toMatchObject({ exitCode: 1, stdout: '[]\n' });
  expect(await naru.run(['inspect', 'nope'])).toMatchObject({ exitCode: 1, stdout: '[]\n', stderr: 'Error: No such object: nope\n' });
  expect(JSON.parse(await naru.ok(['inspect', 'app:1'])) as object).toMatchObject([
    {
      Id: old.id,
      Created: '2026-11-01T00:00:00Z',
      Architecture: 'amd64',
      Config: { Cmd: ['/file-0'] },
      Descriptor: { mediaType: 'application/vnd.oci.image.manifest.v1+json' },
    },
  ]);
  expect(await naru.run(['inspect', 'app:1', '-f', '{{.Nope}}'])).toMatchObject({
    exitCode: 1,
    stderr: 'template parsing error: template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"\n',
  });
});

test('naru history', async () => {
  const naru = await storeWith(old);
  expect(await naru.ok(['history', '-H=false', 'app:1'])).toBe(
    [
      'IMAGE          CREATED AT             CREATED BY                                      SIZE      COMMENT',
      `${short(old.id)}   2026-11-01T00:00:00Z   /bin/sh -c #(nop)  CMD ["/file-0"]              0         `,
      '<missing>      2026-11-01T00:00:00Z   /bin/sh -c #(nop) COPY file:1111111111111111…   2000      ',
      '<missing>      2026-11-01T00:00:00Z   /bin/sh -c #(nop) COPY file:0000000000000000…   2000      ',
      '',
    ].join('\n'),
  );
  expect(await naru.ok(['image', 'history', '-q', '--no-trunc', 'app:1'])).toBe(`${old.id}\n<missing>\n<missing>\n`);
  expect(await naru.ok(['history', '--format', '{{.Size}}{{.Comment}}', 'app:1'])).toBe('0B\n2kB\n2kB\n');
  expect(await naru.run(['history', 'nope'])).toMatchObject({ exitCode: 1, stderr: 'Error response from daemon: No such image: nope:latest\n' });
});

test('naru image prune', async () => {
  const naru = await storeWith(old, young);
  await naru.ok(['tag', 'app:1', 'web:1']); // young has no name any more
  expect(await naru.ok(['images', '-f', 'dangling=true', '--format', '{{.Repository}} {{.Tag}} {{.ID}}'])).toBe(`<none> <none> ${short(young.id)}\n`);
  expect(await naru.run(['image', 'prune'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cancelled') as unknown });
  expect(await naru.run(['image', 'prune'], Buffer.from('y\n'))).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/Deleted Images:\ndeleted: sha256:\S+\ndeleted: sha256:\S+\n\nTotal reclaimed space: [\d.]+kB\n$/) as unknown,
  });
  expect(await naru.ok(['image', 'prune', '-f'])).toBe('Total reclaimed space: 0B\n');
  expect(await naru.ok(['image', 'prune', '-a', '--dry-run', '--filter', 'reference=nothing'])).toBe('Nothing to delete\n');
  expect(await naru.ok(['image', 'prune', '-a', '--dry-run'])).toContain('would delete: ');
  expect(await naru.ok(['image', 'prune', '-a', '-f'])).toStartWith('Deleted Images:\nuntagged: b/app:latest\nuntagged: app:1\n');
  expect(await naru.ok(['images', '-q'])).toBe('');
  expect(await readdir(join(naru.root, 'blobs/sha256'))).toEqual([]);
  expect(await readdir(join(naru.root, 'ingest'))).toEqual([]);
});

test('naru system df', async () => {
  const naru = await storeWith(old, young);
  expect(JSON.parse((await naru.ok(['system', 'df', '--format', 'json'])).split('\n')[0] ?? '') as object).toMatchObject({
    Type: 'Images',
    TotalCount: '2',
    Active: '0',
    Reclaimable: expect.stringMatching(/kB \(100%\)$/) as unknown,
  });
  const lines = (await naru.ok(['system', 'df', '-v'])).split('\n');
  expect(lines.slice(0, 2)).toEqual(['Images space usage:', '']);
  expect(lines[3]?.split(/ {2,}/).slice(-4)).toEqual(['6kB', '4kB', '2kB', '0']);
  expect(lines[4]?.split(/ {2,}/).slice(-4)).toEqual(['4kB', '4kB', '0B', '0']);
});

test('naru info says where the images are', async () => {
  const naru = await storeWith(old);
  const text = await naru.ok(['info']);
  expect(text).toContain(' Images: 1\n');
  expect(text).toContain(` Docker Root Dir: ${naru.root}\n`);
  expect(text).toContain(' Insecure Registries:\n  ::1/128\n  127.0.0.0/8\n');
});

test('load says what it loaded, and whose name it took', async () => {
  const naru = await storeWith();
  const other = dockerImage({ seed: 'other', tags: ['app:1'] });
  const nameless = dockerImage({ seed: 'nameless' });
  expect(await naru.ok(['load'], dockerArchive([old]))).toBe('Loaded image: app:1\nLoaded image: localhost:5000/team/app:2\nLoaded image: b/app:latest\n');
  expect(await naru.ok(['load', '-q'], dockerArchive([other, nameless]))).toBe(
    `The image app:1 already exists, renaming the old one with ID ${old.id} to empty string\nLoaded image: app:1\nLoaded image ID: ${nameless.id}\n`,
  );
  expect(await naru.run(['load', '-i', join(folder.path, 'nope.tar')])).toMatchObject({
    exitCode: 1,
    stderr: `open ${join(folder.path, 'nope.tar')}: no such file or directory\n`,
  });
});
