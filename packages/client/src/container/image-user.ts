/**
 * Who a container's process is. Names are looked up in the image's own /etc/passwd and /etc/group,
 * which are a stranger's: opened below a folder that is held, through no link, waiting for no FIFO, and
 * read up to a bound.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ContainerError } from './container.ts';

export type ImageUser = { readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[]; readonly home: string };

const maxBytes = 1024 * 1024;

/** `text` is `user[:group]`, each a name or a number. Throws ContainerError. */
export function resolveUser(rootfs: string, text: string): ImageUser {
  const [user = '', group] = text === '' ? ['0'] : text.split(':');
  const accounts = readTable(rootfs, 'passwd');
  const account = accounts.find(([name, , uid]) => name === user || (isNumber(user) && Number(uid) === Number(user)));
  if (account === undefined && !isNumber(user)) throw new ContainerError(`unable to find user ${user}: no matching entries in passwd file`);
  const groups = readTable(rootfs, 'group');
  const uid = account === undefined ? Number(user) : Number(account[2]);
  const gid = group === undefined ? Number(account?.[3] ?? 0) : groupId(groups, group);
  const additionalGids =
    group === undefined && account !== undefined
      ? groups.filter(([, , , members = '']) => members.split(',').includes(account[0] ?? '')).map(([, , id]) => Number(id))
      : [];
  for (const id of [uid, gid, ...additionalGids]) {
    if (!Number.isInteger(id) || id < 0 || id > 0x7fff_ffff) throw new ContainerError(`uids and gids must be in range 0-2147483647`);
  }
  return { uid, gid, additionalGids, home: account?.[5] ?? '/' };
}

/**
 * Runtimes open these files again inside the container, and wait for ever for a FIFO. `folder` is the
 * image's files or the container's own layer over them. Throws ContainerError.
 */
export function checkAccountFiles(folder: string): void {
  const etc = lstatSync(join(folder, 'etc'), { throwIfNoEntry: false });
  if (etc === undefined || !etc.isDirectory()) return;
  for (const name of ['passwd', 'group']) {
    const file = lstatSync(join(folder, 'etc', name), { throwIfNoEntry: false });
    const isDeleted = file?.isCharacterDevice() === true && file.rdev === 0; // how overlay says that it is gone
    if (file !== undefined && !file.isFile() && !isDeleted) throw new ContainerError(`/etc/${name} of the image is no regular file, and is not read`);
  }
}

function groupId(groups: readonly string[][], text: string): number {
  if (isNumber(text)) return Number(text);
  const found = groups.find(([name]) => name === text);
  if (found === undefined) throw new ContainerError(`unable to find group ${text}: no matching entries in group file`);
  return Number(found[2]);
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

function readTable(rootfs: string, name: string): string[][] {
  let folder: number | undefined;
  let file: number | undefined;
  try {
    folder = openSync(join(rootfs, 'etc'), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    file = openSync(`/proc/self/fd/${folder}/${name}`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = fstatSync(file);
    if (!fstatSync(file).isFile() || size > maxBytes) return [];
    const bytes = Buffer.alloc(size);
    return bytes
      .toString('utf8', 0, readSync(file, bytes, 0, size, 0))
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return []; // there is none that may be read: numbers still work
  } finally {
    if (file !== undefined) closeSync(file);
    if (folder !== undefined) closeSync(folder);
  }
}
