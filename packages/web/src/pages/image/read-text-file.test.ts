import { expect, test } from 'bun:test';
import { readTextFile } from './read-text-file.ts';

const read = (bytes: Uint8Array<ArrayBuffer> | string, max = 16) => readTextFile(new Response(bytes), max);

test('text is text to its limit, also when the limit parts a letter', async () => {
  expect(await read('root\n')).toEqual({ text: 'root\n', isCut: false });
  expect(await read('')).toEqual({ text: '', isCut: false });
  expect(await read('가나다라마바사', 16)).toEqual({ text: '가나다라마', isCut: true });
  expect(await read('a'.repeat(16))).toEqual({ text: 'a'.repeat(16), isCut: false });
});

test('what holds a zero or is no UTF-8 is no text', async () => {
  expect(await read('ELF\0')).toEqual({ text: undefined, isCut: false });
  expect(await read(new Uint8Array([0xff, 0xfe, 0x41]))).toEqual({ text: undefined, isCut: false });
  expect(await read(new Uint8Array([0xea, 0xb0]))).toEqual({ text: undefined, isCut: false });
});
