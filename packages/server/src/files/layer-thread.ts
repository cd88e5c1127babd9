/** Reads layers in a thread, one at a time, that can be ended at any moment. */
import { Worker } from 'node:worker_threads';
import type { Bytes } from '@naru/archive/decompress';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';
import type { LayerReply, SendableSource } from './answer-layer.ts';
import { LayerRefused } from './read-layer.ts';

/** Throws LayerRefused, what reading the bytes threw, the signal's reason, and what befell the thread. */
export type LayerReading<Result> = (source: ByteSource, signal: AbortSignal) => Promise<Result>;

/** What is wrong with the layer itself: another try would find the same. */
const refusals: ReadonlySet<string> = new Set(['LayerRefused', 'TarError', 'CompressionError']);

/** To start a thread costs more than to read a small layer, so it waits a while for the next one. After a larger one it ends, and its memory goes. */
const idleMs = 2000;
const keptAfterMaxBytes = 4 * 2 ** 20;

/** `read` is what the thread of the file does, for sources that cannot be sent to one. */
export function readingInThread<Result>(file: URL, read: (bytes: Bytes) => Promise<Result>): LayerReading<Result> {
  let idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout } | undefined;

  function take(): Worker {
    if (idle === undefined) return new Worker(file);
    const { worker, timer } = idle;
    idle = undefined;
    clearTimeout(timer);
    worker.removeAllListeners();
    worker.ref();
    return worker;
  }

  async function release(worker: Worker): Promise<void> {
    if (idle !== undefined) return void (await worker.terminate());
    const end = (): void => {
      if (idle?.worker === worker) idle = undefined;
      void worker.terminate();
    };
    worker.once('error', end).once('exit', end);
    worker.unref();
    idle = { worker, timer: setTimeout(end, idleMs).unref() };
  }

  return async (source, signal) => {
    signal.throwIfAborted();
    if (source.kind === 'stream') return read(readBytes(source));
    const worker = take();
    let isWell = false;
    try {
      const reply = await ask<Result>(worker, source, signal);
      isWell = true;
      if (reply.kind === 'read') return reply.result;
      throw refusals.has(reply.error) ? new LayerRefused(reply.message) : new Error(reply.message);
    } finally {
      worker.removeAllListeners();
      if (isWell && sizeOf(source) <= keptAfterMaxBytes) await release(worker);
      else await worker.terminate();
    }
  };
}

function ask<Result>(worker: Worker, source: SendableSource, signal: AbortSignal): Promise<LayerReply<Result>> {
  const { promise, resolve, reject } = Promise.withResolvers<LayerReply<Result>>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the thread that read the layer has ended')));
  worker.postMessage(source); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

/** A layer elsewhere is as large as it wants. */
function sizeOf(source: SendableSource): number {
  return source.kind === 'redirect' ? Number.POSITIVE_INFINITY : source.range.length;
}
