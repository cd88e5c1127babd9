/**
 * The folder of the local store:
 *
 *     oci-layout  index.json      what other tools read; index.json is made from the rows
 *     blobs/ALG/HEX               manifests, configs, layers: byte for byte as they came
 *     ingest/*.partial            what is being received
 *     naru.db                     the rows: names, images, what they need, leases
 */
import { join } from 'node:path';
import { type Digest, digestAlgorithm, digestEncoded } from '@naru/oci/digest';

export type StorePaths = {
  readonly root: string;
  readonly database: string;
  readonly layoutMarker: string;
  readonly index: string;
  readonly blobs: string;
  readonly ingest: string;
  blobFolder(digest: Digest): string;
  blob(digest: Digest): string;
  partial(name: string): string;
};

export function storePaths(root: string): StorePaths {
  const blobFolder = (digest: Digest): string => join(root, 'blobs', digestAlgorithm(digest));
  return {
    root,
    database: join(root, 'naru.db'),
    layoutMarker: join(root, 'oci-layout'),
    index: join(root, 'index.json'),
    blobs: join(root, 'blobs'),
    ingest: join(root, 'ingest'),
    blobFolder,
    blob: (digest) => join(blobFolder(digest), digestEncoded(digest)),
    partial: (name) => join(root, 'ingest', `${name}.partial`),
  };
}
