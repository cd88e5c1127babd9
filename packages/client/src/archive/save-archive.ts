/**
 * `naru save` and `naru export`: images as one tar. What is saved is an OCI image layout with the
 * blobs as they are stored; `save` adds docker-archive's `manifest.json`, whose paths lead to the same
 * blobs, so that every tool that reads either form reads it.
 */
import { digestAlgorithm, digestEncoded, type Digest } from '@naru/oci/digest';
import { mediaTypes } from '@naru/oci/media-type';
import { familiarName, familiarString, parseReference } from '@naru/oci/reference';
import type { Image, ImageRef } from '../layout/image.ts';
import type { ImageReader } from '../layout/open-image-reader.ts';
import { StoreError } from '../layout/store-error.ts';
import { tarEnd, tarFolder, tarHeader, tarPadding } from '@naru/archive/tar-writer';

/** An image with the names that the archive gives it. */
export type SavedImage = { readonly image: Image; readonly refs: readonly ImageRef[] };
export type SaveFormat = 'docker-and-oci' | 'oci';
export type Sink = (chunk: Uint8Array) => Promise<void>;

export async function saveArchive(store: ImageReader, images: readonly SavedImage[], format: SaveFormat, write: Sink): Promise<void> {
  const content = listDigests();
  await write(tarFolder('blobs'));
  for (const algorithm of new Set(content.map(digestAlgorithm))) await write(tarFolder(`blobs/${algorithm}`));
  for (const digest of content) await writeBlob(digest);
  await writeFile('index.json', JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: images.flatMap(indexEntries) }));
  await writeFile('oci-layout', '{"imageLayoutVersion":"1.0.0"}');
  if (format === 'docker-and-oci') {
    await writeFile('manifest.json', JSON.stringify(images.map(dockerEntry)));
    await writeFile('repositories', JSON.stringify(repositories()));
  }
  await write(tarEnd);

  /** In the order of their digests, so that equal stores make equal archives. */
  function listDigests(): Digest[] {
    const all = images.flatMap(({ image, refs }) => [
      ...store.listContent(image.manifest.digest),
      ...refs.flatMap(({ name, manifest }) => store.listContent(manifest, name)),
    ]);
    return [...new Set(all.filter(({ role }) => role !== 'layout').map(({ digest }) => digest))].toSorted();
  }

  async function writeBlob(digest: Digest): Promise<void> {
    const sizeBytes = store.findBlobSize(digest);
    if (sizeBytes === undefined)
      throw new StoreError('not-found', `content ${digest} is missing from the image store in ${store.root}: pull or load the image again`);
    await write(tarHeader(blobPath(digest), sizeBytes));
    let written = 0;
    for await (const chunk of store.streamBlob(digest)) {
      written += chunk.length;
      await write(chunk);
    }
    if (written !== sizeBytes) throw new StoreError('damaged', `content ${digest} changed while it was read`);
    await write(tarPadding(sizeBytes));
  }

  async function writeFile(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await write(Buffer.concat([tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)]));
  }

  function indexEntries({ image, refs }: SavedImage): object[] {
    if (refs.length === 0) return [image.manifest];
    return refs.map(({ name, target }) => ({
      // Names of one image may lead to different manifests of it; the newest stands for the others.
      ...(store.isTargetWhole(name) ? target : image.manifest),
      annotations: {
        'io.containerd.image.name': name,
        'org.opencontainers.image.ref.name': format === 'oci' ? familiarString(parseReference(name)) : (parseReference(name).tag ?? ''),
      },
    }));
  }

  function dockerEntry({ image, refs }: SavedImage): object {
    return {
      Config: blobPath(image.id),
      RepoTags: refs.filter(({ kind }) => kind === 'tag').map(({ name }) => familiarString(parseReference(name))),
      Layers: store.listLayers(image.manifest.digest).map(({ digest }) => blobPath(digest)),
    };
  }

  function repositories(): Record<string, Record<string, string>> {
    const found: Record<string, Record<string, string>> = {};
    for (const { image, refs } of images) {
      for (const { name } of refs) {
        const reference = parseReference(name);
        const top = store.listLayers(image.manifest.digest).at(-1)?.diffId ?? image.id;
        if (reference.tag !== undefined) (found[familiarName(reference)] ??= {})[reference.tag] = digestEncoded(top);
      }
    }
    return found;
  }
}

function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestEncoded(digest)}`;
}
