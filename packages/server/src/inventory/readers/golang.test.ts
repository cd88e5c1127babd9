import { expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { makeTar } from '../../../../../test/support/tar.ts';
import { readLayerFacts } from '../layer-facts.ts';
import { golangReader } from './golang.ts';

const mark = 'x'.repeat(16);
const modules = `${mark}path\texample.org/app\nmod\texample.org/app\tv1.2.3\ndep\texample.org/lib\tv0.4.0\n${mark}`;
const texts = ['go1.22.3', modules].map((text) => Buffer.concat([varint(text.length), Buffer.from(text)]));
const information = Buffer.concat([Buffer.from('\xff Go buildinf:\x08\x02'.padEnd(32, '\0'), 'latin1'), ...texts]);
const names = ['stdlib 1.22.3', 'example.org/app v1.2.3', 'example.org/lib v0.4.0'];

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.from([value]) : Buffer.from([(value & 0x7f) | 0x80, value >> 7]);
}

function searched(content: Buffer, cuts: readonly number[]) {
  const search = golangReader.search?.();
  let from = 0;
  for (const cut of [...cuts.toSorted((one, other) => one - other), content.length]) {
    search?.take(content.subarray(from, cut));
    from = cut;
  }
  return search?.end();
}

test('what is found as the bytes go by is what is found in all of them, however they come', () => {
  const before = fc.constantFrom(0, 16, 32, 8, 4096).map((length) => Buffer.alloc(length, '\xff Go'));
  const decoy = fc
    .constantFrom('', '\xff Go buildinf', 'xxxx\xff Go buildinf:')
    .map((text) => Buffer.from(text.padEnd(Math.ceil(text.length / 16) * 16, '.'), 'latin1'));
  const cuts = fc.array(fc.nat(4300), { maxLength: 8 });
  fc.assert(
    fc.property(before, decoy, cuts, (start, more, places) => {
      const content = Buffer.concat([start, more, information, Buffer.alloc(100)]);
      const within = places.map((place) => Math.min(place, content.length));
      expect(searched(content, within)).toEqual(golangReader.read(content, 'app') as never);
    }),
  );
  expect(searched(Buffer.concat([information, Buffer.alloc(9)]), [])?.packages.map(({ name, version }) => `${name} ${version}`)).toEqual(names);
});

test('build information that ends early is a problem', () => {
  expect(() => searched(information.subarray(0, -5), [40])).toThrow('its build information is broken');
});

test('a program that is too large to be held names its modules; one in which nothing is found is said not to be read', async () => {
  const start = Buffer.from('\x7fELF\x02\x01\x01'.padEnd(16, '\0'), 'latin1');
  const program = Buffer.concat([start, Buffer.alloc(97 * 2 ** 20), information, Buffer.alloc(64)]);
  const other = Buffer.concat([start, Buffer.alloc(97 * 2 ** 20)]);
  const tar = makeTar([
    { name: 'bin/large', mode: 0o755, content: program },
    { name: 'bin/other', mode: 0o755, content: other },
  ]);
  async function* bytes() {
    yield new Uint8Array(gzipSync(tar, { level: 1 }));
  }
  const { files, problems } = await readLayerFacts(bytes());
  expect(files.map(({ path, packages }) => [path, packages.map(({ name, version }) => `${name} ${version}`)])).toEqual([['bin/large', names]]);
  expect(problems).toEqual([`bin/other: it has ${other.length} bytes, too many to look into`]);
}, 60_000);
