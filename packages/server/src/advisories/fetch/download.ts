/** Gets a file from an address that the operator has named, into a file: with limits, and with the time that its server says it is of. */
import { createWriteStream } from 'node:fs';
import { rm, utimes } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export type Download = { readonly url: string; readonly path: string; readonly etag?: string | undefined; readonly signal: AbortSignal };
/** `unchanged`: it is still what had that tag. */
export type Downloaded = { readonly kind: 'file'; readonly etag?: string } | { readonly kind: 'unchanged' };

const fileMaxBytes = 4 * 2 ** 30;
const timeoutMs = 30 * 60e3;

/** Throws what went wrong, and then leaves no file. */
export async function download({ url, path, etag, signal }: Download): Promise<Downloaded> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const response = await fetch(url, { signal: limited, headers: etag === undefined ? {} : { 'if-none-match': etag } });
  if (response.status === 304) return { kind: 'unchanged' };
  if (!response.ok || response.body === null) throw new Error(`it answered ${response.status} ${response.statusText}`);
  try {
    await pipeline(Readable.from(response.body), upTo(fileMaxBytes), createWriteStream(path, { mode: 0o600 }), { signal: limited });
    const saidAt = Date.parse(response.headers.get('last-modified') ?? '');
    if (Number.isFinite(saidAt)) await utimes(path, saidAt / 1000, saidAt / 1000);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  const newTag = response.headers.get('etag');
  return { kind: 'file', ...(newTag !== null && { etag: newTag }) };
}

export async function discard(path: string): Promise<void> {
  await rm(path, { force: true });
}

function upTo(maxBytes: number): Transform {
  let sizeBytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) done(new Error(`it is longer than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}
