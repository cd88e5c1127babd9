import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { makeTar, type TarItem } from '../../../../test/support/tar.ts';
import { readFile } from './read-file.ts';
import { layerFileLimits, readLayer } from './read-layer.ts';

async function* inPieces(bytes: Uint8Array, size = 700): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

const items: TarItem[] = [
  { name: './' },
  { name: 'etc/', mode: 0o700 },
  { name: './etc/os-release', content: 'NAME=x\n', mode: 0o4755 },
  { name: '/usr/bin/tool', content: 'x'.repeat(2000) },
  { name: 'usr/bin/same', type: '1', target: 'usr/bin/tool' },
  { name: 'bin', type: '2', target: 'usr/bin' },
  { name: 'etc/.wh.old', content: '' },
  { name: '../../up', content: 'kept inside' },
];

test('lists what a layer has: folders that no header names, links with what they stand for, paths within the root', async () => {
  const { entries } = await readLayer(inPieces(makeTar(items)));
  expect(entries.map(({ parent, name, kind, sizeBytes, mode, position }) => [`${parent}/${name}`, kind, sizeBytes, mode.toString(8), position])).toEqual([
    ['/etc', 'directory', 0, '700', -1],
    ['etc/os-release', 'file', 7, '4755', 2],
    ['usr/bin', 'directory', 0, '755', -2],
    ['/usr', 'directory', 0, '755', -2],
    ['usr/bin/tool', 'file', 2000, '644', 3],
    ['usr/bin/same', 'link', 2000, '644', 3],
    ['/bin', 'symlink', 0, '644', -1],
    ['etc/.wh.old', 'file', 0, '644', 6],
    ['/up', 'file', 11, '644', 7],
  ]);
  expect(entries.find(({ name }) => name === 'os-release')?.content).toBe(hash('NAME=x\n'));
  expect(entries.find(({ name }) => name === 'same')).toMatchObject({ target: 'usr/bin/tool', content: hash('x'.repeat(2000)) });
});

test('the same from gzip and zstd, and each file by itself', async () => {
  const tar = makeTar(items);
  const { entries } = await readLayer(inPieces(tar));
  for (const packed of [gzipSync(tar), zstdCompressSync(tar)]) {
    expect((await readLayer(inPieces(packed))).entries).toEqual(entries);
    for (const { position, content } of entries.filter((entry) => entry.position >= 0)) {
      const parts: Uint8Array[] = [];
      for await (const part of readFile(inPieces(packed), position)) parts.push(part);
      expect(hash(Buffer.concat(parts).toString())).toBe(content);
    }
  }
});

test('what comes last counts, and bombs and rubbish are refused', async () => {
  const twice = await readLayer(
    inPieces(
      makeTar([
        { name: 'a', content: 'one' },
        { name: 'a', content: 'other' },
      ]),
    ),
  );
  expect(twice.entries).toMatchObject([{ name: 'a', sizeBytes: 5, position: 1 }]);
  const many = makeTar(Array.from({ length: 20 }, (_, index) => ({ name: `d${index}/f` })));
  const refused = async (bytes: Uint8Array, limits = {}) =>
    readLayer(inPieces(bytes), { ...layerFileLimits, ...limits }).then(
      () => 'read',
      (error: Error) => error.name,
    );
  expect(await refused(many, { entriesMax: 30 })).toBe('LayerRefused');
  expect(await refused(many, { pathMax: 2 })).toBe('LayerRefused');
  expect(await refused(gzipSync(makeTar([{ name: 'zeros', content: new Uint8Array(5_000_000) }])), { unpackedMaxBytes: 1_000_000 })).toBe('LayerRefused');
  expect(await refused(gzipSync(makeTar(items)).subarray(0, 200))).toBe('CompressionError');
  expect(await refused(Buffer.from('BZh91AY&SY'))).toBe('LayerRefused');
  expect(await refused(Buffer.alloc(512, 7))).toBe('TarError');
});
