import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { digestBytes } from './content-digest.ts';

const algorithms = ['sha256', 'sha512'] as const;

test.each(algorithms)('%s agrees with the runtime at every length around its blocks', (algorithm) => {
  for (let length = 0; length <= 300; length++) {
    const bytes = new Uint8Array(length).map((_, index) => (index * 131 + length) % 256);
    expect(digestBytes(algorithm, bytes) as string).toBe(runtimeDigest(algorithm, bytes));
  }
});

test.each(algorithms)('%s agrees with the runtime on any bytes', (algorithm) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => digestBytes(algorithm, bytes) === runtimeDigest(algorithm, bytes)));
});

test('bytes that are a part of a larger buffer', () => {
  const part = new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 4);
  expect(digestBytes('sha256', part) as string).toBe(runtimeDigest('sha256', part));
});

function runtimeDigest(algorithm: string, bytes: Uint8Array): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
