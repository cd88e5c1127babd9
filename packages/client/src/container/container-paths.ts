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

export function rootfsPath(root: string, imageId: string): string {
  return join(root, 'rootfs', imageId.replace(/^.*:/, ''));
}

export function volumePath(root: string, name: string): string {
  return join(root, 'volumes', name);
}
