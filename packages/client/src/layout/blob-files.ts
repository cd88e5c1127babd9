/** Blobs that are there: read, streamed, asked for. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { Digest } from '@naru/oci/digest';
import { StoreError, hasErrorCode } from './store-error.ts';
import type { StorePaths } from './store-paths.ts';

const readBytes = 128 * 1024;

/** Undefined when it is not there. */
export function findBlobSize(paths: StorePaths, digest: Digest): number | undefined {
  return statSync(paths.blob(digest), { throwIfNoEntry: false })?.size;
}

/** Throws StoreError when it is not there or longer than `maxBytes`. */
export function readBlob(paths: StorePaths, digest: Digest, maxBytes: number): Uint8Array {
  const sizeBytes = findBlobSize(paths, digest);
  if (sizeBytes === undefined) throw missing(paths, digest);
  if (sizeBytes > maxBytes) throw new StoreError('wrong-content', `${digest} has ${sizeBytes} bytes, and no more than ${maxBytes} are read`);
  return readFileSync(paths.blob(digest));
}

export async function* streamBlob(paths: StorePaths, digest: Digest, range: { readonly start: number } = { start: 0 }): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(paths.blob(digest), { highWaterMark: readBytes, start: range.start })) yield chunk as Uint8Array;
  } catch (error) {
    throw hasErrorCode(error, 'ENOENT') ? missing(paths, digest) : error;
  }
}

function missing(paths: StorePaths, digest: Digest): StoreError {
  return new StoreError('not-found', `content ${digest} is missing from the image store in ${paths.root}: pull or load the image again`);
}
