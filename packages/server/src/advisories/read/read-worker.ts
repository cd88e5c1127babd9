/** Runs in a thread of its own and reads a file for `read-thread.ts`, a batch at a time when asked: unpacking and parsing never hold up a request. */
import { parentPort } from 'node:worker_threads';
import { type AdvisoryBatch, readAdvisoryFile } from './read-file.ts';

export type ReadReply =
  | { readonly kind: 'batch'; readonly batch: AdvisoryBatch }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly isFileAtFault: boolean; readonly message: string };

const port = parentPort;
if (port === null) throw new Error('read-worker runs as a worker thread');

let batches: AsyncGenerator<AdvisoryBatch> | undefined;

/** The path first, and after that anything asks for the next batch. */
port.on('message', (message: string) => {
  batches ??= readAdvisoryFile(message);
  void next(batches).then((reply) => port.postMessage(reply)); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
});

async function next(from: AsyncGenerator<AdvisoryBatch>): Promise<ReadReply> {
  try {
    const result = await from.next();
    return result.done === true ? { kind: 'end' } : { kind: 'batch', batch: result.value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', isFileAtFault: error instanceof Error && error.name === 'AdvisoryError', message };
  }
}
