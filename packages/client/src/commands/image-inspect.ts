/** `naru image inspect`, `naru inspect`: everything about images, as a JSON array or through a template. */
import { familiarString, ImageReferenceError, type NameOptions, parseReference } from '@naru/oci/reference';
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { goJson } from '../format/go-json.ts';
import { templateOf } from '../format/list-format.ts';
import { compileTemplate } from '../format/template/template.ts';
import { TemplateError } from '../format/template/template-error.ts';
import { findImage } from '../layout/find-image.ts';
import type { Image } from '../layout/image.ts';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import type { ImageReader } from '../layout/open-image-reader.ts';
import type { ClientCommand } from './command.ts';
import { daemonText, exitCodes, nameOptions, readStore } from './image-command.ts';

export const imageInspect: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const images = store.listImages();
    const names = await nameOptions(context);
    const problems: string[] = [];
    const documents = (line.words ?? []).flatMap((word) => {
      const found = find(images, word, names);
      if (typeof found !== 'string') return [inspect(store, found, names)];
      problems.push(line.name === 'inspect' ? `Error: No such object: ${word}` : daemonText(`no such image: ${word}: ${found}`));
      return [];
    });
    const { format } = line.values;
    await context.terminal.out(
      format === undefined || format === ''
        ? `${goJson(documents, { escapeHtml: false, indent: '    ' })}\n`
        : documents.map((document) => render(format, document)).join(''),
    );
    for (const problem of problems) await context.terminal.err(`${problem}\n`);
    return problems.length > 0 ? exitCodes.failed : exitCodes.done;
  });

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

function render(format: string, document: JsonObject): string {
  try {
    return `${compileTemplate(templateOf(format)).execute(document)}\n`;
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`template parsing error: ${error.message}`) : error;
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
