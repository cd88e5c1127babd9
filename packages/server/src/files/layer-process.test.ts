import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ByteSource } from '../blobstore/port.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { readingApart } from './layer-process.ts';

/** A process that says which it is, refuses what begins with 1, dies of 2, hangs at 3, and says what it is given at 4 and 5. */
const worker = join(makeScratchFolder(), 'worker.ts');
writeFileSync(
  worker,
  `import { getPriority } from 'node:os';
  import { answerLayer } from ${JSON.stringify(new URL('./answer-layer.ts', import.meta.url).pathname)};
  import { LayerRefused } from ${JSON.stringify(new URL('./read-layer.ts', import.meta.url).pathname)};
  answerLayer(async (bytes) => {
    for await (const [first] of bytes) {
      if (first === 1) throw new LayerRefused('not this one');
      if (first === 2) process.exit(1);
      if (first === 3) await new Promise(() => {});
      if (first === 4) return getPriority();
      if (first === 5) return Object.keys(process.env).length;
    }
    return process.pid;
  });`,
);

const open = () => readingApart<number>(pathToFileURL(worker), async () => -1);
const layer = (first: number, size = 10): ByteSource => ({ kind: 'bytes', bytes: new Uint8Array(size).fill(first), range: { offset: 0, length: size } });
const faultOf = (reading: Promise<number>) => reading.then(String, (error: Error) => error.message);
const { signal } = new AbortController();

test('a small layer is read by the process that read the last small one, a refused one too', async () => {
  const read = open();
  const first = await read(layer(0), signal);
  expect(await faultOf(read(layer(1), signal))).toBe('not this one');
  expect(await read(layer(0), signal)).toBe(first);
  const other = open();
  expect(await other(layer(0), signal)).not.toBe(first);
});

test('two at once have a process each', async () => {
  const read = open();
  const [one, two] = await Promise.all([read(layer(0), signal), read(layer(0), signal)]);
  expect(one).not.toBe(two);
});

test('a process ends with a large layer, with one that kills it, and with one that nobody waits for any more', async () => {
  const read = open();
  const seen = [await read(layer(0, 5 * 2 ** 20), signal)];
  seen.push(await read(layer(0), signal));
  expect(await faultOf(read(layer(2), signal))).toContain('has ended');
  seen.push(await read(layer(0), signal));
  const leaving = new AbortController();
  const hung = read(layer(3), leaving.signal);
  leaving.abort(new Error('nobody waits'));
  expect(await faultOf(hung)).toBe('nobody waits');
  seen.push(await read(layer(0), signal));
  expect(new Set(seen).size).toBe(4);
});

test('what is no file of ours is read without a process', async () => {
  const source: ByteSource = { kind: 'stream', stream: () => new ReadableStream(), range: { offset: 0, length: 0 } };
  expect(await open()(source, signal)).toBe(-1);
});

test('a process stands behind what serves, and knows nothing of our environment', async () => {
  const read = open();
  expect(await read(layer(4), signal)).toBe(constants.priority.PRIORITY_LOW);
  expect(await read(layer(5), signal)).toBe(0);
});

test('a signal to all processes of a terminal leaves it to the server', async () => {
  const read = open();
  const reader = await read(layer(0), signal);
  process.kill(reader, 'SIGINT');
  process.kill(reader, 'SIGTERM');
  expect(await read(layer(0), signal)).toBe(reader);
});
