/** The side of `layer-process.ts` that runs in the process, so that unpacking never holds up a request. */
import type { Bytes } from '@naru/archive/decompress';
import type { ByteSource } from '../blobstore/port.ts';
import { readBytes } from '../blobstore/read-bytes.ts';

/** Of a stream nothing can be sent to a process. */
export type SendableSource = Exclude<ByteSource, { kind: 'stream' }>;
/** `error` is the name of what was thrown. */
export type LayerReply<Result> =
  | { readonly kind: 'read'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: string; readonly message: string };

/** Reads each layer that it is sent, the next when the last is answered, and sends what was found. */
export function answerLayer<Result>(read: (bytes: Bytes) => Promise<Result>): void {
  if (process.send === undefined) throw new Error('this runs as a process of the server');
  const reply = process.send.bind(process);
  // Who ends the server at a terminal signals all its processes. It ends this one itself, when nothing waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit());
  process.on('message', (source: SendableSource) => {
    void read(readBytes(source))
      .then((result): LayerReply<Result> => ({ kind: 'read', result }))
      .catch((error: unknown): LayerReply<Result> => ({
        kind: 'failed',
        error: error instanceof Error ? error.name : '',
        message: error instanceof Error ? error.message : String(error),
      }))
      .then(reply);
  });
}
