/**
 * Folders that are there and stay there after a power cut: made, and their parent synced. That is
 * done once per folder and process, because a folder that an earlier process left may not have been
 * synced. There are at most 2 × 256 of them.
 */
import { dirname } from 'node:path';
import type { FileSystem } from './file-system.ts';

export type DurableDirectories = { ensure(path: string): Promise<void> };

export function createDurableDirectories(fileSystem: FileSystem): DurableDirectories {
  const ensured = new Map<string, Promise<void>>();

  async function make(path: string): Promise<void> {
    await fileSystem.makeDirectory(path);
    await fileSystem.syncDirectory(dirname(path));
  }

  return {
    // Two commits that need the same new folder wait for the same sync: neither may be acknowledged before it.
    ensure(path) {
      const known = ensured.get(path);
      if (known !== undefined) return known;
      const making = make(path);
      ensured.set(path, making);
      making.catch(() => ensured.delete(path));
      return making;
    },
  };
}
