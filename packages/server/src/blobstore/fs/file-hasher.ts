/**
 * Hashes files in one worker thread, which is started when it is first needed and ended when nothing
 * is left to do, so that it never keeps the process alive.
 *
 * The worker's address is taken relative to this file, so it is not found when everything is bundled
 * into one. A single binary must carry it as an asset: tried with Bun 1.4.5, `import path from
 * './hash-worker.js' with { type: 'file' }` works from source, bundled and compiled, provided that
 * the worker is plain JavaScript; naming it as a second entry point of `bun build --compile` does not.
 */
import { Worker } from 'node:worker_threads';
import type { Digest, DigestAlgorithm } from '@naru/oci/digest';
import type { HashReply, HashRequest } from './hash-worker.ts';

export type HashedFile = { readonly digest: Digest; readonly sizeBytes: number };

export interface FileHasher {
  /** Throws what reading the file threw, with its `code`, or the signal's reason. */
  hash(path: string, algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<HashedFile>;
  /** Jobs that still run are given up. */
  close(): Promise<void>;
}

type Job = { readonly algorithm: DigestAlgorithm; resolve(hashed: HashedFile): void; reject(error: unknown): void };

/** A scrub asks for one file after another: the thread outlives the gap between them. */
const idleMs = 2000;

export function createFileHasher(): FileHasher {
  const jobs = new Map<number, Job>();
  let nextJob = 1;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(new URL('./hash-worker.ts', import.meta.url));
    started.on('message', settle);
    started.on('error', (error) => rejectAll(error));
    return started;
  }

  function settle(reply: HashReply): void {
    const job = jobs.get(reply.job);
    if (job === undefined) return;
    finish(reply.job);
    if (reply.kind === 'hashed') job.resolve({ digest: `${job.algorithm}:${reply.hex}` as Digest, sizeBytes: reply.sizeBytes }); // a hash's own output
    else job.reject(Object.assign(new Error(reply.message), { code: reply.code }));
  }

  function finish(id: number): void {
    jobs.delete(id);
    if (jobs.size > 0) return;
    worker?.unref();
    idle = setTimeout(() => void stop(), idleMs).unref();
  }

  function rejectAll(error: unknown): void {
    const given = [...jobs.values()];
    jobs.clear();
    worker = undefined;
    for (const job of given) job.reject(error);
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopped = worker;
    worker = undefined;
    await stopped?.terminate();
  }

  return {
    async hash(path, algorithm, signal) {
      signal?.throwIfAborted();
      clearTimeout(idle);
      worker ??= start();
      worker.ref(); // somebody waits for the answer: the process must not end before it
      const asked = worker;
      const id = nextJob++;
      const { promise, resolve, reject } = Promise.withResolvers<HashedFile>();
      jobs.set(id, { algorithm, resolve, reject });
      post(asked, { kind: 'hash', job: id, path, algorithm });
      const onAbort = (): void => {
        post(asked, { kind: 'abort', job: id });
        finish(id);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      return promise.finally(() => signal?.removeEventListener('abort', onAbort));
    },
    async close() {
      const stopped = stop();
      rejectAll(new Error('the blob store was closed while it hashed a file'));
      await stopped;
    },
  };
}

function post(worker: Worker, request: HashRequest): void {
  worker.postMessage(request); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
}
