/**
 * The file driver's file system, with failures in it: each call that changes something is a step.
 *
 * - `before`: the call of that number throws and does nothing, once.
 * - `after`: it throws although it was done, once. A write does half of its chunk.
 * - `dead`: this call and all later ones throw and do nothing, as if the process had died there.
 *
 * It also keeps a log of the steps, so that a test can tell their order.
 */
import type { FileSystem, OpenFile } from '../fs/file-system.ts';

export type FileSystemFault = { readonly failAt: number; readonly mode: 'before' | 'after' | 'dead'; readonly code: string };

export type FaultyFileSystem = FileSystem & { readonly hasFailed: () => boolean; readonly log: string[] };

export function openFaultyFileSystem(fileSystem: FileSystem, { failAt, mode, code }: FileSystemFault): FaultyFileSystem {
  const log: string[] = [];

  /** Counts a step. True when it is to be done and then to fail. */
  function failsAfter(what: string): boolean {
    log.push(what);
    const isDead = mode === 'dead' && log.length > failAt;
    if (log.length !== failAt && !isDead) return false;
    if (mode === 'after') return true;
    throw failure(what);
  }

  function failure(what: string): Error {
    return Object.assign(new Error(`${code}: ${what}`), { code });
  }

  function step<Result>(what: string, effect: () => Result): Result {
    const fails = failsAfter(what);
    const result = effect();
    if (fails) throw failure(what);
    return result;
  }

  async function stepAsync(what: string, effect: () => Promise<void>): Promise<void> {
    const fails = failsAfter(what);
    await effect();
    if (fails) throw failure(what);
  }

  function brittle(file: OpenFile): OpenFile {
    return {
      sizeBytes: () => file.sizeBytes(),
      write(chunk, position) {
        const fails = failsAfter('write');
        file.write(fails ? chunk.subarray(0, chunk.byteLength >> 1) : chunk, position);
        if (fails) throw failure('write');
      },
      truncate: (sizeBytes) => stepAsync('truncate', () => file.truncate(sizeBytes)),
      touch: (at) => step('touch', () => file.touch(at)),
      sync: () => stepAsync('sync', () => file.sync()),
      close: () => file.close(), // the kernel closes the files of the dead, so this happens in any case
    };
  }

  return {
    log,
    hasFailed: () => log.length >= failAt,
    createFile: (path) => step('createFile', () => fileSystem.createFile(path)),
    openFile(path) {
      // A file that was opened by a call that fails would stay open: opening fails before or not at all.
      if (failsAfter('openFile')) throw failure('openFile');
      return brittle(fileSystem.openFile(path));
    },
    makeDirectory: (path) => stepAsync('makeDirectory', () => fileSystem.makeDirectory(path)),
    syncDirectory: (path) => stepAsync('syncDirectory', () => fileSystem.syncDirectory(path)),
    rename: (from, to) => stepAsync('rename', () => fileSystem.rename(from, to)),
    unlink: (path) => stepAsync('unlink', () => fileSystem.unlink(path)),
  };
}
