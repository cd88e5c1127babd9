/** `naru system df`: what the local store takes on the disk, as it is stored; with `-v` one by one, as Docker counts. */
import { familiarName, type NameOptions, parseReference } from '@naru/oci/reference';
import type { Container } from '../container/container.ts';
import { containerPaths, rootfsFolder } from '../container/container-paths.ts';
import { processOf } from '../container/container-process.ts';
import { folderBytes } from '../container/folder-bytes.ts';
import { type ImageUsers, imageUsers, readContainers } from '../container/image-users.ts';
import { listVolumes, usersOf } from '../container/volumes.ts';
import { goJson } from '../format/go-json.ts';
import { humanSize } from '../format/human-size.ts';
import { formatList, isTableFormat, templateOf } from '../format/list-format.ts';
import { compileTemplate } from '../format/template/template.ts';
import { plainValue, templateRecord, type TemplateRecord } from '../format/template/value.ts';
import type { Image } from '../layout/image.ts';
import type { ImageReader } from '../layout/open-image-reader.ts';
import type { ClientCommand } from './command.ts';
import { containerHeader, containerRow } from './container-row.ts';
import { exitCodes, nameOptions, readStore } from './image-command.ts';
import { imageJson } from './image-json.ts';
import { jsonDocument } from './json-document.ts';
import { imageHeader, imageRow } from './image-rows.ts';
import { volumeHeader, volumeRow } from './volume-rows.ts';

const typeName = '*formatter.diskUsageContext';
const header = templateRecord(typeName, { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' });
const table = 'table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';
const imageTable = 'table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}';
const containerTable = 'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}';
const volumeTable = 'table {{.Name}}\t{{.Links}}\t{{.Size}}';

type Kind = { readonly type: string; readonly total: number; readonly active: number; readonly sizeBytes: number; readonly reclaimableBytes: number };

export const systemDf: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const images = store.listImages();
    const names = await nameOptions(context);
    const containers = readContainers(store.root, context.clock);
    const users = imageUsers(containers);
    const kinds = [imageUsage(store, images, users), containerUsage(store.root, containers), volumeUsage(store.root, containers)];
    if (line.switches.has('json')) {
      const [ofImages, ofContainers, ofVolumes] = kinds.map(({ total, active, sizeBytes, reclaimableBytes }) => ({
        count: total,
        active,
        sizeBytes,
        reclaimableBytes,
      }));
      const each = images.map((image) => imageJson(image, names));
      await context.terminal.out(jsonDocument({ images: { ...ofImages, each }, containers: ofContainers, volumes: ofVolumes }));
      return exitCodes.done;
    }
    const format = line.values['format'] ?? 'table';
    if (line.switches.has('verbose')) {
      const isTable = isTableFormat(format);
      const now = context.clock.now();
      const rows = {
        Images: verboseRows(store, images, { now, isWhole: !isTable, names, users }),
        Containers: containers.map((container) => containerRow(container, { now, isWhole: !isTable, sizeBytes: writtenBytes(store.root, container) })),
        Volumes: listVolumes(store.root).map((volume) =>
          volumeRow(volume, { links: usersOf(containers, volume.name).length, sizeBytes: folderBytes(volume.path) }),
        ),
      };
      await context.terminal.out(isTable ? verboseTables(rows) : verboseText(format, rows));
      return exitCodes.done;
    }
    const buildCache = { type: 'Build Cache', total: 0, active: 0, sizeBytes: 0, reclaimableBytes: 0 }; // nothing is built here
    await context.terminal.out(formatList(format === 'table' ? table : format, header, [...kinds, buildCache].map(kindRow)));
    return exitCodes.done;
  });

function kindRow({ type, total, active, sizeBytes, reclaimableBytes }: Kind): TemplateRecord {
  const share = sizeBytes === 0 ? '' : ` (${Math.floor((reclaimableBytes * 100) / sizeBytes)}%)`;
  return templateRecord(typeName, {
    Type: type,
    TotalCount: String(total),
    Active: String(active),
    Size: humanSize(sizeBytes, 4),
    Reclaimable: `${humanSize(reclaimableBytes, 4)}${share}`,
  });
}

function imageUsage(store: ImageReader, images: readonly Image[], users: ImageUsers): Kind {
  const used = images.filter(({ id }) => users.has(id));
  const unpackedBytes = folderBytes(rootfsFolder(store.root));
  const sizeBytes = diskBytes(store, images) + unpackedBytes;
  const keptBytes = used.length === 0 ? 0 : diskBytes(store, used) + unpackedBytes;
  return { type: 'Images', total: images.length, active: used.length, sizeBytes, reclaimableBytes: sizeBytes - keptBytes };
}

function containerUsage(root: string, containers: readonly Container[]): Kind {
  const sized = containers.map((container) => ({ isRunning: processOf(container) !== undefined, bytes: writtenBytes(root, container) }));
  const sum = (of: typeof sized) => of.reduce((total, { bytes }) => total + bytes, 0);
  const stopped = sized.filter(({ isRunning }) => !isRunning);
  return { type: 'Containers', total: sized.length, active: sized.length - stopped.length, sizeBytes: sum(sized), reclaimableBytes: sum(stopped) };
}

function volumeUsage(root: string, containers: readonly Container[]): Kind {
  const sized = listVolumes(root).map(({ name, path }) => ({ isUsed: usersOf(containers, name).length > 0, bytes: folderBytes(path) }));
  const sum = (of: typeof sized) => of.reduce((total, { bytes }) => total + bytes, 0);
  const unused = sized.filter(({ isUsed }) => !isUsed);
  return { type: 'Local Volumes', total: sized.length, active: sized.length - unused.length, sizeBytes: sum(sized), reclaimableBytes: sum(unused) };
}

/** The layer of its own. */
function writtenBytes(root: string, { id }: Container): number {
  return folderBytes(containerPaths(root, id).upper);
}

function diskBytes(store: ImageReader, images: readonly Image[]): number {
  const digests = images.flatMap(({ manifest, refs }) => [
    ...store.listContent(manifest.digest),
    ...refs.flatMap((ref) => store.listContent(ref.manifest, ref.name)),
  ]);
  return [...new Set(digests.map(({ digest }) => digest))].reduce((sum, digest) => sum + (store.findBlobSize(digest) ?? 0), 0);
}

function verboseRows(
  store: ImageReader,
  images: readonly Image[],
  { now, isWhole, names: options, users }: { readonly now: number; readonly isWhole: boolean; readonly names: NameOptions; readonly users: ImageUsers },
): TemplateRecord[] {
  const layers = new Map(images.map(({ id, manifest }) => [id, store.listLayers(manifest.digest)]));
  const layerUsers = new Map<string, number>();
  for (const list of layers.values())
    for (const diffId of new Set(list.map((layer) => layer.diffId))) layerUsers.set(diffId, (layerUsers.get(diffId) ?? 0) + 1);
  return images.map((image) => {
    const [first] = image.refs.filter(({ kind }) => kind === 'tag').map(({ name }) => parseReference(name));
    const sharedBytes = (layers.get(image.id) ?? []).reduce((sum, { diffId, fileBytes }) => sum + ((layerUsers.get(diffId) ?? 0) > 1 ? fileBytes : 0), 0);
    const names = { repository: first === undefined ? '<none>' : familiarName(first, options), tag: first?.tag ?? '<none>', digest: '' };
    return imageRow(image, { ...names, sharedBytes, containers: users.get(image.id)?.length ?? 0 }, { now, truncate: !isWhole });
  });
}

type VerboseRows = { readonly [Kind in 'Images' | 'Containers' | 'Volumes']: readonly TemplateRecord[] };

function verboseTables({ Images, Containers, Volumes }: VerboseRows): string {
  return [
    `Images space usage:\n\n${formatList(imageTable, imageHeader, Images)}`,
    `Containers space usage:\n\n${formatList(containerTable, containerHeader, Containers)}`,
    `Local Volumes space usage:\n\n${formatList(volumeTable, volumeHeader, Volumes)}`,
    'Build cache usage: 0B\n\nCACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED\n',
  ].join('\n');
}

function verboseText(format: string, rows: VerboseRows): string {
  if (format === 'json')
    return `${goJson(Object.fromEntries(Object.entries(rows).map(([kind, each]) => [kind, each.map(plainValue)])), { escapeHtml: true })}\n`;
  return `${compileTemplate(templateOf(format)).execute(rows)}\n`;
}
