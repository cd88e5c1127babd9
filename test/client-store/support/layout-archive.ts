/** An OCI image layout as the entries of an archive. */
import { type Content, descriptorOf, makeImage } from '../../support/image.ts';
import type { Entry } from './archives.ts';

export type LayoutEntries = {
  readonly entries: readonly Entry[];
  readonly id: string;
  readonly digest: string;
  /** Where the archive keeps a part. */
  blobName(part: 'manifest' | 'config' | 'layer'): string;
};

export function layoutEntries(seed: string, name: string): LayoutEntries {
  const { manifest, config, layers } = makeImage({ seed, layers: 2, bytes: 3000 });
  const blobs = [...layers, config, manifest].map(({ digest, bytes }) => ({ name: pathOf(digest), content: bytes }));
  const index = { schemaVersion: 2, manifests: [{ ...descriptorOf(manifest), annotations: { 'org.opencontainers.image.ref.name': name } }] };
  const parts: Record<string, Content | undefined> = { manifest, config, layer: layers[0] };
  return {
    entries: [{ name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' }, { name: 'index.json', content: JSON.stringify(index) }, ...blobs],
    id: config.digest,
    digest: manifest.digest,
    blobName: (part) => pathOf(parts[part]?.digest ?? ''),
  };
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
