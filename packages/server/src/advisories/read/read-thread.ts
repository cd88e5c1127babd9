/** Reads a file in a thread that ends with it, so that nothing of it stays and it can be ended at any moment. */
import { Worker } from 'node:worker_threads';
import type { AdvisoryBatch } from './read-file.ts';
import type { ReadReply } from './read-worker.ts';

/** What is wrong with the file, ready to be shown. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** Throws UnreadableFile, the signal's reason, and what befell the thread. */
export async function* readInThread(path: string, signal?: AbortSignal): AsyncGenerator<AdvisoryBatch> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./read-worker.ts', import.meta.url));
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined); // whoever waits hears of it
  const onAbort = (): void => broken.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  worker.once('error', broken.reject);
  worker.once('exit', () => broken.reject(new Error('the thread that read the file has ended')));
  try {
    for (;;) {
      const reply = await Promise.race([ask(worker, path), broken.promise]);
      if (reply.kind === 'end') return;
      if (reply.kind === 'failed') throw reply.isFileAtFault ? new UnreadableFile(reply.message) : new Error(reply.message);
      yield reply.batch;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function ask(worker: Worker, path: string): Promise<ReadReply> {
  const { promise, resolve } = Promise.withResolvers<ReadReply>();
  worker.once('message', resolve);
  worker.postMessage(path); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
  return promise;
}
