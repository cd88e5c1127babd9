/** Reads one layer in a thread that ends with it, whose memory goes then, and that can be ended at any moment. */
import { Worker } from 'node:worker_threads';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';
import type { LayerReply } from './layer-worker.ts';
import { type LayerListing, LayerRefused, readLayer } from './read-layer.ts';

/** What is wrong with the layer itself: another try would find the same. */
const refusals: ReadonlySet<string> = new Set(['LayerRefused', 'TarError', 'CompressionError']);

/** Throws LayerRefused, what reading the bytes threw, the signal's reason, and what befell the thread. */
export async function readLayerInThread(source: ByteSource, signal: AbortSignal): Promise<LayerListing> {
  signal.throwIfAborted();
  if (source.kind === 'stream') return readLayer(readBytes(source));
  const worker = new Worker(new URL('./layer-worker.ts', import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<LayerListing>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  worker.once('message', (reply: LayerReply) => {
    if (reply.kind === 'read') resolve(reply.listing);
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
