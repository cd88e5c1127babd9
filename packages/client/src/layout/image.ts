/** Images as the store knows them. */
import type { Digest } from '@naru/oci/digest';

export type BlobDescriptor = { readonly mediaType: string; readonly digest: Digest; readonly size: number };

/** A name, canonical: `docker.io/library/nginx:alpine`, or with a digest where a registry is known to have it. */
export type ImageRef = {
  readonly name: string;
  readonly kind: 'tag' | 'digest';
  /** Without tag and digest. */
  readonly repository: string;
  readonly manifest: Digest;
  /** What the name means at its registry: the manifest, or an index around it. */
  readonly target: BlobDescriptor;
  readonly changedAt: number;
};

export type Image = {
  /** The digest of the config. */
  readonly id: Digest;
  /** The newest of its manifests; usually there is one. */
  readonly manifest: BlobDescriptor;
  /** Epoch ms; undefined when the config does not say. */
  readonly createdAt: number | undefined;
  /** Of the unpacked files, as Docker counts. */
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: string;
  /** In the order of their names. */
  readonly refs: readonly ImageRef[];
};

export type ImageLayer = {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** As stored. */
  readonly sizeBytes: number;
  /** Unpacked. */
  readonly fileBytes: number;
};
