/** Reads one layer in a thread that ends with it, whose memory goes then, and that can be ended at any moment. */
import { Worker } from 'node:worker_threads';
import type { Bytes } from '@naru/archive/decompress';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';
import type { LayerReply } from './answer-layer.ts';
import { LayerRefused } from './read-layer.ts';

/** `read` is what the worker does, for sources that cannot be sent to a thread. */
export type LayerReading<Result> = { readonly worker: URL; read(bytes: Bytes): Promise<Result> };

/** What is wrong with the layer itself: another try would find the same. */
const refusals: ReadonlySet<string> = new Set(['LayerRefused', 'TarError', 'CompressionError']);

/** Throws LayerRefused, what reading the bytes threw, the signal's reason, and what befell the thread. */
export async function readInThread<Result>({ worker: file, read }: LayerReading<Result>, source: ByteSource, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  if (source.kind === 'stream') return read(readBytes(source));
  const worker = new Worker(file);
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  worker.once('message', (reply: LayerReply<Result>) => {
    if (reply.kind === 'read') resolve(reply.result);
    else reject(refusals.has(reply.error) ? new LayerRefused(reply.message) : new Error(reply.message));
  });
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the thread that read the layer has ended')));
  worker.postMessage(source); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
