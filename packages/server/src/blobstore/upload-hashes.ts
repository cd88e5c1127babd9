/**
 * The running hashes of uploads, so that bytes are hashed once, while they arrive, even when an
 * upload is spread over several requests. Shared by every driver.
 *
 * It is a cache and no more: after a restart, or when more uploads run than fit, the driver reads
 * the stored bytes again at commit. A hash is therefore only handed out together with the number of
 * bytes it covers, and the driver compares that number with what is really stored.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Digest, DigestAlgorithm } from '@naru/oci/digest';
import type { UploadId } from '../runtime/ids.ts';

/** Running hashes kept at most (I6), the longest unused goes first. One takes about 500 bytes. */
export const uploadHashesMax = 10_000;

export type RunningHash = { readonly algorithm: DigestAlgorithm; readonly hash: Hash; sizeBytes: number };

export type UploadHashes = {
  begin(id: UploadId, algorithm: DigestAlgorithm): void;
  /** A copy to carry on with, if there is a hash of exactly the first `sizeBytes` bytes. The kept one stays as it is. */
  resume(id: UploadId, sizeBytes: number): RunningHash | undefined;
  /** Replaces the kept hash. */
  keep(id: UploadId, running: RunningHash): void;
  find(id: UploadId, algorithm: DigestAlgorithm, sizeBytes: number): Digest | undefined;
  forget(id: UploadId): void;
};

export function createUploadHashes(max = uploadHashesMax): UploadHashes {
  // A Map iterates in order of insertion, so its first key is the longest unused one.
  const kept = new Map<UploadId, RunningHash>();

  function keep(id: UploadId, running: RunningHash): void {
    kept.delete(id);
    kept.set(id, running);
    for (const oldest of kept.keys()) {
      if (kept.size <= max) break;
      kept.delete(oldest);
    }
  }

  return {
    begin: (id, algorithm) => keep(id, { algorithm, hash: createHash(algorithm), sizeBytes: 0 }),
    resume(id, sizeBytes) {
      const running = kept.get(id);
      return running?.sizeBytes === sizeBytes ? { ...running, hash: running.hash.copy() } : undefined;
    },
    keep,
    find(id, algorithm, sizeBytes) {
      const running = kept.get(id);
      return running?.sizeBytes === sizeBytes && running.algorithm === algorithm ? finishHash(algorithm, running.hash.copy()) : undefined;
    },
    forget: (id) => void kept.delete(id),
  };
}

export function updateHash(running: RunningHash, chunk: Uint8Array): void {
  running.hash.update(chunk);
  running.sizeBytes += chunk.byteLength;
}

/** The hash takes no more bytes afterwards. */
function finishHash(algorithm: DigestAlgorithm, hash: Hash): Digest {
  return `${algorithm}:${hash.digest('hex')}` as Digest; // a hash's own output has the shape that parseDigest checks
}
