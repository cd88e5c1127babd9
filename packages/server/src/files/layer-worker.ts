/** Runs in a thread of its own and reads one layer for `layer-thread.ts`, so that unpacking never holds up a request. */
import { parentPort } from 'node:worker_threads';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';
import { type LayerListing, readLayer } from './read-layer.ts';

/** Of a stream nothing can be sent to a thread. */
export type SendableSource = Exclude<ByteSource, { kind: 'stream' }>;
/** `error` is the name of what was thrown. */
export type LayerReply =
  | { readonly kind: 'read'; readonly listing: LayerListing }
  | { readonly kind: 'failed'; readonly error: string; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('layer-worker runs as a worker thread');

port.once('message', (source: SendableSource) => {
  void readLayer(readBytes(source))
    .then((listing): LayerReply => ({ kind: 'read', listing }))
    .catch((error: unknown): LayerReply => ({
      kind: 'failed',
      error: error instanceof Error ? error.name : '',
      message: error instanceof Error ? error.message : String(error),
    }))
    .then((reply) => port.postMessage(reply)); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
});
