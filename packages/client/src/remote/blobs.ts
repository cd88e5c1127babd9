/**
 * end-2 and end-10: blobs. A stream whose connection is lost is taken up where it broke, with a range;
 * where a registry does not do ranges, what is already there is read again and dropped.
 */
import { type Digest, isDigest } from '@naru/oci/digest';
import { discardBody } from './body.ts';
import type { Endpoint } from './endpoint.ts';
import { contentLength } from './manifests.ts';
import { isRemoteError, RemoteError } from './remote-error.ts';
import { retryDelayMs } from './retry.ts';
import type { WithSignal } from './repository.ts';
import type { RepositoryAccess, RepositoryRequest } from './repository-access.ts';
import { createVerifier, type ExpectedContent, type Verifier, verifyStream } from './verify.ts';

/** In bytes. Without `length` to the end. */
export type BlobPart = WithSignal & { readonly offset?: number; readonly length?: number };

export type BlobStream = {
  /** Begins at the offset that was asked for, whatever the registry did. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Of the whole blob, when the registry said so. */
  readonly sizeBytes: number | undefined;
  /** The content was wrong: whoever gave it is not asked again. */
  distrust(): void;
};

export async function headBlob(access: RepositoryAccess, digest: Digest, { signal }: WithSignal = {}): Promise<{ sizeBytes: number | undefined } | undefined> {
  try {
    return await access.read({ method: 'HEAD', target: `blobs/${digest}`, rights: ['pull'], expect: [200], ...(signal && { signal }) }, async (response) => {
      await discardBody(response.body);
      return { sizeBytes: contentLength(response) };
    });
  } catch (error) {
    if (isRemoteError(error, 'not-found')) return undefined;
    throw error;
  }
}

export async function getBlob(access: RepositoryAccess, digest: Digest, part: BlobPart = {}): Promise<BlobStream> {
  if (!isDigest(digest)) throw new Error('a blob is named by its digest'); // it becomes a part of an address
  const { offset = 0, length } = part;
  const first = await openPart(access, digest, part);
  return {
    stream: resumingStream(access, digest, { ...part, offset, ...(length !== undefined && { length }) }, first),
    sizeBytes: first.sizeBytes,
    distrust: () => access.distrust(first.endpoint),
  };
}

/**
 * What consumers use: the stream ends well only when it was the expected content. For a blob that is
 * partly there already, `verifier` has been given that part, and the stream begins behind it.
 */
export async function getVerifiedBlob(
  repository: { getBlob(digest: Digest, part?: BlobPart): Promise<BlobStream> },
  expected: ExpectedContent,
  { verifier = createVerifier(expected), signal }: WithSignal & { readonly verifier?: Verifier } = {},
): Promise<ReadableStream<Uint8Array>> {
  const { stream, sizeBytes, distrust } = await repository.getBlob(expected.digest, { offset: verifier.seenBytes, ...(signal && { signal }) });
  if (sizeBytes !== undefined && expected.size !== undefined && sizeBytes !== expected.size) {
    distrust();
    await discardBody(stream);
    throw new RemoteError('wrong-content', `blob ${expected.digest} has ${sizeBytes} bytes in the registry, and its descriptor says ${expected.size}`);
  }
  return verifyStream(stream, verifier, distrust);
}

type OpenPart = { readonly body: ReadableStream<Uint8Array>; readonly sizeBytes: number | undefined; readonly endpoint: Endpoint };

function openPart(access: RepositoryAccess, digest: Digest, { offset = 0, length, signal }: BlobPart): Promise<OpenPart> {
  const isWhole = offset === 0 && length === undefined;
  const last = length === undefined ? '' : String(offset + length - 1);
  const request: RepositoryRequest = {
    method: 'GET',
    target: `blobs/${digest}`,
    rights: ['pull'],
    headers: isWhole ? {} : { range: `bytes=${offset}-${last}` },
    expect: isWhole ? [200] : [200, 206],
    ...(signal && { signal }),
  };
  return access.read(request, async (response, endpoint) => {
    if (response.status === 200) return { body: cut(response.body, offset, length), sizeBytes: contentLength(response), endpoint };
    const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(response.headers.get('content-range') ?? '');
    if (Number(range?.[1]) !== offset) {
      await discardBody(response.body);
      throw new RemoteError('broken-answer', `${endpoint.address.host} answered another range of blob ${digest} than the one asked for`);
    }
    return { body: length === undefined ? response.body : cut(response.body, 0, length), sizeBytes: wholeSize(range?.[3]), endpoint };
  });
}

function wholeSize(total: string | undefined): number | undefined {
  return total === undefined || total === '*' ? undefined : Number(total);
}

/** Counts tries that bring nothing; one that brings bytes begins the count anew. */
function resumingStream(access: RepositoryAccess, digest: Digest, part: BlobPart & { offset: number }, first: OpenPart): ReadableStream<Uint8Array> {
  const { retry, clock, onRetry } = access.connection;
  const { offset, length, signal } = part;
  let reader = first.body.getReader();
  let received = 0;
  let failures = 0;

  async function resume(error: unknown): Promise<void> {
    for (let cause = error; ;) {
      failures++;
      if (!isRemoteError(cause) || !cause.retryable || failures >= retry.attempts || signal?.aborted === true) throw cause;
      const delayMs = retryDelayMs(retry, failures, clock.random());
      onRetry?.(cause, delayMs);
      await clock.sleep(delayMs, signal);
      try {
        const left = { offset: offset + received, ...(length !== undefined && { length: length - received }), ...(signal && { signal }) };
        reader = (await openPart(access, digest, left)).body.getReader();
        return;
      } catch (again) {
        cause = again;
      }
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          let piece;
          try {
            piece = await reader.read();
          } catch (error) {
            await resume(error);
            continue;
          }
          if (piece.done) return controller.close();
          received += piece.value.length;
          failures = 0;
          return controller.enqueue(piece.value);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Drops what comes before `offset`, and ends after `length`. */
function cut(body: ReadableStream<Uint8Array>, offset: number, length: number | undefined): ReadableStream<Uint8Array> {
  if (offset === 0 && length === undefined) return body;
  const reader = body.getReader();
  let skip = offset;
  let left = length ?? Infinity;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const { done, value } = left === 0 ? { done: true, value: undefined } : await reader.read();
          if (done || value === undefined) {
            await reader.cancel().catch(() => {}); // nothing more of it is wanted
            return controller.close();
          }
          const wanted = value.subarray(skip, Math.min(value.length, skip + left));
          skip = Math.max(0, skip - value.length);
          left -= wanted.length;
          if (wanted.length > 0) return controller.enqueue(wanted);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
