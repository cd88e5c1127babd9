/**
 * The pages of the hub as they were built (packages/web/dist), held in memory: they are small, and a
 * build that is made anew while the server runs cannot mix with the old one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { formatEtag } from '@naru/oci/etag';
import { hashBytes } from '../runtime/hash-bytes.ts';

export type PageFile = {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly etag: string;
  /** Its name holds the hash of its content. */
  readonly isImmutable: boolean;
  readonly br?: Uint8Array;
  readonly gzip?: Uint8Array;
};

export type BuiltPages = {
  /** HTML, to be told the reader's language and theme. */
  readonly index: string;
  /** By path: `/assets/main-3f2a.js`. */
  readonly files: ReadonlyMap<string, PageFile>;
};

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Undefined when there is no build. */
export function openPages(folder: string): BuiltPages | undefined {
  const index = findText(join(folder, 'index.html'));
  if (index === undefined) return undefined;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll(sep, '/'));
  const files = names.flatMap((name): [string, PageFile][] => {
    const type = types[extname(name)];
    return type === undefined ? [] : [[`/${name}`, readFile(join(folder, name), name, type, names)]];
  });
  return { index, files: new Map(files) };
}

function readFile(path: string, name: string, type: string, names: readonly string[]): PageFile {
  const bytes = readFileSync(path);
  return {
    bytes,
    type,
    etag: formatEtag(hashBytes('sha256', bytes).slice('sha256:'.length, -32)),
    isImmutable: name.startsWith('assets/'),
    ...(names.includes(`${name}.br`) && { br: readFileSync(`${path}.br`) }),
    ...(names.includes(`${name}.gz`) && { gzip: readFileSync(`${path}.gz`) }),
  };
}

function findText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
