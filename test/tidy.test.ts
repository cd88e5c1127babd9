import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { findCycles, findUnused, rules } from './tidy/rules.ts';
import { readSources, sourceFile } from './tidy/source.ts';

const sources = readSources();

/** Ways in: programs, workers that are started by address, and what tests and generators call. */
const entries = [
  /^packages\/naru\/(bin|src\/main)/,
  /^packages\/server\/src\/main\.ts$/,
  /-worker\.ts$/,
  /^scripts\//,
  /^test\//,
  /^bench\/run\.ts$/,
  /^bench\/load\/paced-requests\.ts$/,
  /^packages\/web\/src\/main\.tsx$/,
  // The kernel is a library: the client and the pages use what the server does not.
  /^packages\/oci\/src\//,
  /\/faulty(\/|\.ts)/,
  /\/memory\//,
];

describe('tidy', () => {
  for (const { name, check } of rules) {
    test(name, () => {
      expect(sources.flatMap((file) => check(file).map((complaint) => `${file.path}: ${complaint}`))).toEqual([]);
    });
  }

  test('no cycles', () => {
    expect(findCycles(sources.filter(({ path }) => path.startsWith('packages/') && !path.endsWith('.test.ts')))).toEqual([]);
  });

  test('no file that nobody imports', () => {
    expect(findUnused(sources, entries)).toEqual([]);
  });

  test('every source file was read', () => {
    expect(sources.length).toBeGreaterThan(60);
    expect(sources.find(({ path }) => path === 'packages/server/src/registry/uploads.ts')?.imports).toContain('packages/oci/src/digest.ts');
  });

  test('the lock file names no address: whoever installs uses a registry of their own', () => {
    const lock = readFileSync('package-lock.json', 'utf8');
    expect([...lock.matchAll(/"resolved": "(https?:[^"]+)"/g)].map((match) => match[1])).toEqual([]);
  });
});

describe('tidy finds what is planted', () => {
  const planted: Record<string, [path: string, text: string]> = {
    'oci stands alone': ['packages/oci/src/x.ts', "import { readFile } from 'node:fs/promises';"],
    'archive stands alone': ['packages/archive/src/x.ts', "import { parseDigest } from '@naru/oci/digest';"],
    'agent, client and web know only oci and archive of the other packages': ['packages/client/src/x.ts', "import { a } from '@naru/server/app';"],
    'folders of the server import only what they may': ['packages/server/src/registry/x.ts', "import { openFileBlobStore } from '../blobstore/fs/store.ts';"],
    'only open-stores.ts chooses drivers': ['packages/server/src/main.ts', "import { openFileBlobStore } from './blobstore/fs/open-file-blob-store.ts';"],
    'only http/ knows the HTTP server': ['packages/server/src/oci-api/x.ts', 'Bun.serve({});'],
    'only adapters use Bun': ['packages/server/src/registry/x.ts', "const f = Bun.file('x');"],
    'only drivers and the process itself touch files': ['packages/server/src/registry/x.ts', "import { rm } from 'node:fs/promises';"],
    'only config/ reads the environment': ['packages/server/src/http/x.ts', 'const a = process.env.A;'],
    'only runtime/clock.ts reads time': ['packages/server/src/lifecycle/x.ts', 'const a = Date.now();'],
    'only runtime/ids.ts makes randomness': ['packages/server/src/lifecycle/x.ts', 'const a = Math.random();'],
    'status numbers stay out of the rules and the drivers': ['packages/server/src/registry/x.ts', 'throw { status: 404 };'],
    'no drawer for everything': ['packages/server/src/registry/helpers.ts', ''],
    'kebab-case files': ['packages/server/src/registry/someThing.ts', ''],
    'no any, no enum, no switched-off checks': ['packages/server/src/registry/x.ts', 'let a: any;'],
    'no default exports': ['packages/server/src/registry/x.ts', 'export default 1;'],
    'no test is switched off or alone': ['packages/oci/src/x.test.ts', "test.only('a', () => {});"],
  };

  for (const { name, check } of rules) {
    test(name, () => {
      const [path, text] = planted[name] ?? ['', ''];
      expect(check(sourceFile(path, text)).length).toBeGreaterThan(0);
    });
  }

  test('a cycle', () => {
    const a = sourceFile('packages/oci/src/a.ts', "import { b } from './b.ts';");
    const b = sourceFile('packages/oci/src/b.ts', "import { a } from './a.ts';");
    expect(findCycles([a, b])).toEqual(['packages/oci/src/a.ts → packages/oci/src/b.ts → packages/oci/src/a.ts']);
  });

  test('a file that nobody imports', () => {
    expect(findUnused([sourceFile('packages/server/src/registry/lonely.ts', 'export const a = 1;')], entries)).toEqual([
      'packages/server/src/registry/lonely.ts',
    ]);
  });
});
