/** Programs that do what this one delegates, and which Debian package brings each. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { ContainerError } from './container.ts';

const packages: Readonly<Record<string, string>> = { unshare: 'util-linux', mount: 'mount', cp: 'coreutils' };
const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Only from the system's own folders: it is run as root. */
export function findProgram(name: string): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Throws ContainerError that names all packages to install. */
export function needPrograms(...names: readonly string[]): void {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) {
    throw new ContainerError(`running containers needs ${missing.join(', ')}: apt install ${missing.map((name) => packages[name] ?? name).join(' ')}`);
  }
}

/** Those that need nothing of the container's own. Throws ContainerError. */
export function findInit(): string {
  const path = ['catatonit', 'docker-init', 'tini-static'].map(findProgram).find((found) => found !== undefined);
  if (path === undefined) throw new ContainerError('--init needs catatonit: apt install catatonit');
  return path;
}

export type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export function runProgram(name: string, args: readonly string[], options: { readonly cwd?: string } = {}): Promise<Ended> {
  const path = name.startsWith('/') ? name : (findProgram(name) ?? name);
  return new Promise((resolve) => {
    execFile(path, [...args], { ...options, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({
        exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 1,
        stdout,
        stderr: stderr === '' && error !== null ? error.message : stderr,
      }),
    );
  });
}
