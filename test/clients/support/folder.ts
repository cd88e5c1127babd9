/** A folder of the test's own that is gone afterwards, whatever a daemon left mounted in it. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Folder = AsyncDisposable & { readonly path: string };

export async function createFolder(): Promise<Folder> {
  // Short, because a socket's path may not be longer than 107 bytes.
  const path = await mkdtemp(join(tmpdir(), 'naru-'));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await unmountBelow(path);
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Bytes of all files below a folder that is being written to. */
export async function sizeOf(path: string): Promise<number> {
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  // A file may be gone by now: what is being received is renamed when it is whole.
  const sizes = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) =>
        stat(join(file.parentPath, file.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function unmountBelow(path: string): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  const points = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  // Innermost first: a mount over another hides it.
  for (const point of points.filter((candidate) => candidate.startsWith(`${path}/`)).toReversed()) spawnSync('umount', ['-l', point]);
}
