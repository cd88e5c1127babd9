/** The side of `layer-thread.ts` that runs in the thread, so that unpacking never holds up a request. */
import { parentPort } from 'node:worker_threads';
import type { Bytes } from '@naru/archive/decompress';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';

/** Of a stream nothing can be sent to a thread. */
export type SendableSource = Exclude<ByteSource, { kind: 'stream' }>;
/** `error` is the name of what was thrown. */
export type LayerReply<Result> =
  | { readonly kind: 'read'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: string; readonly message: string };

/** Reads each layer that it is sent, the next when the last is answered, and sends what was found. */
export function answerLayer<Result>(read: (bytes: Bytes) => Promise<Result>): void {
  const port = parentPort;
  if (port === null) throw new Error('this runs as a worker thread');
  port.on('message', (source: SendableSource) => {
    void read(readBytes(source))
      .then((result): LayerReply<Result> => ({ kind: 'read', result }))
      .catch((error: unknown): LayerReply<Result> => ({
        kind: 'failed',
        error: error instanceof Error ? error.name : '',
        message: error instanceof Error ? error.message : String(error),
      }))
      .then((reply) => port.postMessage(reply)); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
  });
}
