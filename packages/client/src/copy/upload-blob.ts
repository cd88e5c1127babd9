/**
 * One blob from the store to a registry. Large ones go in chunks, and after each it is remembered how
 * far the upload came, so that neither a lost connection nor a killed process repeats more than one.
 * Where a registry refuses chunks, the blob goes in one piece.
 */
import type { Digest } from '@naru/oci/digest';
import type { UploadSessions } from '../layout/upload-sessions.ts';
import { isRemoteError, type RemoteError } from '../remote/remote-error.ts';
import type { Upload } from '../remote/repository.ts';
import { retryDelayMs } from '../remote/retry.ts';
import { signalOf, type Transfer } from './transfer.ts';

export type UploadOptions = {
  readonly sessions: UploadSessions;
  /** Begun already, as by a mount that was not granted. */
  readonly begun?: Upload;
  readonly signal?: AbortSignal;
  /** How many bytes were sent by now. */
  readonly onBytes?: (bytes: number) => void;
  readonly onRetry?: (delayMs: number) => void;
};

/** Of a blob; what is shorter goes in one request. */
export const uploadChunkBytes = 16 * 1024 * 1024;

/** Throws RemoteError. */
export async function uploadBlob(transfer: Transfer, blob: { readonly digest: Digest; readonly size: number }, options: UploadOptions): Promise<void> {
  const { store, repository, connection, clock } = transfer;
  const { sessions, onBytes, onRetry } = options;
  const target = uploadTarget(transfer, blob.digest);
  let upload = options.begun;
  let isChunked = true;
  let failures = 0;

  for (;;) {
    try {
      upload ??= await repository.startUpload(signalOf(options));
      const chunkBytes = isChunked ? Math.max(uploadChunkBytes, upload.chunkMinBytes ?? 0) : Infinity;
      let isRemembered = blob.size - upload.offset > chunkBytes && sessions.remember(target, upload);
      while (blob.size - upload.offset > chunkBytes) {
        upload = await repository.appendUpload(upload, bytesOf(upload.offset, chunkBytes), { length: chunkBytes, ...signalOf(options) });
        isRemembered &&= sessions.remember(target, upload);
        failures = 0;
      }
      const length = blob.size - upload.offset;
      await repository.finishUpload(
        upload,
        blob.digest,
        length === 0 ? signalOf(options) : { body: bytesOf(upload.offset, length), length, ...signalOf(options) },
      );
      sessions.forget(target);
      return;
    } catch (error) {
      if (!isRemoteError(error) || options.signal?.aborted === true) throw error;
      failures++;
      const isInParts = isChunked && upload !== undefined && (upload.offset > 0 || blob.size > uploadChunkBytes);
      if (isInParts && isRemoteError(error, 'refused', 'range')) {
        // What the registry has may be as wrong as the manner: both are left behind.
        isChunked = false;
        sessions.forget(target);
        if (upload !== undefined) await repository.cancelUpload(upload, signalOf(options));
        upload = undefined;
        continue;
      }
      if (failures >= connection.retry.attempts || !mayPass(error, upload, failures)) throw error;
      const delayMs = Math.max(error.retryAfterMs ?? 0, retryDelayMs(connection.retry, failures, clock.random()));
      if (delayMs > connection.retry.maxRetryAfterMs) throw error;
      onRetry?.(delayMs);
      await clock.sleep(delayMs, options.signal);
      // The answer may have been lost, and not the bytes.
      if ((await repository.headBlob(blob.digest, signalOf(options)).catch(() => undefined)) !== undefined) {
        sessions.forget(target);
        return;
      }
      upload = upload && (await askStatus(transfer, upload, blob.size));
    }
  }

  function bytesOf(start: number, length: number): ReadableStream<Uint8Array> {
    const source = store.streamBlob(blob.digest, { start })[Symbol.asyncIterator]();
    let left = length;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const next = await source.next();
          if (next.done !== true) {
            const piece = next.value.subarray(0, left);
            left -= piece.length;
            controller.enqueue(piece);
            onBytes?.(start + length - left);
          }
          if (next.done !== true && left > 0) return;
          await source.return?.();
          controller.close();
        },
        async cancel() {
          await source.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** Where an earlier push of the same blob left off; undefined when there is nothing to go on with. */
export async function findUpload(
  transfer: Transfer,
  blob: { readonly digest: Digest; readonly size: number },
  sessions: UploadSessions,
): Promise<Upload | undefined> {
  const target = uploadTarget(transfer, blob.digest);
  const remembered = sessions.find(target);
  if (remembered === undefined) return undefined;
  const upload = await askStatus(transfer, remembered, blob.size);
  if (upload === undefined) sessions.forget(target);
  return upload;
}

function uploadTarget({ repository }: Transfer, digest: Digest): string {
  return `${repository.registry}/${repository.name}@${digest}`;
}

/** Undefined when it has to begin anew. */
async function askStatus({ repository, ...transfer }: Transfer, upload: Upload, sizeBytes: number): Promise<Upload | undefined> {
  try {
    const found = await repository.uploadStatus(upload, signalOf(transfer));
    return found !== undefined && found.offset <= sizeBytes ? found : undefined;
  } catch (error) {
    // Some registries cannot go on with what broke in the middle of a chunk, and say so in many ways.
    if (isRemoteError(error, 'refused', 'broken-answer', 'range', 'unavailable')) return undefined;
    throw error;
  }
}

/** An upload that the registry has lost is begun again; a repository that is not there stays so. A token may have run out once. */
function mayPass(error: RemoteError, upload: Upload | undefined, failures: number): boolean {
  if (error.retryable || error.kind === 'network') return true;
  return upload !== undefined && (error.kind === 'not-found' || (error.kind === 'unauthorized' && failures === 1));
}
