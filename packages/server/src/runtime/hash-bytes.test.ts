import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import { hasDigest, hashBytes } from './hash-bytes.ts';

/** FIPS 180-4's own example. */
const abc = new TextEncoder().encode('abc');
const sha256 = parseDigest('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
const sha512 = parseDigest(
  'sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
);

test('bytes have their digest by either algorithm, and others have not', () => {
  expect([hashBytes('sha256', abc), hashBytes('sha512', abc)]).toEqual([sha256, sha512]);
  expect([sha256, sha512].map((digest) => hasDigest(digest, abc))).toEqual([true, true]);
  expect([sha256, sha512].map((digest) => hasDigest(digest, abc.slice(1)))).toEqual([false, false]);
});
