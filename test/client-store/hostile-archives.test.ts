/** Archives that lie, lead outside, break off or blow up: refused with a reason, and nothing is left of them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dockerArchive, dockerEntries, dockerImage, type Entry, tarOf } from './support/archives.ts';
import { layoutEntries } from './support/layout-archive.ts';
import { type Naru, naruOn } from './support/naru.ts';

const image = dockerImage({ seed: 'good', tags: ['good:1'] });
const good = dockerEntries([image]);
const layer = image.layers[0] ?? Buffer.alloc(0);
const layerName = `${digestOf(layer).slice(7)}/layer.tar`;
const manifestOf = (changes: object): Entry => ({
  name: 'manifest.json',
  content: JSON.stringify([{ Config: `${image.id.slice(7)}.json`, RepoTags: ['bad:1'], Layers: [], ...changes }]),
});
const without = (name: string): Entry[] => good.filter((entry) => entry.name !== name);
const replacing = (entry: Entry): Entry[] => [...without(entry.name), entry];
const layout = layoutEntries('layout', 'layout/app:1');
const blobOf = (mediaType: 'config' | 'layer') => layout.entries.find(({ name }) => name === layout.blobName(mediaType));
const layoutWith = (name: string, content: string | Uint8Array): Buffer =>
  tarOf(layout.entries.map((entry) => (entry.name === name ? { name, content } : entry)));

const bad: readonly (readonly [what: string, archive: Uint8Array, message: string | RegExp])[] = [
  ['nothing', Buffer.alloc(0), 'cut short'],
  ['an empty archive', tarOf([]), 'does not contain a manifest.json'],
  ['cut between two entries', tarOf(good, { end: false }), 'cut short'],
  ['text', Buffer.from('hello, world\n'.repeat(100)), 'invalid tar header'],
  ['an absolute path', tarOf([...good, { name: '/etc/naru-was-here', content: 'x' }]), 'is an absolute path'],
  ['a path that climbs', tarOf([...good, { name: 'a/../../naru-was-here', content: 'x' }]), 'leads outside'],
  ['a path that is only dots', tarOf([...good, { name: '..', content: 'x' }]), 'leads outside'],
  ['a link to an absolute path', tarOf([...good, { name: 'etc', type: '2', target: '/etc' }]), 'leads to the absolute path'],
  ['a link that climbs', tarOf([...good, { name: 'a/b', type: '2', target: '../../etc/passwd' }]), 'leads outside'],
  ['a hard link outside', tarOf([...good, { name: 'passwd', type: '1', target: '/etc/passwd' }]), 'is an absolute path'],
  ['a hard link that climbs', tarOf([...good, { name: 'passwd', type: '1', target: '../../etc/passwd' }]), 'leads outside'],
  [
    'links in a circle',
    tarOf([...without('manifest.json'), { name: 'a', type: '2', target: 'b' }, { name: 'b', type: '2', target: 'a' }, manifestOf({ Config: 'a' })]),
    'in a circle',
  ],
  ['a character device', tarOf([...good, { name: 'null', type: '3' }]), 'is a device'],
  ['a block device', tarOf([...good, { name: 'sda', type: '4' }]), 'is a device'],
  ['a named pipe', tarOf([...good, { name: 'pipe', type: '6' }]), 'is a named pipe'],
  ['a file twice', tarOf([...good, { name: layerName, content: 'another' }]), 'twice, with different content'],
  ['a manifest twice', tarOf([...good, manifestOf({})]), 'twice, with different content'],
  ['a link in the place of a file', tarOf([...good, { name: layerName, type: '2', target: '../manifest.json' }]), 'twice, with different content'],
  ['cut in the middle', dockerArchive([image]).subarray(0, 3000), 'cut short'],
  ['cut behind a header', tarOf([{ name: 'manifest.json', content: '', size: 4000 }], { end: false }), 'cut short'],
  ['more than any disk holds', tarOf([{ name: 'huge', content: 'x', size: 8 ** 11 - 1 }]), /no space left on device|cut short/],
  ['paths of manifest.json outside', tarOf(replacing(manifestOf({ Config: '../../../etc/passwd' }))), 'leads outside'],
  ['absolute paths in manifest.json', tarOf(replacing(manifestOf({ Layers: ['/etc/passwd', '/etc/shadow'] }))), 'is an absolute path'],
  ['paths that are not in it', tarOf(replacing(manifestOf({ Config: 'nothing.json' }))), 'which is not in it'],
  ['too few layers', tarOf(replacing(manifestOf({ Layers: [layerName] }))), 'layers length mismatch: expected 2, got 1'],
  ['the wrong layers', tarOf(replacing(manifestOf({ Layers: [layerName, layerName] }))), 'invalid diffID for layer 1'],
  ['layers that are no tar', tarOf(replacing({ name: layerName, content: 'x'.repeat(5000) })), 'invalid tar header'],
  ['a config that is no JSON', tarOf(replacing({ name: `${image.id.slice(7)}.json`, content: 'x' })), 'invalid image config'],
  ['a list that is no JSON', tarOf(replacing({ name: 'manifest.json', content: '[{' })), 'is not JSON'],
  ['a list that is none', tarOf(replacing({ name: 'manifest.json', content: '{}' })), 'no list of images'],
  ['a list of nulls', tarOf(replacing({ name: 'manifest.json', content: '[null]' })), 'no list of images'],
  ['a name that is none', tarOf(replacing(manifestOf({ RepoTags: ['UPPER:1'] }))), 'must be lowercase'],
  ['a config without end', tarOf(replacing({ name: `${image.id.slice(7)}.json`, content: Buffer.alloc(9 * 1024 * 1024, ' ') })), 'no more than'],
  ['damaged gzip', Buffer.concat([gzipSync(dockerArchive([image])).subarray(0, 500), Buffer.alloc(500, 7)]), /cut short or damaged|invalid tar header/],
  ['cut gzip', gzipSync(dockerArchive([image])).subarray(0, 1000), /cut short/],
  ['cut zstd', zstdCompressSync(dockerArchive([image])).subarray(0, 1000), /cut short/],
  ['bzip2 that is none', Buffer.from('BZh91AY&SY'), 'cut short or damaged'],
  ['xz that is none', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3]), 'cut short or damaged'],
  ['a layout of another version', layoutWith('oci-layout', '{"imageLayoutVersion":"2.0.0"}'), 'version "2.0.0" is not known'],
  ['a layout without images', layoutWith('index.json', '{"schemaVersion":2,"manifests":[]}'), 'lists no image'],
  ['an index that is none', layoutWith('index.json', '[]'), 'must be a JSON object'],
  ['a blob under another name', layoutWith(blobOf('config')?.name ?? '', Buffer.alloc(blobOf('config')?.content?.length ?? 0, 'x')), 'has the digest'],
  ['a blob of another size', layoutWith(blobOf('config')?.name ?? '', '{}'), 'where its descriptor says'],
  ['a layout without its layers', tarOf(layout.entries.filter(({ name }) => name !== layout.blobName('layer'))), 'whose layers are all there'],
  [
    'a digest that is a path',
    layoutWith(
      'index.json',
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: 'sha256:../../../../etc/passwd', size: 1 }],
      }),
    ),
    'digest',
  ],
];

describe('refused, and nothing is left', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let naru: Naru;
  beforeAll(async () => {
    folder = await temporaryFolder('naru-hostile-');
    naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['load'], dockerArchive([dockerImage({ seed: 'before', tags: ['before:1'] })]));
  });
  afterAll(() => folder[Symbol.asyncDispose]());
  const everything = async () =>
    (await readdir(folder.path, { recursive: true })).filter((path) => !path.endsWith('naru.db') && !path.startsWith('.bun')).toSorted();

  test.each(bad)('%s', async (_, archive, message) => {
    const before = await everything();
    const { exitCode, stdout, stderr } = await naru.run(['load'], archive);
    expect(stderr).toMatch(message);
    expect({ exitCode, stdout, lines: stderr.trim().split('\n').length }).toEqual({ exitCode: 1, stdout: '', lines: 1 });
    expect(await everything()).toEqual(before);
    expect(await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).toBe('before:1\n');
  });

  test('bombs, unless they are trusted', async () => {
    // Sixteen zeros' worth of layers in a few megabytes; the limit allows the first gigabyte.
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const bomb = gzipSync(zeros, { level: 9 });
    const file = join(folder.path, 'bomb.gz');
    await writeFile(file, Buffer.concat(Array<Buffer>(40).fill(bomb)));
    const before = await everything();
    // A member of zeros is the end of a tar: what follows is only counted.
    const result = await naru.run(['load', '-i', file]);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('this looks like a bomb') as unknown });
    expect((await naru.run(['load', '--max-expansion', '0', '-i', file])).stderr).toContain('does not contain a manifest.json');
    expect(await everything()).toEqual(before);
  }, 60_000);

  test('import takes layouts only', async () => {
    expect(await naru.run(['import', '-'], dockerArchive([image]))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it is no OCI image layout') as unknown,
    });
  });
});

describe('odd, and right', () => {
  const packed = (program: string) => spawnSync(program, ['-c'], { input: dockerArchive([image]) }).stdout;
  const odd: readonly (readonly [what: string, archive: Uint8Array])[] = [
    ['gzip', gzipSync(dockerArchive([image]))],
    ['gzip of several members', Buffer.concat([gzipSync(dockerArchive([image]).subarray(0, 1500)), gzipSync(dockerArchive([image]).subarray(1500))])],
    ['zstd', zstdCompressSync(dockerArchive([image]))],
    ...(needs('xz') ? [['xz', packed('xz')] as const] : []),
    ...(needs('bzip2') ? [['bzip2', packed('bzip2')] as const] : []),
    ['a file twice, the same', tarOf([...good, ...good])],
    ['folders, and dots in names', tarOf([{ name: './', type: '5' }, ...good.map((entry) => ({ ...entry, name: `./${entry.name}` }))])],
    [
      'symbolic links inside',
      tarOf([...good.filter(({ name }) => name !== layerName), { name: 'real.tar', content: layer }, { name: layerName, type: '2', target: '../real.tar' }]),
    ],
    [
      'hard links inside',
      tarOf([...good.filter(({ name }) => name !== layerName), { name: 'real.tar', content: layer }, { name: layerName, type: '1', target: 'real.tar' }]),
    ],
    ['compressed layers', tarOf(good.map((entry) => (entry.name.endsWith('/layer.tar') ? { ...entry, content: gzipSync(entry.content ?? '') } : entry)))],
    ['the list in front', tarOf([...good].reverse())],
    ['rubbish behind the end', Buffer.concat([dockerArchive([image]), Buffer.from('rubbish'.repeat(1000))])],
    ['files that nobody names', tarOf([{ name: 'README', content: 'x' }, ...good])],
  ];

  test.each(odd)('%s', async (_, archive) => {
    await using folder = await temporaryFolder('naru-odd-');
    const naru = naruOn(join(folder.path, 'store'));
    expect(await naru.ok(['load'], archive)).toBe('Loaded image: good:1\n');
    expect(await naru.ok(['images', '-q', '--no-trunc'])).toBe(`${image.id}\n`);
    expect(await readdir(join(naru.root, 'ingest'))).toEqual([]);
    expect((await stat(join(naru.root, 'naru.db'))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(naru.root, 'index.json'), 'utf8'))).toMatchObject({
      manifests: [{ annotations: { 'io.containerd.image.name': 'docker.io/library/good:1' } }],
    });
  });
});
