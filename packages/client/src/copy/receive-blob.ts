/**
 * One blob from a registry into the store. What an earlier run received is hashed again and gone on
 * from; when the whole turns out wrong, that part may be to blame, so the blob is asked for once more
 * from its beginning. Memory holds one piece at a time.
 */
import type { Digest } from '@naru/oci/digest';
import type { Ingest } from '../layout/ingest.ts';
import type { Lease } from '../layout/lease.ts';
import { StoreError } from '../layout/store-error.ts';
import { isRemoteError, RemoteError } from '../remote/remote-error.ts';
import { signalOf, type Transfer } from './transfer.ts';

export type WantedBlob = { readonly digest: Digest; readonly size: number };

export type ReceiveOptions = {
  readonly signal?: AbortSignal;
  /** How many bytes there are by now. */
  readonly onBytes?: (bytes: number) => void;
};

/** How often to look whether another process is done with the same blob. */
const lookAgainMs = 100;

/** False when it was there already. Afterwards the lease keeps it. Throws RemoteError and StoreError. */
export async function receiveBlob(transfer: Transfer, lease: Lease, blob: WantedBlob, options: ReceiveOptions = {}): Promise<boolean> {
  const { store, clock, connection } = transfer;
  lease.protect([blob.digest]);
  for (let tries = 1; ; tries++) {
    while (!hasBlob(transfer, blob) && store.isReceivedElsewhere(blob.digest)) await clock.sleep(lookAgainMs, options.signal);
    if (hasBlob(transfer, blob)) return false;
    const ingest = store.ingest(lease, { digest: blob.digest, sizeBytes: blob.size });
    const began = ingest.offset;
    try {
      await fill(transfer, ingest, blob, options);
      await ingest.commit();
      return true;
    } catch (error) {
      ingest.close();
      // Each mirror that gave wrong content is left out of the next try.
      const others = connection.endpoints.length - tries;
      if (!isWrongContent(error) || (began === 0 && others <= 0)) throw error;
    }
  }
}

export function hasBlob({ store }: Pick<Transfer, 'store'>, { digest, size }: WantedBlob): boolean {
  return store.findBlobSize(digest) === size;
}

/** The stream takes itself up again when its connection is lost; an answer that ends early without saying so is asked to go on, as long as it gives something. */
async function fill(transfer: Transfer, ingest: Ingest, blob: WantedBlob, options: ReceiveOptions): Promise<void> {
  while (ingest.offset < blob.size) {
    const before = ingest.offset;
    await receivePart(transfer, ingest, blob, options);
    if (ingest.offset === before) throw new RemoteError('network', `the registry gives no more than ${before} of the ${blob.size} bytes of ${blob.digest}`);
  }
}

async function receivePart({ repository }: Transfer, ingest: Ingest, blob: WantedBlob, { signal, onBytes }: ReceiveOptions): Promise<void> {
  const { stream, sizeBytes, distrust } = await open();
  const reader = stream.getReader();
  try {
    if (sizeBytes !== undefined && sizeBytes !== blob.size) throw wrong(`it has ${sizeBytes} bytes in the registry, and its descriptor says ${blob.size}`);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (ingest.offset + value.length > blob.size) throw wrong(`it is longer than the ${blob.size} bytes that its descriptor says`);
      ingest.append(value);
      onBytes?.(ingest.offset);
    }
    if (ingest.offset === blob.size) {
      if (ingest.digest() !== blob.digest) throw wrong(`its bytes are ${ingest.digest()}`);
    } else if (sizeBytes === undefined) {
      throw wrong(`${ingest.offset} of ${blob.size} bytes came`);
    }
  } catch (error) {
    if (isWrongContent(error)) distrust();
    await reader.cancel().catch(() => {}); // the first error is the one to tell
    throw error;
  }

  async function open() {
    try {
      return await repository.getBlob(blob.digest, { offset: ingest.offset, ...signalOf({ ...(signal && { signal }) }) });
    } catch (error) {
      // The registry has no byte behind what is here, and more were announced.
      throw isRemoteError(error, 'range') ? wrong(`there are no bytes from ${ingest.offset} on`) : error;
    }
  }

  /** Docker's words. */
  function wrong(why: string): RemoteError {
    ingest.abort();
    return new RemoteError('wrong-content', `filesystem layer verification failed for digest ${blob.digest}: ${why}`);
  }
}

function isWrongContent(error: unknown): boolean {
  return isRemoteError(error, 'wrong-content') || (error instanceof StoreError && error.kind === 'wrong-content');
}
