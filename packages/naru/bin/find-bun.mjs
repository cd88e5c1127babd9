/**
 * Finds the Bun that package.json pins. npm usually puts it into the `bun` package by that package's
 * install script; where such scripts are switched off, the binary is still in one of the optional
 * packages that script would have taken it from.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Exact: `1.4.5`. */
export const bunVersion = manifest.dependencies.bun;

/** The path of the binary, or undefined when there is none. */
export function findBun() {
  return installedBun() ?? platformBun() ?? bunOnPath();
}

function installedBun() {
  const folder = packageFolder('bun', import.meta.url);
  // Until the install script has run, a few lines of text stand in for the binary.
  return folder === undefined ? undefined : binaryAt(join(folder, 'bin', 'bun.exe'));
}

function platformBun() {
  const bunFolder = packageFolder('bun', import.meta.url);
  const from = bunFolder === undefined ? import.meta.url : join(bunFolder, 'package.json');
  const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = packageFolder(`@oven/bun-${system}-${cpu}${isMusl() ? '-musl' : ''}`, from);
  return folder === undefined ? undefined : (binaryAt(join(folder, 'bin', 'bun')) ?? binaryAt(join(folder, 'bin', 'bun.exe')));
}

/** Any patch level of the pinned major and minor version. */
function bunOnPath() {
  const wanted = bunVersion.split('.').slice(0, 2).join('.');
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const binary = folder === '' ? undefined : binaryAt(join(folder, process.platform === 'win32' ? 'bun.exe' : 'bun'));
    if (binary === undefined) continue;
    const found = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout ?? '';
    if (found.startsWith(`${wanted}.`)) return binary;
  }
  return undefined;
}

function packageFolder(name, from) {
  try {
    return dirname(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function binaryAt(path) {
  const binaryMinBytes = 2 ** 20;
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > binaryMinBytes ? path : undefined;
}

function isMusl() {
  if (process.platform !== 'linux') return false;
  process.report.excludeNetwork = true; // or it looks up names for seconds
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}
