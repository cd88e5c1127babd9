/** A real root file system of Alpine against Alpine's database of its release: what is found equals what apk's own order says. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { contentOf, digestOf, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { recordSkip } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { findSharedData } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeTar } from '../support/tar.ts';
import { readFindings } from './read-findings.ts';

setDefaultTimeout(60_000);

const rootFileSystem = findSharedData('alpine-minirootfs-3.10.9-x86_64.tar.gz');
const database = findSharedData('advisories/alpine-secdb/v3.10-main.yaml');
const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('only root may chroot into the root file system of Alpine');

type Secdb = { packages: { pkg: { name: string; secfixes?: Record<string, string[]> } }[] };

test.if(isRoot && rootFileSystem !== undefined && database !== undefined)('Alpine 3.10.9', async () => {
  await using folder = await temporaryFolder('naru-alpine-');
  execFileSync('tar', ['-xzf', rootFileSystem ?? '', '-C', folder.path]);
  const installed = readFileSync(join(folder.path, 'lib/apk/db/installed'), 'utf8')
    .trim()
    .split('\n\n')
    .map((text) => {
      const field = (letter: string): string => new RegExp(`^${letter}:(.*)$`, 'm').exec(text)?.[1] ?? '';
      return { name: field('P'), version: field('V'), origin: field('o') };
    });
  const fixes = (parse(readFileSync(database ?? '', 'utf8')) as Secdb).packages.flatMap(({ pkg }) =>
    Object.entries(pkg.secfixes ?? {}).flatMap(([fixed, names]) =>
      names.map((name) => ({ origin: pkg.name, fixed, id: /[A-Z]+-\d[\w-]*/.exec(name)?.[0] ?? name })),
    ),
  );
  // The image itself is newer than the database: all that holds of it are decoys. So each version that ever mended something is installed in another.
  const mending = [...new Set(fixes.map(({ origin, fixed }) => `${origin} ${fixed}`))]
    .map((text) => text.split(' '))
    .filter(([, version]) => version !== '0')
    .map(([origin = '', version = ''], at) => ({ name: `${origin}-libs${at}`, version, origin }));
  const told = await Promise.all([installed, mending].map((packages) => findingsByApk(packages, fixes, folder.path)));
  expect([told[0]?.length, (told[1]?.length ?? 0) > 500]).toEqual([0, true]);

  await using server = await startServer();
  const client = createRegistryClient(server.url);
  const made = mending.map(({ name, version, origin }) => `P:${name}\nV:${version}\nA:x86_64\no:${origin}\n\n`).join('');
  const release = { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.10.9\n' };
  const layers = [readFileSync(rootFileSystem ?? ''), gzipSync(makeTar([release, { name: 'lib/apk/db/installed', content: made }]))];
  for (const [at, layer] of layers.entries()) {
    const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(gunzipSync(layer))] } });
    await client.pushImage('library/alpine', makeManifest({ config, layers: [contentOf(new Uint8Array(layer), mediaTypes.layer)] }), `v${at}`);
  }
  await runNaru(['admin', 'advisories', 'import', database ?? '', '--data', server.data]);
  for (const [at, expected] of told.entries()) {
    const found = await findingsByNaru(`${server.url}/api/v1/repositories/library/alpine/-/images/v${at}/findings`);
    expect(found).toEqual([...new Set(expected)].toSorted());
  }
});

type Package = { readonly name: string; readonly version: string; readonly origin: string };
type Fix = { readonly origin: string; readonly fixed: string; readonly id: string };

/** What every fix says of every package, in the order of apk-tools itself; of several fixes of one hole the last one counts. */
function findingsByApk(packages: readonly Package[], fixes: readonly Fix[], root: string): string[] {
  const pairs = packages.flatMap((installed) =>
    fixes.filter(({ origin, fixed }) => origin === installed.origin && fixed !== '0').map(({ fixed, id }) => ({ ...installed, fixed, id })),
  );
  const compared = [...new Set(pairs.map(({ version, fixed }) => `${version} ${fixed}`))];
  const input = compared.map((pair) => `${pair}\n`).join('');
  const script = 'while read -r one other; do apk version -t "$one" "$other"; done';
  const signs = execFileSync('chroot', [root, '/bin/sh', '-c', script], { input, encoding: 'utf8', maxBuffer: 1 << 24 }).split('\n');
  const older = new Set(compared.filter((_, at) => signs[at] === '<'));
  return pairs.filter(({ version, fixed }) => older.has(`${version} ${fixed}`)).map(({ id, name, version }) => `${id} ${name} ${version}`);
}

async function findingsByNaru(url: string): Promise<string[]> {
  const found = (await readFindings(url)).map(({ id, package: { name, version } }) => `${id} ${name} ${version}`);
  return found.toSorted();
}
