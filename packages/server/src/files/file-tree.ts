/** All files of an image in memory, for whoever needs all of them: its layers laid over each other from the lowest. */
import { setImmediate } from 'node:timers/promises';
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { FileRows, LayerFile } from '../metadata/file-port.ts';
import { impliedPosition, isWhiteout, opaqueName, whiteoutPrefix } from './layer-entry.ts';

export type FileTree = { entry?: LayerFile; readonly children: Map<string, FileTree> };

/** Files of all layers together (I6). */
const entriesMax = 500_000;
const pageSize = 5000;

/** Throws REQUEST_INVALID for an image that is too large for it. */
export async function buildTree(rows: Pick<FileRows, 'listLayer'>, layers: readonly Digest[]): Promise<FileTree> {
  const root: FileTree = { children: new Map() };
  let count = 0;
  for (const layer of layers) {
    const entries = await readLayer(rows, layer, entriesMax - count);
    count += entries.length;
    // First what a layer takes away, since its own files are not meant by that.
    for (const entry of entries) if (isWhiteout(entry.name)) takeAway(root, entry);
    for (const entry of entries) if (!isWhiteout(entry.name)) put(root, entry);
  }
  return root;
}

async function readLayer(rows: Pick<FileRows, 'listLayer'>, layer: Digest, most: number): Promise<LayerFile[]> {
  const entries: LayerFile[] = [];
  for (;;) {
    const after = entries.at(-1);
    const page = await rows.listLayer(layer, { limit: pageSize, ...(after && { after }) });
    entries.push(...page);
    if (entries.length > most) throw new RegistryError('REQUEST_INVALID', { message: `the image has more than ${entriesMax} files` });
    if (page.length < pageSize) return entries;
    await setImmediate(); // others get their turn
  }
}

function takeAway(root: FileTree, { parent, name }: LayerFile): void {
  const folder = findFolder(root, parent);
  if (name === opaqueName) folder?.children.clear();
  else folder?.children.delete(name.slice(whiteoutPrefix.length));
}

function put(root: FileTree, entry: LayerFile): void {
  let folder = root;
  for (const part of partsOf(entry.parent)) {
    const known = folder.children.get(part);
    const next: FileTree = known ?? { children: new Map() };
    if (known === undefined) folder.children.set(part, next);
    folder = next;
  }
  const known = folder.children.get(entry.name);
  // A folder over a folder keeps what is in it; anything else takes its place.
  const keeps = entry.kind === 'directory' && (known?.entry === undefined || known.entry.kind === 'directory');
  const shown = keeps && entry.position === impliedPosition ? (known?.entry ?? entry) : entry;
  folder.children.set(entry.name, { entry: shown, children: keeps && known ? known.children : new Map<string, FileTree>() });
}

function findFolder(root: FileTree, path: string): FileTree | undefined {
  let folder: FileTree | undefined = root;
  for (const part of partsOf(path)) folder = folder?.children.get(part);
  return folder;
}

function partsOf(path: string): string[] {
  return path === '' ? [] : path.split('/');
}
