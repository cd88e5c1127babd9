/** The project's source files and what each imports, read as text: no tool that could be quietly wrong about TypeScript. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** `imports` are project paths for our own files, package or built-in names for the rest. */
export type SourceFile = { readonly path: string; readonly text: string; readonly code: string; readonly imports: readonly string[] };

const root = join(import.meta.dirname, '../..');

export function readSources(): SourceFile[] {
  return ['packages', 'test', 'bench', 'scripts']
    .flatMap((folder) => listFiles(join(root, folder)))
    .map((path) => sourceFile(relative(root, path), readFileSync(path, 'utf8')));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return { path, text, code, imports: [...readImports(path, code)] };
}

function* readImports(path: string, code: string): Generator<string> {
  for (const match of code.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+|new URL\(\s*)'([^']+)'/gm)) {
    const target = match[1];
    if (target !== undefined) yield resolveImport(path, target);
  }
}

function resolveImport(path: string, target: string): string {
  if (target.startsWith('.')) return normalize(join(dirname(path), target));
  const own = /^@naru\/([a-z]+)\/(.+)$/.exec(target);
  return own ? `packages/${own[1]}/src/${own[2]}.ts` : target;
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'results' ? [] : listFiles(path);
    return /\.(ts|tsx|mjs)$/.test(entry.name) ? [path] : [];
  });
}

/** Line comments must stand at the start of a line or after a blank, so that addresses in strings survive. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
