/**
 * An image unpacked, once for all its containers. umoci does it, by its rules for whiteouts and against
 * paths that lead outside, from a layout of one image whose blobs are the store's. Whole or not at all:
 * two processes may do it at once, and either may be killed.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layoutMarker } from '../layout/index-json.ts';
import { folderMode } from '../layout/durable-file.ts';
import type { Image } from '../layout/image.ts';
import type { ImageReader } from '../layout/open-image-reader.ts';
import { storePaths } from '../layout/store-paths.ts';
import { ContainerError } from './container.ts';
import { rootfsPath } from './container-paths.ts';
import { runProgram } from './programs.ts';

/** Throws ContainerError. */
export async function unpackImage(store: ImageReader, image: Image): Promise<void> {
  const target = rootfsPath(store.root, image.id);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true, mode: folderMode });
  const scratch = mkdtempSync(join(dirname(target), '.unpacking-'));
  try {
    const layout = join(scratch, 'layout');
    mkdirSync(layout);
    writeFileSync(join(layout, 'oci-layout'), layoutMarker);
    const manifest = { ...store.layoutDescriptor(image.manifest.digest), annotations: { 'org.opencontainers.image.ref.name': 'image' } };
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
    symlinkSync(storePaths(store.root).blobs, join(layout, 'blobs'));
    const unpacked = await runProgram('umoci', ['raw', 'unpack', '--image', `${layout}:image`, join(scratch, 'rootfs')]);
    if (unpacked.exitCode !== 0) throw new ContainerError(`cannot unpack the image ${image.id}: ${lastLine(unpacked.stderr)}`);
    // After a power cut a file must not be empty that every container of the image would read.
    await runProgram('sync', ['--file-system', join(scratch, 'rootfs')]);
    try {
      renameSync(join(scratch, 'rootfs'), target);
    } catch (error) {
      if (!existsSync(target)) throw error; // otherwise somebody else was faster, with the same files
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
