/** Bytes, digests and manifests that the specification's tests push. All of it is made, nothing is stored. */
import { randomBytes } from 'node:crypto';
import { digestOf as digestOfBytes } from '../../support/image.ts';

export type Algorithm = 'sha256' | 'sha512';
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly urls?: readonly string[];
  readonly data?: string;
};
export type Content = { readonly mediaType: string; readonly bytes: Uint8Array; readonly digest: string };

export const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

export function digestOf(bytes: Uint8Array | string, algorithm: Algorithm = 'sha256'): string {
  return digestOfBytes(Buffer.from(bytes), algorithm);
}

/** New content each time, so that no test finds another's. */
export function newBlob(sizeBytes = 512): Uint8Array {
  return randomBytes(sizeBytes);
}

export function contentOf(bytes: Uint8Array, mediaType: string, algorithm?: Algorithm): Content {
  return { mediaType, bytes, digest: digestOf(bytes, algorithm) };
}

export function jsonContent(value: object, mediaType: string, algorithm?: Algorithm): Content {
  return contentOf(Buffer.from(JSON.stringify(value)), mediaType, algorithm);
}

export function describeContent({ mediaType, bytes, digest }: Content, more: Partial<Descriptor> = {}): Descriptor {
  return { mediaType, digest, size: bytes.length, ...more };
}

export type ImageOptions = {
  readonly algorithm?: Algorithm;
  readonly layers?: readonly Content[];
  readonly layerCount?: number;
  readonly config?: Content;
  /** Fields of the manifest beside the usual, or instead of them. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly descriptor?: (content: Content) => Partial<Descriptor>;
};

/** A manifest and the blobs it needs. */
export type Image = Content & { readonly blobs: readonly Content[] };

export function newImage(options: ImageOptions = {}): Image {
  const { algorithm = 'sha256', layerCount = 2, descriptor = () => ({}) } = options;
  const layers = options.layers ?? Array.from({ length: layerCount }, () => contentOf(newBlob(), types.layer, algorithm));
  const config = options.config ?? jsonContent({ os: 'linux', architecture: 'amd64', id: digestOf(newBlob()) }, types.config, algorithm);
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describeContent(config, descriptor(config)),
    layers: layers.map((layer) => describeContent(layer, descriptor(layer))),
    ...options.fields,
  };
  return { ...jsonContent(manifest, manifest.mediaType, algorithm), blobs: [config, ...layers] };
}

/** An index and the manifests it lists, with their blobs. */
export type Index = Content & { readonly children: readonly (Image | Index)[] };

export function newIndex(children: readonly (Image | Index)[], fields: Readonly<Record<string, unknown>> = {}, algorithm?: Algorithm): Index {
  const manifests = children.map((child) => describeContent(child));
  return { ...jsonContent({ schemaVersion: 2, mediaType: types.index, manifests, ...fields }, types.index, algorithm), children };
}

export const emptyJson: Content = jsonContent({}, types.empty);

/** An artifact as image-spec's guidance makes one: an empty config, one layer of the artifact's own type. */
export function newArtifact(artifactType: string, fields: Readonly<Record<string, unknown>> = {}): Image {
  return newImage({ config: emptyJson, layers: [contentOf(newBlob(), artifactType)], fields: { artifactType, ...fields } });
}
