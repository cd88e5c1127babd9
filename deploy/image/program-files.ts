/** The program as it runs: its own packages without their tests, and the packages of others that it needs. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

export const programFolder = 'opt/naru';

/** The runtime itself has its place on PATH. */
const isRuntime = (name: string): boolean => name === 'bun' || name.startsWith('@oven/bun-');

export function writePackages(root: string, to: string): void {
  const { others } = neededPackages(root);
  for (const name of others) {
    const from = join(root, 'node_modules', name);
    cpSync(from, join(to, programFolder, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  }
  mkdirSync(join(to, 'usr/local/bin'), { recursive: true });
  copyFileSync(process.execPath, join(to, 'usr/local/bin/bun'));
  chmodSync(join(to, 'usr/local/bin/bun'), 0o755);
}

export function writeProgram(root: string, to: string): void {
  const { own } = neededPackages(root);
  for (const [name, folder] of own) {
    const target = join(to, programFolder, 'packages', folder);
    cpSync(join(root, 'packages', folder), target, { recursive: true, filter: (path) => !/\.test\.tsx?$|\/node_modules(\/|$)/.test(path) });
    mkdirSync(join(to, programFolder, 'node_modules/@naru'), { recursive: true });
    if (name.startsWith('@naru/')) symlinkSync(`../../packages/${folder}`, join(to, programFolder, 'node_modules', name));
  }
  const pages = join(root, 'packages/web/dist');
  if (existsSync(pages)) cpSync(pages, join(to, programFolder, 'packages/web/dist'), { recursive: true });
  for (const file of ['package.json', 'LICENSE']) copyFileSync(join(root, file), join(to, programFolder, file));
}

/** What `packages/naru` needs and what that needs, by npm's flat folder; `own` with the folder of each. */
function neededPackages(root: string): { readonly own: ReadonlyMap<string, string>; readonly others: readonly string[] } {
  const own = new Map<string, string>();
  const others = new Set<string>();
  const visit = (name: string): void => {
    if (own.has(name) || others.has(name) || isRuntime(name)) return;
    const folder = name === 'naru' ? 'naru' : /^@naru\/(.+)$/.exec(name)?.[1];
    const at = folder === undefined ? join(root, 'node_modules', name) : join(root, 'packages', folder);
    if (!existsSync(join(at, 'package.json'))) return; // optional, and for another system
    if (folder === undefined) others.add(name);
    else own.set(name, folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>; // npm's own format
    };
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) visit(needed);
  };
  visit('naru');
  return { own, others: [...others].sort() };
}
