import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../layout/store-error.ts';

/** What a folder takes on the disk; a file with several names counts once, and one that goes away meanwhile not at all. */
export function folderBytes(folder: string): number {
  const seen = new Set<string>();
  const below = (path: string): number => {
    try {
      const found = lstatSync(path);
      if (seen.has(`${found.dev}:${found.ino}`)) return 0;
      seen.add(`${found.dev}:${found.ino}`);
      return found.blocks * 512 + (found.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + below(join(path, name)), 0) : 0);
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return 0;
      throw error;
    }
  };
  return below(folder);
}
