/** One name in a layer, as the index of the layer keeps it. */
export type EntryKind = 'file' | 'directory' | 'link' | 'symlink' | 'device' | 'fifo';

/**
 * `parent` is the folder's path, '' for the root; neither it nor `name` has `.`, `..` or empty parts.
 * Whiteouts (image-spec, "Whiteouts") stand here by their names in the layer, `.wh.NAME`.
 */
export type LayerEntry = {
  readonly parent: string;
  readonly name: string;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly mode: number;
  /** Of symlinks as they say; of links the path in the layer. */
  readonly target: string;
  /** SHA-256 of a file's bytes, the first 128 bits as text; '' for what has none. */
  readonly content: string;
  /** Which header of the tar the bytes stand behind, counted from 0; -1 for none, `impliedPosition` for a folder without a header. */
  readonly position: number;
};

/** A folder that is there because something is in it: it says nothing of a folder below it. */
export const impliedPosition = -2;

export const whiteoutPrefix = '.wh.';
export const opaqueName = '.wh..wh..opq';

export function isWhiteout(name: string): boolean {
  return name.startsWith(whiteoutPrefix);
}

/** The parts of a path in an image, which always begins at its root. `..` goes no further up than that. */
export function splitPath(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}
