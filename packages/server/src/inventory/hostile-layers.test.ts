/** What strangers push to break whoever looks into it: each is read within bounds, refused, or said not to be understood. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'bun:test';
import { makeTar, type TarItem } from '../../../../test/support/tar.ts';
import { makeZip } from '../../../../test/support/zip.ts';
import { type LayerFactLimits, layerFactLimits, readLayerFacts } from './layer-facts.ts';

async function* bytesOf(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

const factsOf = (bytes: Uint8Array, limits: Partial<LayerFactLimits> = {}) => readLayerFacts(bytesOf(bytes), { ...layerFactLimits, ...limits });
const problemsOf = async (items: readonly TarItem[]) => (await factsOf(makeTar(items))).problems;
const refusalOf = (reading: Promise<unknown>) =>
  reading.then(
    () => 'read',
    (error: Error) => `${error.name}: ${error.message}`,
  );

const zeros = makeTar([{ name: 'zeros', content: new Uint8Array(8 * 2 ** 20) }]);
const small = { ratioFromBytes: 2 ** 20 };

test.each([
  ['gzip', gzipSync(zeros)],
  ['gzip in several members', Buffer.concat([gzipSync(zeros.subarray(0, 4 * 2 ** 20)), gzipSync(zeros.subarray(4 * 2 ** 20))])],
  ['zstd', zstdCompressSync(zeros)],
])('a bomb by its ratio: %s', async (_, bomb) => {
  expect(await refusalOf(factsOf(bomb, small))).toBe('LayerRefused: it unpacks to more than 200 times its size');
  expect(await refusalOf(factsOf(bomb))).toBe('read');
});

test('what is not compressed, or as programs are, is no bomb', async () => {
  expect(await refusalOf(factsOf(zeros, small))).toBe('read');
  expect(await refusalOf(factsOf(gzipSync(zeros, { level: 0 }), small))).toBe('read');
});

test('a bomb by its count: of files, of links, of packages, of problems', async () => {
  const many = (item: (index: number) => TarItem) => makeTar(Array.from({ length: 30 }, (_, index) => item(index)));
  const file = (content: string) => many((index) => ({ name: `node_modules/x${index}/package.json`, content }));
  expect(await refusalOf(factsOf(file('{}'), { entriesMax: 20 }))).toBe('TarError: the archive has more than 20 entries');
  const links = many((index) => ({ name: `a${index}`, type: '1', target: 'a' }));
  expect(await refusalOf(factsOf(links, { packagesMax: 20 }))).toBe('LayerRefused: it has more than 20 links');
  expect(await refusalOf(factsOf(file('{"name":"x","version":"1"}'), { packagesMax: 20 }))).toBe('LayerRefused: it has more than 20 packages');
  expect((await factsOf(file('{'), { problemsMax: 3 })).problems.length).toBe(4);
});

const inner = { 'META-INF/MANIFEST.MF': 'Implementation-Version: 1.0\r\n' };
const nested = (depth: number): Uint8Array => makeZip(depth === 0 ? inner : { [`in${depth}.jar`]: nested(depth - 1), ...inner });

test('a bomb by its depth: archives in archives are looked into so far, and what is deeper is told', async () => {
  expect(await problemsOf([{ name: 'a.jar', content: nested(3) }])).toEqual([]);
  const { files, problems } = await factsOf(makeTar([{ name: 'a.jar', content: nested(9) }]));
  expect(problems).toEqual(['a.jar: archives in it are more than 3 deep']);
  expect(files[0]?.packages.map(({ name }) => name)).toEqual(['in7']);
});

test('a jar that unpacks to more than it may, whatever its entries say of their size', async () => {
  const bomb = makeZip({ 'META-INF/MANIFEST.MF': 'x'.repeat(100_000) });
  expect(await problemsOf([{ name: 'a.jar', content: bomb }])).toEqual(['a.jar: META-INF/MANIFEST.MF in it is too large']);
  const lying = Buffer.from(bomb);
  // The size before it was compressed, in the central directory.
  lying.writeUInt32LE(9, lying.indexOf('PK\x01\x02', 0, 'latin1') + 24);
  expect((await problemsOf([{ name: 'a.jar', content: lying }]))[0]).toStartWith('a.jar: it is a broken zip: ');
});

test('a jar of a gigabyte passes by, and none of it is kept', async () => {
  const sizeBytes = 2 ** 30;
  const header = makeTar([{ name: 'large.jar', content: '' }]).subarray(0, 512);
  const field = `${sizeBytes.toString(8).padStart(11, '0')}\0`;
  Buffer.from(header.buffer, header.byteOffset, 512).write(field, 124, 'latin1');
  const piece = new Uint8Array(2 ** 20);
  async function* large() {
    yield withChecksum(header);
    yield new TextEncoder().encode('PK\u0003\u0004'.padEnd(1024, '\0'));
    for (let left = sizeBytes - 1024; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
    yield makeTar([{ name: 'node_modules/x/package.json', content: '{"name":"x","version":"1"}' }]);
  }
  const before = process.memoryUsage().arrayBuffers;
  const { problems, files } = await readLayerFacts(large());
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * 2 ** 20);
  expect([problems, files.map(({ path }) => path)]).toEqual([[`large.jar: it has ${sizeBytes} bytes, too many to look into`], ['node_modules/x/package.json']]);
}, 60_000);

test('a file without an end, and one that ends early', async () => {
  const header = Buffer.from(makeTar([{ name: 'var/lib/dpkg/status', content: '' }]).subarray(0, 512));
  header.write('77777777777\0', 124, 'latin1');
  const endless = Buffer.concat([withChecksum(header), Buffer.alloc(5000)]);
  expect(await refusalOf(factsOf(endless))).toBe('TarError: unexpected EOF: the archive is cut short');
  async function* forever() {
    yield withChecksum(header);
    for (;;) yield new Uint8Array(2 ** 20);
  }
  expect(await refusalOf(readLayerFacts(forever(), { ...layerFactLimits, unpackedMaxBytes: 2 ** 26 }))).toBe(
    `LayerRefused: it unpacks to more than ${2 ** 26} bytes`,
  );
});

test('a sparse file counts with what it has, and not with what it says to be', async () => {
  // Old GNU: the size of the file with its holes, and the first of its pieces, stand in the header.
  const content = 'Package: bash\nVersion: 5\nStatus: install ok installed\n';
  const [header, ...rest] = splitBlocks(makeTar([{ name: 'var/lib/dpkg/status', type: 'S', content }]));
  const sparse = Buffer.from(header ?? []);
  sparse.write('77777777777\0', 483, 'latin1');
  sparse.write('00000000000\0', 386, 'latin1');
  sparse.write(`${content.length.toString(8).padStart(11, '0')}\0`, 398, 'latin1');
  const { files, problems } = await factsOf(Buffer.concat([withChecksum(sparse), ...rest]));
  expect([files.map(({ packages }) => packages.map(({ name }) => name)), problems]).toEqual([[['bash']], []]);
});

test.each([
  ['climbs out', '../../var/lib/dpkg/status'],
  ['is absolute', '/var/lib/dpkg/status'],
  ['takes detours', './var//x/.././lib/dpkg/status'],
])('a path that %s is where an extraction puts it', async (_, name) => {
  const { files } = await factsOf(makeTar([{ name, content: 'Package: bash\nVersion: 5\nStatus: install ok installed\n' }]));
  expect(files.map(({ path, packages }) => [path, packages.length])).toEqual([['var/lib/dpkg/status', 1]]);
});

test('links that lead to themselves and around are not followed', async () => {
  const { files, problems } = await factsOf(
    makeTar([
      { name: 'var/lib/dpkg/status', type: '2', target: 'status' },
      { name: 'lib/apk/db/installed', type: '1', target: 'lib/apk/db/installed' },
      { name: 'node_modules/x/package.json', type: '2', target: '../y/package.json' },
      { name: 'node_modules/y/package.json', type: '2', target: '../x/package.json' },
    ]),
  );
  expect([files.map(({ path, packages }) => `${path} ${packages.length}`), problems.length]).toEqual([['var/lib/dpkg/status 0', 'lib/apk/db/installed 0'], 4]);
});

function withChecksum(block: Uint8Array): Uint8Array {
  const header = Buffer.from(block);
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return new Uint8Array(header);
}

function splitBlocks(tar: Uint8Array): Uint8Array[] {
  return Array.from({ length: tar.length / 512 }, (_, index) => tar.subarray(index * 512, (index + 1) * 512));
}
