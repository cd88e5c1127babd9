/** `naru system df`: what the local store takes on the disk, as it is stored; with `-v` image by image, as Docker counts. */
import { familiarName, type NameOptions, parseReference } from '@naru/oci/reference';
import { goJson } from '../format/go-json.ts';
import { humanSize } from '../format/human-size.ts';
import { formatList, isTableFormat, templateOf } from '../format/list-format.ts';
import { compileTemplate } from '../format/template/template.ts';
import { plainValue, templateRecord, type TemplateRecord } from '../format/template/value.ts';
import type { Image } from '../layout/image.ts';
import type { ImageReader } from '../layout/open-image-reader.ts';
import type { ClientCommand } from './command.ts';
import { exitCodes, nameOptions, readStore } from './image-command.ts';
import { imageJson } from './image-json.ts';
import { jsonDocument } from './json-document.ts';
import { imageHeader, imageRow } from './image-rows.ts';

const typeName = '*formatter.diskUsageContext';
const header = templateRecord(typeName, { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' });
const table = 'table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';
const imageTable = 'table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}';

export const systemDf: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const images = store.listImages();
    const names = await nameOptions(context);
    if (line.switches.has('json')) {
      const total = diskBytes(store, images);
      await context.terminal.out(
        jsonDocument({ images: { count: images.length, sizeBytes: total, reclaimableBytes: total, each: images.map((image) => imageJson(image, names)) } }),
      );
      return exitCodes.done;
    }
    const format = line.values['format'] ?? 'table';
    if (line.switches.has('verbose')) {
      const rows = verboseRows(store, images, { now: context.clock.now(), isWhole: !isTableFormat(format), names });
      await context.terminal.out(isTableFormat(format) ? `Images space usage:\n\n${formatList(imageTable, imageHeader, rows)}` : verboseText(format, rows));
      return exitCodes.done;
    }
    await context.terminal.out(
      formatList(format === 'table' ? table : format, header, [summary(store, images), ...['Containers', 'Local Volumes', 'Build Cache'].map(noneOf)]),
    );
    return exitCodes.done;
  });

/** Docker counts these, too. Containers have a folder of their own here, and the other two do not exist. */
function noneOf(type: string): TemplateRecord {
  return templateRecord(typeName, { Type: type, TotalCount: '0', Active: '0', Size: '0B', Reclaimable: '0B' });
}

function diskBytes(store: ImageReader, images: readonly Image[]): number {
  const digests = images.flatMap(({ manifest, refs }) => [
    ...store.listContent(manifest.digest),
    ...refs.flatMap((ref) => store.listContent(ref.manifest, ref.name)),
  ]);
  return [...new Set(digests.map(({ digest }) => digest))].reduce((sum, digest) => sum + (store.findBlobSize(digest) ?? 0), 0);
}

function summary(store: ImageReader, images: readonly Image[]): TemplateRecord {
  const bytes = diskBytes(store, images);
  return templateRecord(typeName, {
    Type: 'Images',
    TotalCount: String(images.length),
    Active: '0',
    Size: humanSize(bytes, 4),
    Reclaimable: bytes === 0 ? '0B' : `${humanSize(bytes, 4)} (100%)`,
  });
}

function verboseRows(
  store: ImageReader,
  images: readonly Image[],
  { now, isWhole, names: options }: { readonly now: number; readonly isWhole: boolean; readonly names: NameOptions },
): TemplateRecord[] {
  const layers = new Map(images.map(({ id, manifest }) => [id, store.listLayers(manifest.digest)]));
  const users = new Map<string, number>();
  for (const list of layers.values()) for (const diffId of new Set(list.map((layer) => layer.diffId))) users.set(diffId, (users.get(diffId) ?? 0) + 1);
  return images.map((image) => {
    const [first] = image.refs.filter(({ kind }) => kind === 'tag').map(({ name }) => parseReference(name));
    const sharedBytes = (layers.get(image.id) ?? []).reduce((sum, { diffId, fileBytes }) => sum + ((users.get(diffId) ?? 0) > 1 ? fileBytes : 0), 0);
    const names = { repository: first === undefined ? '<none>' : familiarName(first, options), tag: first?.tag ?? '<none>', digest: '' };
    return imageRow(image, { ...names, sharedBytes, containers: 0 }, { now, truncate: !isWhole });
  });
}

function verboseText(format: string, rows: readonly TemplateRecord[]): string {
  if (format === 'json') return `${goJson({ Images: rows.map(plainValue) }, { escapeHtml: true })}\n`;
  return `${compileTemplate(templateOf(format)).execute({ Images: rows })}\n`;
}
