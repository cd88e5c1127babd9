/**
 * Volumes: folders that outlive containers. A new one begins with what the image has at its place, as
 * Docker's do. It appears by a rename, whole; it goes by a rename, while no container can be made.
 */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { folderMode } from '../layout/durable-file.ts';
import { currentOwner, isAbandoned } from '../layout/process-owner.ts';
import { hasErrorCode } from '../layout/store-error.ts';
import { type Container, ContainerError } from './container.ts';
import { volumePath, volumesFolder } from './container-paths.ts';
import type { ContainerRows } from './container-rows.ts';
import { runProgram } from './programs.ts';

export type Volume = { readonly name: string; readonly path: string; /** Epoch ms. */ readonly createdAt: number };

const seeding = '.seeding-';
const removing = '.removing-';

/** In the order of their names. */
export function listVolumes(root: string): Volume[] {
  if (!existsSync(volumesFolder(root))) return [];
  return readdirSync(volumesFolder(root))
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const found = statSync(volumePath(root, name), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name, path: volumePath(root, name), createdAt: found.birthtimeMs }];
    });
}

/** A name that nobody chose. */
export function isAnonymous(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

export function usersOf(containers: readonly Container[], name: string): Container[] {
  return containers.filter(({ spec }) => spec.mounts.some(({ kind, source }) => kind === 'volume' && source === name));
}

export function makeVolume(root: string, name: string): void {
  mkdirSync(volumesFolder(root), { recursive: true, mode: folderMode });
  mkdirSync(volumePath(root, name), { recursive: true, mode: 0o755 });
}

/** Made where it is not there, with what the unpacked image has at `target` where it is empty. */
export async function prepareVolume(root: string, name: string, { rootfs, target }: { readonly rootfs: string; readonly target: string }): Promise<void> {
  const path = volumePath(root, name);
  const source = resolveInside(rootfs, target);
  if ((existsSync(path) && readdirSync(path).length > 0) || source === undefined) return makeVolume(root, name);
  mkdirSync(volumesFolder(root), { recursive: true, mode: folderMode });
  const scratch = mkdtempSync(join(volumesFolder(root), `${seeding}${Buffer.from(currentOwner()).toString('base64url')}.`));
  try {
    const copied = await runProgram('cp', ['-a', '--reflink=auto', `${source}/.`, scratch]);
    if (copied.exitCode !== 0) throw new ContainerError(`cannot fill the volume ${name}: ${copied.stderr.trim()}`);
    // An image that has nothing there says at least whose the folder is.
    if (existsSync(path) && readdirSync(scratch).length === 0) return;
    renameSync(scratch, path);
  } catch (error) {
    // Somebody else was faster, with the same files.
    if (!hasErrorCode(error, 'ENOTEMPTY') && !hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const linksMax = 40;

/** The folder that a path means to whoever has `rootfs` for a root; unpacked images are never written, so what was looked at stays. */
function resolveInside(rootfs: string, path: string): string | undefined {
  let links = 0;
  let rest = path.split('/');
  let inside: string[] = [];
  while (rest.length > 0) {
    const [name = '', ...more] = rest;
    rest = more;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      inside = inside.slice(0, -1);
      continue;
    }
    const found = lstatSync(join(rootfs, ...inside, name), { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) {
      if (++links > linksMax) return undefined;
      const to = readlinkSync(join(rootfs, ...inside, name));
      if (posix.isAbsolute(to)) inside = [];
      rest = [...to.split('/'), ...rest];
    } else if (found?.isDirectory()) inside.push(name);
    else return undefined;
  }
  return join(rootfs, ...inside);
}

/** Throws ContainerError when there is none, or a container has it. */
export function removeVolume(root: string, rows: ContainerRows, name: string): void {
  const away = join(volumesFolder(root), `${removing}${name}`);
  rows.exclusively((containers) => {
    if (name.startsWith('.') || name.includes('/') || !existsSync(volumePath(root, name))) throw new ContainerError(`get ${name}: no such volume`);
    const users = usersOf(containers, name);
    if (users.length > 0) throw new ContainerError(`remove ${name}: volume is in use - [${users.map(({ id }) => id).join(', ')}]`);
    rmSync(away, { recursive: true, force: true });
    renameSync(volumePath(root, name), away);
  });
  rmSync(away, { recursive: true, force: true });
}

/** What killed processes left. */
export function sweepVolumes(root: string, now: number): void {
  if (!existsSync(volumesFolder(root))) return;
  for (const name of readdirSync(volumesFolder(root))) {
    const owner = name.startsWith(seeding) ? Buffer.from(name.slice(seeding.length).replace(/\..*$/, ''), 'base64url').toString() : undefined;
    const changedAt = statSync(join(volumesFolder(root), name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (owner === undefined ? name.startsWith(removing) : isAbandoned(owner, { changedAt, now }))
      rmSync(join(volumesFolder(root), name), { recursive: true, force: true });
  }
}
