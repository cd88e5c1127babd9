import { type Digest, digestAlgorithm } from '@naru/oci/digest';
import type { BlobDescriptor } from '../layout/image.ts';
import type { Ingest } from '../layout/ingest.ts';
import type { Lease } from '../layout/lease.ts';
import type { ImageReceiver } from '../layout/open-image-store.ts';
import { ArchiveError } from './archive-names.ts';

/** A file of the archive becomes a blob, if it has the digest and the size that are expected of it. */
export async function commitFile(store: ImageReceiver, lease: Lease, file: Ingest, { digest, size }: Pick<BlobDescriptor, 'digest' | 'size'>): Promise<void> {
  if (file.offset !== size) throw new ArchiveError(`invalid archive: ${digest} has ${file.offset} bytes where its descriptor says ${size}`);
  if (digestAlgorithm(digest) === 'sha256') {
    checkDigest(file, digest);
    await file.commit();
    return;
  }
  // The file was hashed by the usual algorithm while it came: this one is hashed once more.
  const copy = store.ingest(lease, { digest, sizeBytes: size });
  try {
    let skip = copy.offset;
    for (const chunk of file.read()) {
      copy.append(chunk.subarray(Math.min(skip, chunk.length)));
      skip = Math.max(0, skip - chunk.length);
    }
    await copy.commit();
  } finally {
    copy.abort();
  }
}

function checkDigest(file: Ingest, digest: Digest): void {
  const actual = file.digest();
  if (actual !== digest) throw new ArchiveError(`invalid archive: the content that is called ${digest} has the digest ${actual}`);
}
