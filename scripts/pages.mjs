/**
 * `npm run build`, and what `npm start` and the tests of the pages call first: builds the pages when
 * what they are made of has changed since, which costs some milliseconds to find out and about two
 * seconds to do. Nothing is fetched.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBun } from '../packages/naru/bin/find-bun.mjs';
import { root } from './install.mjs';

const web = join(root, 'packages/web');
const built = join(web, 'dist');

/** Whether the pages are there. When they cannot be built, the reason is said and the rest goes on. */
export function ensurePages() {
  const sources = hashSources();
  const mark = join(built, 'sources');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) return true;
  const startedAt = Date.now();
  process.stderr.write('Building the pages … ');
  // Beside the old ones, so that two that build at once, or one that is killed, leave no half.
  const fresh = `dist.${process.pid}`;
  const { status, stdout, stderr } = spawnSync(findBun() ?? 'bun', [join(root, 'scripts/build-pages.ts'), fresh], { cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(`failed:\n${stdout ?? ''}${stderr ?? ''}\n`);
    rmSync(join(web, fresh), { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(web, fresh, 'sources'), sources);
  rmSync(built, { recursive: true, force: true });
  renameSync(join(web, fresh), built);
  process.stderr.write(`done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return true;
}

function hashSources() {
  const hash = createHash('sha256');
  const files = ['packages/web/src', 'packages/web/public', 'packages/oci/src'].flatMap(listFiles);
  const others = ['packages/web/index.html', 'packages/web/package.json', 'scripts/build-pages.ts', 'package-lock.json'];
  for (const path of [...files, ...others].toSorted((one, other) => one.localeCompare(other, 'en'))) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function listFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'));
}

if (process.argv[1]?.endsWith('pages.mjs')) process.exit(ensurePages() ? 0 : 1);
