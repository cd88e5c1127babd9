import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { TarError, type TarEntry, TarReader } from './tar-reader.ts';
import { tarEnd, tarFolder, tarHeader, tarPadding } from './tar-writer.ts';

type Read = TarEntry & { readonly content: string };
const limits = { maxEntries: 1000, maxExtensionBytes: 10_000 };

function read(archive: Uint8Array, chunkBytes = archive.length, given = limits): Read[] {
  const entries: Read[] = [];
  let chunks: Uint8Array[] = [];
  let entry: TarEntry | undefined;
  const reader = new TarReader(
    {
      entry: (found) => void (entry = found),
      data: (chunk) => void chunks.push(Buffer.from(chunk)),
      end() {
        if (entry) entries.push({ ...entry, content: Buffer.concat(chunks).toString() });
        chunks = [];
      },
    },
    given,
  );
  for (let at = 0; at < archive.length; at += chunkBytes) reader.write(archive.subarray(at, at + chunkBytes));
  reader.end();
  return entries;
}

const file = (name: string, content: string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)]);
};

/** Of one header, whatever is put into it. */
function header(changes: (block: Buffer) => void): Buffer {
  const block = Buffer.from(tarHeader('name', 0));
  changes(block);
  block.write('        ', 148);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

function extension(type: string, content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([
    header((block) => (block.write(type, 156), block.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124))),
    bytes,
    tarPadding(bytes.length),
  ]);
}

describe('what is written is read', () => {
  test('however the bytes are cut', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '나', '.', '-'), minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ maxLength: 2000 })), { maxLength: 6 }), fc.integer({ min: 1, max: 3000 }), (files, chunkBytes) => {
        const archive = Buffer.concat([tarFolder('folder'), ...files.map(([each, content]) => file(each, content)), tarEnd]);
        const [folder, ...entries] = read(archive, chunkBytes);
        expect(folder).toMatchObject({ kind: 'directory', name: 'folder/' });
        expect(entries.map(({ kind, name: read, content }) => [kind, read, content])).toEqual(files.map(([each, content]) => ['file', each, content]));
      }),
    );
  });

  test('nothing, and what stands behind the end', () => {
    expect(read(Buffer.alloc(0))).toEqual([]);
    expect(read(Buffer.concat([file('a', 'x'), tarEnd, Buffer.from('rubbish'.repeat(100))]))).toHaveLength(1);
    expect(read(file('a', 'x'))).toHaveLength(1); // without an end, as some write it
  });

  test('files larger than ustar can say', () => {
    const entries: TarEntry[] = [];
    const reader = new TarReader({ entry: (entry) => void entries.push(entry), data() {}, end() {} }, limits);
    reader.write(tarHeader('big', 10 * 1024 ** 3));
    expect(entries).toMatchObject([{ name: 'big', sizeBytes: 10 * 1024 ** 3 }]);
  });
});

describe('what others write', () => {
  test('GNU long names and links, a prefix, binary sizes, pax', () => {
    const long = 'x/'.repeat(200);
    const binary = header((block) => {
      block.fill(0, 124, 136);
      block[124] = 0x80;
      block[135] = 3;
    });
    const archive = Buffer.concat([
      extension('L', `${long}\0`),
      extension('K', `${long}target\0`),
      header((block) => block.write('2', 156)),
      header((block) => block.write('prefix', 345)),
      binary,
      Buffer.from('abc'),
      tarPadding(3),
      extension('g', '20 path=not this one\n'),
      extension('x', '15 path=nämé\n18 linkpath=other\n'),
      header((block) => block.write('1', 156)),
      extension('x', '27 GNU.sparse.realsize=9000\n'.replace('27', '28')),
      file('sparse', 'little'),
      tarEnd,
    ]);
    expect(read(archive)).toMatchObject([
      { kind: 'symlink', name: long, target: `${long}target` },
      { kind: 'file', name: 'prefix/name' },
      { name: 'name', content: 'abc' },
      { kind: 'link', name: 'nämé', target: 'other' },
      { name: 'sparse', content: 'little', statedBytes: 9000 },
    ]);
  });

  test.each([
    ['3', 'device'],
    ['4', 'device'],
    ['5', 'directory'],
    ['6', 'fifo'],
    ['7', 'file'],
    ['V', 'other'],
  ] as const)('type %s is a %s', (type, kind) => {
    expect(read(Buffer.concat([header((block) => block.write(type, 156)), tarEnd]))).toMatchObject([{ kind }]);
  });
});

describe('what is no archive', () => {
  test.each([
    ['a cut header', file('a', 'content').subarray(0, 300), 'unexpected EOF'],
    ['cut data', file('a', 'content').subarray(0, 515), 'unexpected EOF'],
    ['cut padding', file('a', 'content').subarray(0, 600), 'unexpected EOF'],
    ['an extension without its entry', extension('L', 'name'), 'unexpected EOF'],
    ['text', Buffer.from('#!/bin/sh\n'.repeat(100)), 'invalid tar header'],
    ['a wrong sum', Buffer.from(tarHeader('a', 0)).fill('b', 0, 1), 'invalid tar header'],
    ['a negative size', header((block) => block.fill(0xff, 124, 136)), 'negative size'],
    ['an endless size', header((block) => block.fill(0xbf, 124, 136)), 'impossible size'],
    ['a size that is none', header((block) => block.write('99999999999\0', 124)), 'invalid tar header'],
    ['a long extension', extension('x', 'x'.repeat(20_000)), 'a header of 20000 bytes'],
    ['a broken record', Buffer.concat([extension('x', '99 path=short\n'), file('a', '')]), 'invalid tar header'],
    ['a record that never ends', Buffer.concat([extension('x', '0 path=x\n'), file('a', '')]), 'invalid tar header'],
    ['many entries', Buffer.concat(Array.from({ length: 1001 }, () => tarHeader('a', 0))), 'more than 1000 entries'],
  ])('%s', (_, archive, message) => {
    expect(() => read(archive)).toThrow(message);
  });

  test('any bytes are read or refused', () => {
    const good = Buffer.concat([extension('x', '15 path=nämé\n'), file('a', 'content'), tarEnd]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
        const archive = Buffer.from(good);
        for (const [at, byte] of changes) archive[at] = byte;
        try {
          read(archive);
        } catch (error) {
          expect(error).toBeInstanceOf(TarError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
