/**
 * Rot: a stored blob whose bytes are missing or no longer have its digest. Found by pulls, scrub and fsck.
 * It is set aside, rows first, so that nobody is served from it; the next push of the digest heals it.
 */
import { digestAlgorithm, type Digest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import type { BlobInventory, BlobStore } from '../blobstore/port.ts';
import type { BlobRow } from '../metadata/collection-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Log } from '../runtime/log.ts';
import type { DigestLocks } from './digest-locks.ts';

export type QuarantineParts = {
  readonly bytes: BlobStore & BlobInventory;
  readonly rows: MetadataStore;
  readonly log: Log;
  readonly digestLocks: DigestLocks;
  /** Told of each blob that is set aside. */
  readonly onRot: () => void;
};

/** What is wrong with a blob's bytes, and in words: `blob sha256:… has no bytes`. */
export type Rot = { readonly kind: 'missing' | 'changed'; readonly what: string };

/** Undefined when the bytes are sound. */
export async function findRot(bytes: BlobInventory, { digest, storageKey, sizeBytes }: BlobRow, signal?: AbortSignal): Promise<Rot | undefined> {
  try {
    const found = await bytes.hashBlob(storageKey, digestAlgorithm(digest), signal && { signal });
    if (found.sizeBytes !== sizeBytes) return { kind: 'changed', what: `has ${found.sizeBytes} bytes instead of ${sizeBytes}` };
    if (found.digest !== digest) return { kind: 'changed', what: `has bytes that hash to ${found.digest}` };
    return undefined;
  } catch (error) {
    if (isRegistryError(error, 'BLOB_UNKNOWN')) return { kind: 'missing', what: 'has no bytes' };
    throw error;
  }
}

/**
 * Looks again, while no push and no collection can change the blob, and sets it aside when it is
 * rotten. Returns what is wrong; undefined when it is sound, or gone.
 */
export async function quarantineRotten(
  { bytes, rows, log, digestLocks, onRot }: QuarantineParts,
  digest: Digest,
  signal?: AbortSignal,
): Promise<Rot | undefined> {
  return digestLocks.hold(digest, async () => {
    const row = await rows.integrity.findBlobRow(digest);
    if (row?.state !== 'stored') return undefined;
    const rot = await findRot(bytes, row, signal);
    if (rot === undefined) return undefined;
    await rows.integrity.quarantine(digest);
    await bytes.quarantineBlob(row.storageKey);
    onRot();
    log.error('a blob has rotted and was quarantined; pushing it again heals it', { digest, rot: rot.what });
    return rot;
  });
}

/** For a quarantine that a crash cut short: the row says so, and the bytes still lie among the sound ones. */
export async function setAside({ bytes, rows, digestLocks }: Omit<QuarantineParts, 'onRot' | 'log'>, digest: Digest): Promise<void> {
  await digestLocks.hold(digest, async () => {
    const row = await rows.integrity.findBlobRow(digest);
    if (row?.state === 'quarantined') await bytes.quarantineBlob(row.storageKey);
  });
}
