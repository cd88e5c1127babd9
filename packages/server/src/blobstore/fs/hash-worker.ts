/**
 * Runs in a thread of its own and hashes files for `file-hasher.ts`, so that reading 10 GB again
 * never holds up a request. It reads asynchronously, so that an abort is heard between two reads.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';

export type HashRequest =
  | { readonly kind: 'hash'; readonly job: number; readonly path: string; readonly algorithm: string }
  | { readonly kind: 'abort'; readonly job: number };
export type HashReply =
  | { readonly kind: 'hashed'; readonly job: number; readonly hex: string; readonly sizeBytes: number }
  | { readonly kind: 'failed'; readonly job: number; readonly code: string; readonly message: string };

/** Held in memory per job. */
const readBufferBytes = 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('hash-worker runs as a worker thread');

const aborted = new Set<number>();
const running = new Set<number>();

port.on('message', (request: HashRequest) => {
  if (request.kind === 'abort') {
    if (running.has(request.job)) aborted.add(request.job);
    return;
  }
  running.add(request.job);
  void hashFile(request)
    .catch((error: unknown) => failed(request.job, error))
    .then((reply) => {
      running.delete(request.job);
      // The asker has given up on an aborted job and would not know what to do with its reply.
      if (!aborted.delete(request.job)) port.postMessage(reply);
    });
});

async function hashFile({ job, path, algorithm }: { job: number; path: string; algorithm: string }): Promise<HashReply> {
  const hash = createHash(algorithm);
  const buffer = new Uint8Array(readBufferBytes);
  const file = await open(path, 'r');
  try {
    let sizeBytes = 0;
    while (!aborted.has(job)) {
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, sizeBytes);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      sizeBytes += bytesRead;
    }
    return { kind: 'hashed', job, hex: hash.digest('hex'), sizeBytes };
  } finally {
    await file.close();
  }
}

function failed(job: number, error: unknown): HashReply {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  return { kind: 'failed', job, code, message: error instanceof Error ? error.message : String(error) };
}
