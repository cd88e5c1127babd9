/**
 * An image unpacked, once for all its containers. umoci does it, by its rules for whiteouts and against
 * paths that lead outside, from a layout of one image whose blobs are the store's. Whole or not at all:
 * two processes may do it at once, and either may be killed.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutMarker } from '../layout/index-json.ts';
import { folderMode } from '../layout/durable-file.ts';
import { openImageStore } from '../layout/open-image-store.ts';
import { currentOwner, type ProcessOwner } from '../layout/process-owner.ts';
import { storePaths } from '../layout/store-paths.ts';
import { ContainerError } from './container.ts';
import { rootfsFolder, rootfsPath } from './container-paths.ts';
import { runProgram } from './programs.ts';

/** Where it is not there yet. A container's row must name the image already, so that no sweep takes it away. Throws ContainerError. */
export async function unpackImage(root: string, clock: { now(): number }, imageId: string): Promise<void> {
  const target = rootfsPath(root, imageId);
  if (existsSync(target)) return;
  using store = openImageStore(root, clock);
  const image = store.listImages().find(({ id }) => id === imageId);
  if (image === undefined) throw new ContainerError(`No such image: ${imageId}`);
  using lease = store.lease();
  lease.protect(store.listContent(image.manifest.digest).map(({ digest }) => digest));
  mkdirSync(rootfsFolder(root), { recursive: true, mode: folderMode });
  const scratch = mkdtempSync(join(rootfsFolder(root), `${unpacking}${Buffer.from(currentOwner()).toString('base64url')}.`));
  try {
    const layout = join(scratch, 'layout');
    mkdirSync(layout);
    writeFileSync(join(layout, 'oci-layout'), layoutMarker);
    const manifest = { ...store.layoutDescriptor(image.manifest.digest), annotations: { 'org.opencontainers.image.ref.name': 'image' } };
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
    symlinkSync(storePaths(store.root).blobs, join(layout, 'blobs'));
    const unpacked = await runProgram('umoci', ['raw', 'unpack', '--image', `${layout}:image`, join(scratch, 'rootfs')]);
    if (unpacked.exitCode !== 0) throw new ContainerError(`cannot unpack the image ${imageId}: ${lastLine(unpacked.stderr)}`);
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

const unpacking = '.unpacking-';

/** Whose half an image is, if it is one. */
export function ownerOfUnpacking(folderName: string): ProcessOwner | undefined {
  if (!folderName.startsWith(unpacking)) return undefined;
  return Buffer.from(folderName.slice(unpacking.length).replace(/\..*$/, ''), 'base64url').toString();
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
