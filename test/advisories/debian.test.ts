/** Debian's own list of advisories for bullseye: what is found of packages at, below and above each fix equals what dpkg's order says. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { contentOf, digestOf, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { findSharedData } from '../support/shared-data.ts';
import { makeTar } from '../support/tar.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readFindings } from './read-findings.ts';

setDefaultTimeout(120_000);

const list = findSharedData('advisories/debian-DSA-list.gz');

type Fix = { readonly source: string; readonly fixed: string; readonly ids: readonly string[] };
type Installed = { readonly name: string; readonly source: string; readonly version: string };

/** Browsers have hundreds of fixes each, which are the same case again and again. */
const fixesPerSourceMax = 12;

test.skipIf(list === undefined || !needs('dpkg'))('Debian bullseye', async () => {
  const text = gunzipSync(readFileSync(list ?? '')).toString();
  const all = readFixes(text, 'bullseye');
  const bySource = Map.groupBy(all, ({ source }) => source);
  const fixes = all.filter(({ source }) => (bySource.get(source)?.length ?? 0) <= fixesPerSourceMax);
  const installed = fixes.flatMap(({ source, fixed }, at): Installed[] => [
    { name: `mended-${at}`, source, version: fixed },
    { name: `older-${at}`, source, version: `${fixed}~` },
    { name: `newer-${at}`, source, version: `${fixed}+b1` },
    // The same versions of another source are nobody's business.
    { name: `decoy-${at}`, source: `not-${source}`, version: `${fixed}~` },
  ]);
  const expected = findingsByDpkg(installed, fixes);
  expect([installed.length > 800, expected.length > 400]).toEqual([true, true]);

  await using folder = await temporaryFolder('naru-debian-');
  const file = join(folder.path, 'DSA-list');
  await Bun.write(file, text);
  await using server = await startServer();
  const status = installed
    .map(({ name, source, version }) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\n\n`)
    .join('');
  const release = { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="11"\n' };
  const tar = makeTar([release, { name: 'var/lib/dpkg/status', content: status }]);
  const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } });
  const image = makeManifest({ config, layers: [contentOf(new Uint8Array(gzipSync(tar)), mediaTypes.layer)] });
  await createRegistryClient(server.url).pushImage('library/debian', image, '11');
  const imported = await runNaru(['admin', 'advisories', 'import', file, '--data', server.data]);
  expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
  expect(await findingsByNaru(`${server.url}/api/v1/repositories/library/debian/-/images/11/findings`)).toEqual(expected);
});

/**
 *     [07 Feb 2023] DSA-5343-1 openssl - security update
 *     	{CVE-2022-2097 CVE-2022-4304}
 *     	[bullseye] - openssl 1.1.1n-0+deb11u4
 */
function readFixes(text: string, release: string): Fix[] {
  return text.split(/^(?=\[)/m).flatMap((entry): Fix[] => {
    const advisory = /^\[[^\]]*\] (DSA-\S+)/.exec(entry)?.[1];
    if (advisory === undefined) return [];
    // It mends what a fix broke: nobody is vulnerable by it.
    if (!entry.includes('{') && entry.includes('regression')) return [];
    const named = /\{([^}]*)\}/.exec(entry)?.[1]?.trim().split(/\s+/) ?? [];
    const lines = [...entry.matchAll(new RegExp(`^\\s+\\[${release}\\] - (\\S+) (\\S+)$`, 'gm'))];
    return lines
      .filter(([, , fixed]) => /^\d/.test(fixed ?? ''))
      .map(([, source = '', fixed = '']) => ({ source, fixed, ids: named.length === 0 ? [advisory] : named }));
  });
}

function findingsByDpkg(installed: readonly Installed[], fixes: readonly Fix[]): string[] {
  const pairs = installed.flatMap((one) => fixes.filter(({ source }) => source === one.source).map(({ fixed, ids }) => ({ ...one, fixed, ids })));
  const compared = [...new Set(pairs.map(({ version, fixed }) => `${version} ${fixed}`))];
  const script = 'while read -r one other; do if dpkg --compare-versions "$one" lt "$other"; then echo older; else echo -; fi; done';
  const said = execFileSync('/bin/sh', ['-c', script], { input: compared.map((pair) => `${pair}\n`).join(''), encoding: 'utf8' }).split('\n');
  const older = new Set(compared.filter((_, at) => said[at] === 'older'));
  const found = pairs.filter(({ version, fixed }) => older.has(`${version} ${fixed}`));
  return [...new Set(found.flatMap(({ ids, name, version }) => ids.map((id) => `${id} ${name} ${version}`)))].toSorted();
}

async function findingsByNaru(url: string): Promise<string[]> {
  const found = (await readFindings(url)).map(({ id, package: { name, version } }) => `${id} ${name} ${version}`);
  return [...new Set(found)].toSorted();
}
