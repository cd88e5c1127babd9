/** Archives as tools write them, and as nobody should. */
import { gzipSync } from 'node:zlib';
import { tarEnd, tarHeader, tarPadding } from '@naru/archive/tar-writer';
import { type Content, descriptorOf, digestOf, jsonContent, makeBytes, makeImage, mediaTypes } from '../../support/image.ts';

type Files = Readonly<Record<string, Uint8Array | string>>;

export function tarOf(files: Files): Buffer {
  const parts = Object.entries(files).flatMap(([name, content]) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...parts, tarEnd]);
}

/** As `skopeo copy --all … oci-archive:` writes it: an index of two platforms that share nothing. */
export function layoutArchive({ seed, name, layerBytes }: { seed: string; name: string; layerBytes: number }): { bytes: Buffer; digest: string } {
  const images = ['amd64', 'arm64'].map((architecture) => makeImage({ seed: `${seed} ${architecture}`, architecture, bytes: layerBytes }));
  const manifests = images.map(({ manifest }, index) => ({
    ...descriptorOf(manifest),
    platform: { os: 'linux', architecture: index === 0 ? 'amd64' : 'arm64' },
  }));
  const index = jsonContent(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests });
  const root = { ...descriptorOf(index), annotations: { 'org.opencontainers.image.ref.name': name } };
  const contents: Content[] = [...images.flatMap((image) => [...image.blobs, image.manifest]), index];
  const bytes = tarOf({
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ schemaVersion: 2, manifests: [root] }),
    ...Object.fromEntries(contents.map(({ digest, bytes: content }) => [`blobs/${digest.replace(':', '/')}`, content])),
  });
  return { bytes, digest: index.digest };
}

/** As `docker save` wrote it before it knew OCI layouts; one of the layers as some build tools compress theirs. */
export function dockerArchive(name: string): { bytes: Buffer; config: string; layers: readonly string[] } {
  const layers = ['one', 'two'].map((seed) => tarOf({ [`${seed}.txt`]: makeBytes(`${name} ${seed}`, 2000) }));
  const diffIds = layers.map((layer) => digestOf(layer));
  const packed = gzipSync(layers[1] ?? '');
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: diffIds } });
  const bytes = tarOf({
    'config.json': config,
    'one/layer.tar': layers[0] ?? '',
    'two.tar.gz': packed,
    'manifest.json': JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: ['one/layer.tar', 'two.tar.gz'] }]),
  });
  return { bytes, config: digestOf(Buffer.from(config)), layers: [diffIds[0] ?? '', digestOf(packed)] };
}
