/**
 * Images for black-box tests: made, not stored. The same seed gives the same bytes, other seeds give
 * other digests. They are whole OCI images (a gzipped tar with one file per layer), so that stock
 * clients take them too.
 */
import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export type Bytes = Uint8Array<ArrayBuffer>;
export type Content = { readonly digest: string; readonly bytes: Bytes; readonly mediaType: string };
export type Image = { readonly manifest: Content; readonly config: Content; readonly layers: readonly Content[]; readonly blobs: readonly Content[] };

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

export type ImageOptions = {
  readonly seed: string | number;
  /** How many; 1 unless told. */
  readonly layers?: number;
  /** In each layer's file; 1 KiB unless told. */
  readonly bytes?: number;
  readonly architecture?: string;
  readonly subject?: Content;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};

export function makeImage({
  seed,
  layers: count = 1,
  bytes: layerBytes = 1024,
  architecture = 'amd64',
  subject,
  artifactType,
  annotations,
}: ImageOptions): Image {
  const tars = Array.from({ length: count }, (_, index) => tarOf(`layer-${index}.bin`, makeBytes(`${seed}/${index}`, layerBytes)));
  // Level 1: the bytes are noise, so more effort would find nothing.
  const layers = tars.map((tar) => contentOf(new Uint8Array(gzipSync(tar, { level: 1 })), mediaTypes.layer));
  const config = jsonContent(mediaTypes.config, {
    architecture,
    os: 'linux',
    config: { Labels: { seed: String(seed) } },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
  });
  return makeManifest({
    config,
    layers,
    ...(subject && { subject }),
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  });
}

/** A manifest over any content: an artifact, or an image whose parts the test chooses. */
export function makeManifest(parts: {
  readonly config: Content;
  readonly layers: readonly Content[];
  readonly subject?: Content;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}): Image {
  const { config, layers, subject, artifactType, annotations } = parts;
  const manifest = jsonContent(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    ...(artifactType !== undefined && { artifactType }),
    config: descriptorOf(config),
    layers: layers.map((layer) => descriptorOf(layer)),
    ...(subject && { subject: descriptorOf(subject) }),
    ...(annotations && { annotations }),
  });
  return { manifest, config, layers, blobs: [...layers, config] };
}

/** An index over manifests, or over other indexes. */
export function makeIndex(
  children: readonly Content[],
  options: { readonly subject?: Content; readonly annotations?: Readonly<Record<string, string>> } = {},
): Content {
  return jsonContent(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: children.map((child) => descriptorOf(child)),
    ...(options.subject && { subject: descriptorOf(options.subject) }),
    ...(options.annotations && { annotations: options.annotations }),
  });
}

export function makeBlob(seed: string | number, sizeBytes: number): Content {
  return contentOf(makeBytes(seed, sizeBytes), 'application/octet-stream');
}

/** Noise that the seed decides; 1 GB/s, so that large blobs cost nothing. */
export function makeBytes(seed: string | number, sizeBytes: number): Bytes {
  const key = createHash('sha256').update(String(seed)).digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  return new Uint8Array(cipher.update(Buffer.alloc(sizeBytes)));
}

export function jsonContent(mediaType: string, value: unknown): Content {
  return contentOf(new TextEncoder().encode(JSON.stringify(value)), mediaType);
}

export function contentOf(bytes: Bytes, mediaType: string): Content {
  return { digest: digestOf(bytes), bytes, mediaType };
}

export function descriptorOf({ mediaType, digest, bytes }: Content): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size: bytes.length };
}

export function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** POSIX ustar with one regular file: header, bytes, padding, two empty records. */
function tarOf(name: string, file: Bytes): Bytes {
  const padded = Math.ceil(file.length / 512) * 512;
  const tar = new Uint8Array(512 + padded + 1024);
  const header = tar.subarray(0, 512);
  const put = (offset: number, text: string) => header.set(new TextEncoder().encode(text), offset);
  put(0, name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${file.length.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        '); // the checksum counts itself as spaces
  put(156, '0');
  put(257, 'ustar\x0000');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  put(148, `${checksum.toString(8).padStart(6, '0')}\0 `);
  tar.set(file, 512);
  return tar;
}
