/**
 * What is really on the disk, for collection, fsck and scrub. A page reads one fan-out folder at a
 * time, so memory does not grow with the store. Strangers (an editor's backup, `lost+found`, a file
 * in the wrong folder) are passed over: they are nobody's blob and not ours to touch.
 */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { type Digest, digestAlgorithm, isDigest } from '@naru/oci/digest';
import { isUploadId, type UploadId } from '../../runtime/ids.ts';
import type { StorageKey, StoredBlob, StoredUpload } from '../port.ts';
import { digestOfKey } from './blobs.ts';
import { storageKeyOf } from './commit.ts';
import { type FileLayout, firstByteOf, firstBytes, storedAlgorithms } from './layout.ts';
import { hasErrorCode } from './storage-error.ts';

/** In order of digest. */
export async function listBlobs(layout: FileLayout, { after, limit }: { after?: StorageKey; limit: number }): Promise<StoredBlob[]> {
  const last = after === undefined ? undefined : digestOfKey(after);
  const page: StoredBlob[] = [];
  for (const algorithm of storedAlgorithms) {
    for (const firstByte of firstBytes) {
      if (page.length >= limit) return page;
      if (last !== undefined && isBefore(algorithm, firstByte, last)) continue;
      const names = await readNames(layout.fanOut(algorithm, firstByte));
      const digests = names.map((name) => `${algorithm}:${name}`).filter((text) => isDigest(text));
      for (const digest of digests.filter((each) => firstByteOf(each) === firstByte && (last === undefined || each > last)).sort()) {
        if (page.length >= limit) return page;
        const found = findFile(layout.blob(digest));
        if (found !== undefined) page.push({ storageKey: storageKeyOf(digest), digest, ...found });
      }
    }
  }
  return page;
}

/** In order of id. One folder holds them all: expiry keeps their number small. */
export async function listUploads(layout: FileLayout, { after, limit }: { after?: UploadId; limit: number }): Promise<StoredUpload[]> {
  const page: StoredUpload[] = [];
  const ids = (await readNames(layout.uploads)).filter((name) => isUploadId(name));
  for (const id of ids.filter((each) => after === undefined || each > after).sort()) {
    if (page.length >= limit) break;
    const found = findFile(layout.upload(id));
    if (found !== undefined) page.push({ id, ...found });
  }
  return page;
}

function isBefore(algorithm: string, firstByte: string, last: Digest): boolean {
  const lastAlgorithm = digestAlgorithm(last);
  return algorithm < lastAlgorithm || (algorithm === lastAlgorithm && firstByte < firstByteOf(last));
}

async function readNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/** Undefined when it went since the folder was read, or is no file. */
function findFile(path: string): { sizeBytes: number; modifiedAt: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? { sizeBytes: found.size, modifiedAt: Math.trunc(found.mtimeMs) } : undefined;
}
