/**
 * Takes away unpacked images that nobody needs, and what killed processes left. A folder is renamed
 * while no container can be made and none has its image: whoever makes one writes its row first and
 * looks for the folder then, so it is either kept or unpacked anew.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAbandoned } from '../layout/process-owner.ts';
import type { RemoteClock } from '../remote/clock.ts';
import { rootfsFolder, rootfsName } from './container-paths.ts';
import { type ContainerRows, openContainerRows } from './container-rows.ts';
import { ownerOfUnpacking } from './image-rootfs.ts';

const removing = '.removing-';

/** `kept` are the ids of images whose files stay although no container has them. */
export function sweepRootfs(root: string, { rows, clock }: { readonly rows: ContainerRows; readonly clock: RemoteClock }, kept: ReadonlySet<string>): void {
  const folder = rootfsFolder(root);
  if (!existsSync(folder)) return;
  const keptNames = new Set([...kept].map(rootfsName));
  for (const name of readdirSync(folder)) {
    const owner = ownerOfUnpacking(name);
    const changedAt = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (owner === undefined ? name.startsWith(removing) : isAbandoned(owner, { changedAt, now: clock.now() })) remove(join(folder, name));
    else if (/^[0-9a-f]+$/.test(name) && !keptNames.has(name) && setAside(rows, folder, name)) remove(join(folder, `${removing}${name}`));
  }
}

/** The same for whoever has no rows open. */
export function sweepUnpacked(root: string, clock: RemoteClock, kept: ReadonlySet<string>): void {
  if (!existsSync(rootfsFolder(root))) return;
  using rows = openContainerRows(root, clock);
  sweepRootfs(root, { rows, clock }, kept);
}

function setAside(rows: ContainerRows, folder: string, name: string): boolean {
  return rows.exclusively((containers) => {
    if (!existsSync(join(folder, name)) || containers.some(({ spec }) => rootfsName(spec.imageId) === name)) return false;
    // Of somebody who was killed while it went.
    remove(join(folder, `${removing}${name}`));
    renameSync(join(folder, name), join(folder, `${removing}${name}`));
    return true;
  });
}

/** Another process may be at it, too. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
