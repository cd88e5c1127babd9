import { expect, test } from 'bun:test';
import { tarEnd, tarHeader } from '@naru/archive/tar-writer';
import { makeTar, type TarItem } from '../../../../../test/support/tar.ts';
import { ArchiveProblem, indexTar } from './tar-index.ts';

const index = (items: readonly TarItem[]) => indexTar(new Blob([makeTar(items)]));
const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof ArchiveProblem ? error.why : String(error)),
  );

test('names, pax names, links of both kinds, and where the bytes lie', async () => {
  const long = `${'deep/'.repeat(40)}file`;
  const archive = new Blob([
    makeTar([
      { name: './a/layer.tar', content: 'first' },
      { name: 'b/', type: '5' },
      { name: 'b/layer.tar', type: '2', target: '../a/layer.tar' },
      { name: 'hard', type: '1', target: 'a/layer.tar' },
      { name: 'nowhere', type: '2', target: 'absent' },
    ]).slice(0, -1024),
    new Uint8Array(tarHeader(long, 0)),
    new Uint8Array(tarEnd),
  ]);
  const files = await indexTar(archive);
  expect([...files.keys()].toSorted()).toEqual(['a/layer.tar', 'b/layer.tar', long, 'hard'].toSorted());
  for (const name of ['a/layer.tar', 'b/layer.tar', 'hard']) {
    const { offset, sizeBytes } = files.get(name) ?? { offset: 0, sizeBytes: 0 };
    expect(await archive.slice(offset, offset + sizeBytes).text()).toBe('first');
  }
});

test('links in a circle lead nowhere', async () => {
  expect([
    ...(
      await index([
        { name: 'a', type: '2', target: 'b' },
        { name: 'b', type: '2', target: 'a' },
      ])
    ).keys(),
  ]).toEqual([]);
});

test.each([
  ['a name that leads outside', [{ name: '../evil', content: 'x' }], 'bad-name'],
  ['an absolute name', [{ name: '/etc/passwd', content: 'x' }], 'bad-name'],
  ['a link that leads outside', [{ name: 'a', type: '2', target: '../../x' }], 'bad-name'],
  ['a hard link that leads outside', [{ name: 'a', type: '1', target: '../x' }], 'bad-name'],
  ['a file with holes', [{ name: 'x', type: 'x', content: '22 GNU.sparse.major=1\n' }], 'bad-name'],
  ['a size that is none', [{ name: 'x', type: 'x', content: '12 size=-1a\n' }], 'cut'],
  ['a pax record without end', [{ name: 'x', type: 'x', content: '99 path=a\n' }], 'cut'],
] as const)('%s is refused', async (_, items, why) => {
  expect(await faultOf(index([...items, { name: 'last', content: 'x' }]))).toBe(why);
});

test.each([
  ['noise', new Uint8Array(4096).fill(7), 'no-tar'],
  ['nothing', new Uint8Array(), 'no-tar'],
  ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0]), 'compressed'],
  ['zstd', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]), 'compressed'],
  ['an archive that is cut within a file', makeTar([{ name: 'a', content: new Uint8Array(4000) }]).slice(0, 2000), 'cut'],
  ['a file of more bytes than there are', new Uint8Array(Buffer.concat([tarHeader('a', 2 ** 40), tarEnd])), 'cut'],
])('%s is told from an archive', async (_, bytes, why) => {
  expect(await faultOf(indexTar(new Blob([bytes])))).toBe(why);
});
