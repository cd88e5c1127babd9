/**
 * Where the file driver keeps what. This is the only file that makes its paths, and it makes them
 * from typed values, never from text of a client.
 *
 *     <root>/                             one file system: a commit is a rename
 *     ├── sha256/
 *     │   ├── 00/                         first byte of the hash: 256 folders keep each one small
 *     │   │   └── 00e1…                   a blob: its name is the hash of its bytes (I2)
 *     │   └── …
 *     ├── sha512/                         the same, for blobs that were pushed by their sha512
 *     ├── uploads/
 *     │   └── 6f0c…-4…-…                  an upload: its bytes so far (I3)
 *     └── quarantine/
 *         └── sha256-00e1…                bytes that no longer match their name
 */
import { join } from 'node:path';
import { type Digest, type DigestAlgorithm, digestAlgorithm, digestEncoded } from '@naru/oci/digest';
import type { UploadId } from '../../runtime/ids.ts';

export const storedAlgorithms: readonly DigestAlgorithm[] = ['sha256', 'sha512'];

export type FileLayout = {
  readonly root: string;
  readonly uploads: string;
  readonly quarantine: string;
  algorithm(algorithm: DigestAlgorithm): string;
  fanOut(algorithm: DigestAlgorithm, firstByte: string): string;
  blob(digest: Digest): string;
  upload(id: UploadId): string;
  quarantined(digest: Digest): string;
};

export function fileLayout(root: string): FileLayout {
  const uploads = join(root, 'uploads');
  const quarantine = join(root, 'quarantine');
  return {
    root,
    uploads,
    quarantine,
    algorithm: (algorithm) => join(root, algorithm),
    fanOut: (algorithm, firstByte) => join(root, algorithm, firstByte),
    blob: (digest) => join(root, digestAlgorithm(digest), firstByteOf(digest), digestEncoded(digest)),
    upload: (id) => join(uploads, id),
    quarantined: (digest) => join(quarantine, `${digestAlgorithm(digest)}-${digestEncoded(digest)}`),
  };
}

export function firstByteOf(digest: Digest): string {
  return digestEncoded(digest).slice(0, 2);
}

/** The names of the fan-out folders, in order. */
export const firstBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
