import { expect, test } from 'bun:test';
import { newUploadId } from '../runtime/ids.ts';
import { digestOf, makeBytes } from './contract.ts';
import { createUploadHashes, updateHash } from './upload-hashes.ts';

test('carries a hash over several requests', () => {
  const hashes = createUploadHashes();
  const id = newUploadId();
  const bytes = makeBytes(1, 1000);
  hashes.begin(id, 'sha512');
  for (const [start, end] of [
    [0, 300],
    [300, 1000],
  ] as const) {
    const running = hashes.resume(id, start);
    if (running === undefined) throw new Error('no running hash');
    updateHash(running, bytes.subarray(start, end));
    hashes.keep(id, running);
  }
  expect(hashes.find(id, 'sha512', 1000)).toBe(digestOf(bytes, 'sha512'));
  expect(hashes.find(id, 'sha512', 1000)).toBe(digestOf(bytes, 'sha512'));
});

test('a resumed hash that is not kept leaves the kept one as it was', () => {
  const hashes = createUploadHashes();
  const id = newUploadId();
  hashes.begin(id, 'sha256');
  const running = hashes.resume(id, 0);
  if (running === undefined) throw new Error('no running hash');
  updateHash(running, makeBytes(1, 10));
  expect(hashes.find(id, 'sha256', 0)).toBe(digestOf(new Uint8Array(0)));
});

test('answers only for its algorithm and for exactly the bytes that it covers', () => {
  const hashes = createUploadHashes();
  const id = newUploadId();
  hashes.begin(id, 'sha256');
  expect(hashes.find(id, 'sha512', 0)).toBeUndefined();
  expect(hashes.find(id, 'sha256', 1)).toBeUndefined();
  expect(hashes.resume(id, 1)).toBeUndefined();
  hashes.forget(id);
  expect(hashes.find(id, 'sha256', 0)).toBeUndefined();
  expect(hashes.resume(id, 0)).toBeUndefined();
});

test('keeps at most so many, and drops the longest unused', () => {
  const hashes = createUploadHashes(2);
  const [first, second, third] = [newUploadId(), newUploadId(), newUploadId()];
  hashes.begin(first, 'sha256');
  hashes.begin(second, 'sha256');
  const running = hashes.resume(first, 0);
  if (running === undefined) throw new Error('no running hash');
  hashes.keep(first, running);
  hashes.begin(third, 'sha256');
  expect(hashes.find(second, 'sha256', 0)).toBeUndefined();
  expect(hashes.find(first, 'sha256', 0)).toBe(digestOf(new Uint8Array(0)));
  expect(hashes.find(third, 'sha256', 0)).toBe(digestOf(new Uint8Array(0)));
});
