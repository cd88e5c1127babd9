/**
 * The file system of an image: its layers laid over each other (image-spec, "Applying Changesets"),
 * asked folder by folder, so that a folder of a large image costs a few looks into an index.
 *
 * A layer hides what lower ones have in a folder when it has, for the folder or one above it, a
 * whiteout, an opaque mark, or something that is no folder.
 */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { FileRows, LayerFile } from '../metadata/file-port.ts';
import { isWhiteout, opaqueName, splitPath, whiteoutPrefix } from './layer-entry.ts';

export type ShownEntry = LayerFile & { readonly layer: Digest };

export type MergedView = {
  /** In the order of names. Throws FILE_UNKNOWN when there is no such folder. */
  list(path: string): Promise<ShownEntry[]>;
  /** What is at the path, links followed. Throws FILE_UNKNOWN. */
  find(path: string): Promise<ShownEntry>;
};

/** As Linux does (path_resolution(7)). */
const hopsMax = 40;
const depthMax = 256;
/** Of one folder, in each layer. */
const entriesMax = 20_000;

/** `layers` in the order of the manifest: the lowest first. All of them are indexed. */
export function mergedView(rows: Pick<FileRows, 'findNamed' | 'listFolder'>, layers: readonly Digest[]): MergedView {
  const fromTop = [...new Set(layers.toReversed())];

  return {
    async list(path) {
      const { parts, entry: folder } = await resolve(splitPath(path));
      if (folder !== undefined && folder.kind !== 'directory') throw unknown(path);
      const entries = await rows.listFolder(await layersOf(parts), parts.join('/'), entriesMax);
      const shown = new Map<string, ShownEntry>();
      const hidden = new Set<string>();
      for (const [, ofLayer] of Map.groupBy(entries, (entry) => entry.layer)) {
        for (const entry of ofLayer) if (!isWhiteout(entry.name) && !shown.has(entry.name) && !hidden.has(entry.name)) shown.set(entry.name, entry);
        for (const { name } of ofLayer) if (isWhiteout(name)) hidden.add(name.slice(whiteoutPrefix.length));
      }
      return [...shown.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    },

    async find(path) {
      const { entry } = await resolve(splitPath(path));
      if (entry === undefined) throw unknown(path);
      return entry;
    },
  };

  /** `entry` is undefined for the root only. */
  async function resolve(asked: readonly string[]): Promise<{ parts: string[]; entry?: ShownEntry }> {
    let left = [...asked];
    let parts: string[] = [];
    let entry: ShownEntry | undefined;
    for (let hops = 0; left.length > 0;) {
      const [name = '', ...rest] = left;
      if (parts.length >= depthMax) throw unknown(asked.join('/'));
      if (name === '..') {
        // Only a symlink says that: the parts of what was asked have none.
        parts = parts.slice(0, -1);
        left = rest;
        entry = parts.length === 0 ? undefined : await lookUp(parts.slice(0, -1), parts.at(-1) ?? '');
        continue;
      }
      const found = await lookUp(parts, name);
      if (found === undefined || (rest.length > 0 && found.kind !== 'directory' && found.kind !== 'symlink')) throw unknown(asked.join('/'));
      if (found.kind === 'symlink') {
        if (++hops > hopsMax) throw unknown(asked.join('/'));
        const target = found.target.split('/').filter((part) => part !== '' && part !== '.');
        if (found.target.startsWith('/')) [parts, entry] = [[], undefined];
        left = [...target, ...rest].slice(0, depthMax);
        continue;
      }
      parts = [...parts, name];
      entry = found;
      left = rest;
    }
    return entry === undefined ? { parts } : { parts, entry };
  }

  async function lookUp(folder: readonly string[], name: string): Promise<ShownEntry | undefined> {
    const visible = await layersOf(folder);
    const found = await rows.findNamed(visible, folder.join('/'), [name, `${whiteoutPrefix}${name}`]);
    for (const layer of visible) {
      const here = found.filter((entry) => entry.layer === layer);
      const entry = here.find((one) => one.name === name);
      if (entry !== undefined) return entry;
      if (here.length > 0) return undefined;
    }
    return undefined;
  }

  /** Those that show something in the folder, the highest first. */
  async function layersOf(folder: readonly string[]): Promise<Digest[]> {
    let visible = fromTop;
    for (let depth = 0; depth <= folder.length; depth++) {
      const name = folder[depth];
      const names = [opaqueName, ...(name === undefined ? [] : [name, `${whiteoutPrefix}${name}`])];
      const found = await rows.findNamed(visible, folder.slice(0, depth).join('/'), names);
      const hiding = new Set(found.filter((entry) => entry.name !== name || entry.kind !== 'directory').map((entry) => entry.layer));
      const last = visible.findIndex((layer) => hiding.has(layer));
      if (last >= 0) visible = visible.slice(0, last + 1);
    }
    return visible;
  }
}

function unknown(path: string): RegistryError {
  return new RegistryError('FILE_UNKNOWN', { detail: { path: path.slice(0, 500) } });
}
