/**
 * Beside the images of the local store:
 *
 *     containers/containers.db     the rows
 *     containers/ID/               bundle, writable layer, log of one container
 *     rootfs/HEX                   an image, unpacked once, shared by its containers and never written
 *     volumes/NAME                 volumes
 */
import { join } from 'node:path';

export type ContainerPaths = ReturnType<typeof containerPaths>;

export function containerPaths(root: string, id: string) {
  const folder = join(root, 'containers', id);
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    bundle: at('bundle'),
    config: at('bundle/config.json'),
    merged: at('merged'),
    upper: at('upper'),
    work: at('work'),
    log: at('log'),
    exits: at('exits'),
    exit: at(`exits/${id}`),
    pid: at('pid'),
    runtimeRoot: at('runtime'),
    networkSocket: at('network.sock'),
    etc: (name: string) => at(name),
  };
}

export function containersDatabase(root: string): string {
  return join(root, 'containers', 'containers.db');
}

export function rootfsFolder(root: string): string {
  return join(root, 'rootfs');
}

export function rootfsPath(root: string, imageId: string): string {
  return join(rootfsFolder(root), rootfsName(imageId));
}

/** An image's id without its algorithm. */
export function rootfsName(imageId: string): string {
  return imageId.replace(/^.*:/, '');
}

export function volumesFolder(root: string): string {
  return join(root, 'volumes');
}

export function volumePath(root: string, name: string): string {
  return join(volumesFolder(root), name);
}
