/** `naru image inspect`: everything about images, as a JSON array or through a template. */
import { familiarString, ImageReferenceError, type NameOptions, parseReference } from '@naru/oci/reference';
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { findImage } from '../layout/find-image.ts';
import type { Image } from '../layout/image.ts';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import type { ImageReader } from '../layout/open-image-reader.ts';
import type { ClientCommand, CommandContext } from './command.ts';
import { daemonText, nameOptions, readStore } from './image-command.ts';
import { isNotFound, type NotFound, printDocuments } from './inspect-documents.ts';

export const imageInspect: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const describe = await imageDescriber(store, context);
    return printDocuments(line, context, (word) => {
      const found = describe(word);
      return Promise.resolve(isNotFound(found) ? { problem: daemonText(`no such image: ${word}: ${found.problem}`) } : found);
    });
  });

/** Of each word the image that it means. */
export async function imageDescriber(store: ImageReader, context: CommandContext): Promise<(word: string) => object | NotFound> {
  const images = store.listImages();
  const names = await nameOptions(context);
  return (word) => {
    const found = find(images, word, names);
    return typeof found === 'string' ? { problem: found } : inspect(store, found, names);
  };
}

/** Or why there is none. */
function find(images: readonly Image[], word: string, names: NameOptions): Image | string {
  try {
    const { found, wanted } = findImage(images, word, names);
    return found?.image ?? `No such image: ${wanted}`;
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    return error.message;
  }
}

function inspect(store: ImageReader, image: Image, options: NameOptions): JsonObject {
  const names = image.refs.map(({ name, kind, changedAt }) => ({ name: familiarString(parseReference(name), options), kind, changedAt }));
  const { json, diffIds, variant, os, architecture } = readConfig(store, image);
  const tagged = Math.max(...names.filter(({ kind }) => kind === 'tag').map(({ changedAt }) => changedAt));
  return {
    Id: image.id,
    RepoTags: names.flatMap(({ name, kind }) => (kind === 'tag' ? [name] : [])),
    RepoDigests: names.flatMap(({ name, kind }) => (kind === 'digest' ? [name] : [])),
    Parent: '',
    Comment: textOf(json['comment']),
    Created: textOf(json['created']),
    DockerVersion: textOf(json['docker_version']),
    Author: textOf(json['author']),
    Config: isJsonObject(json['config']) ? json['config'] : {},
    Architecture: architecture,
    ...(variant !== undefined && { Variant: variant }),
    Os: os,
    ...(typeof json['os.version'] === 'string' && { OsVersion: json['os.version'] }),
    Size: image.sizeBytes,
    VirtualSize: image.sizeBytes,
    RootFS: { Type: 'layers', Layers: diffIds },
    Metadata: { LastTagTime: Number.isFinite(tagged) ? new Date(tagged).toISOString() : '0001-01-01T00:00:00Z' },
    Descriptor: image.manifest,
    Layers: store.listLayers(image.manifest.digest).map(({ digest, diffId, sizeBytes, fileBytes }) => ({
      Digest: digest,
      DiffID: diffId,
      CompressedSize: sizeBytes,
      Size: fileBytes,
      Sources: store.listLayerSources(digest),
    })),
  };
}

/** What is stored under the id may be no image's config, but an artifact's. */
function readConfig(store: ImageReader, image: Image): Pick<ReturnType<typeof parseImageConfig>, 'json' | 'diffIds' | 'variant' | 'os' | 'architecture'> {
  if (image.platform === '') return { json: {}, diffIds: [], variant: undefined, os: '', architecture: '' };
  return parseImageConfig(store.readBlob(image.id, configMaxBytes));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
