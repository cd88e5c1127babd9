/**
 * Makes the image of the registry from this checkout, asking no network and no daemon:
 *
 *     bun deploy/image/build.ts --output naru-image.tar [--base ROOT.tar] [--name NAME] [--created SECONDS]
 *     naru import naru-image.tar                        (or: docker load, skopeo copy oci-archive:…)
 *     bun deploy/image/build.ts --folder DIR            only the files, as the Dockerfile wants them
 *
 * Below the program are the few libraries that the runtime is linked with, taken from this machine,
 * and the certificates; with `--base` another root file system. The same checkout gives the same
 * layers: names in order, one time for all.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeProgram, writePackages } from './program-files.ts';
import { dataOwner, writeSystem } from './system-files.ts';
import { type LayerSource, writeArchive } from './write-archive.ts';

const root = resolve(import.meta.dirname, '../..');
const { output, folder, base, name, created } = parseArgs({
  options: {
    output: { type: 'string' },
    folder: { type: 'string' },
    base: { type: 'string' },
    name: { type: 'string', default: 'naru:latest' },
    created: { type: 'string' },
  },
}).values;
if ((output === undefined) === (folder === undefined)) {
  process.stderr.write('usage: bun deploy/image/build.ts --output FILE [--base ROOT.tar] [--name NAME] | --folder DIR\n');
  process.exit(125);
}

/** From what changes seldom to what changes often: a new version shares the lower ones. */
const parts: readonly { readonly write: (to: string) => void; readonly owner: number }[] = [
  ...(base === undefined ? [{ write: writeSystem, owner: 0 }] : []),
  { write: (to) => mkdirSync(join(to, 'var/lib/naru'), { recursive: true, mode: 0o750 }), owner: dataOwner },
  { write: (to) => writePackages(root, to), owner: 0 },
  { write: (to) => writeProgram(root, to), owner: 0 },
];

if (folder !== undefined) {
  for (const { write } of parts) write(resolve(folder));
} else {
  const scratch = mkdtempSync(join(tmpdir(), 'naru-image-'));
  try {
    const layers = parts.map(({ write, owner }, at): LayerSource => {
      const content = join(scratch, String(at));
      mkdirSync(content, { mode: 0o755 });
      write(content);
      return { folder: content, owner };
    });
    await writeArchive(resolve(output ?? ''), { scratch, base, layers, name, createdAt: commitTime(), revision: git('rev-parse', 'HEAD') });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function commitTime(): number {
  return Number(created ?? git('log', '-1', '--format=%ct'));
}

/** A checkout without its history, as a release is, has neither. */
function git(...args: string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
