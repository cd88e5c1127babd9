/** Go's own database of vulnerabilities: what is found of modules at and just below each version that mends something equals what its ranges say. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeOpaqueImage } from '../gate/fixture.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { findSharedData } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readFindings } from './read-findings.ts';
import { seedInventory, type SeedPackage } from './seed.ts';

setDefaultTimeout(120_000);

const archive = findSharedData('advisories/go-osv.tar.gz');

/** Versions that mend something; what is left out is the same case again. */
const modulesMax = 300;

type Event = { readonly introduced?: string; readonly fixed?: string };
type Entry = {
  readonly id: string;
  readonly withdrawn?: string;
  readonly affected?: readonly { readonly package: { readonly name: string }; readonly ranges?: readonly { readonly events: readonly Event[] }[] }[];
};

test.if(archive !== undefined)('Go', async () => {
  await using folder = await temporaryFolder('naru-go-');
  execFileSync('tar', ['-xzf', archive ?? '', '-C', folder.path]);
  const root = join(folder.path, 'data/osv');
  const entries = readdirSync(root)
    .map((name) => JSON.parse(readFileSync(join(root, name), 'utf8')) as Entry)
    .filter(({ withdrawn }) => withdrawn === undefined);
  const ranges = entries.flatMap(({ id, affected = [] }) =>
    affected.flatMap(({ package: { name }, ranges: given = [] }) => given.map(({ events }) => ({ id, module: name, events }))),
  );
  // Toolchains have versions of another form, which have their own tests.
  const mending = new Map(
    ranges.flatMap(({ module, events }) =>
      events.flatMap(({ fixed }) => (fixed === undefined || !module.includes('.') ? [] : [[`${module} ${fixed}`, { module, fixed }] as const])),
    ),
  );
  const installed = [...mending.values()]
    .slice(0, modulesMax)
    .flatMap(({ module, fixed }) => [fixed, fixed.includes('-') ? fixed : `${fixed}-0`].map((version) => ({ module, version })));
  const expected = installed.flatMap(({ module, version }) =>
    ranges.filter((one) => one.module === module && isWithin(version, one.events)).map(({ id }) => `${id} ${module} v${version}`),
  );
  expect([installed.length > 400, expected.length > 500]).toEqual([true, true]);

  await using server = await startServer();
  const image = makeOpaqueImage('go');
  await createRegistryClient(server.url).pushImage('team/go', image, 'v1');
  await seedInventory(server.data, image.manifest.digest, installed.map(toSeed));
  const imported = await runNaru(['admin', 'advisories', 'import', archive ?? '', '--data', server.data]);
  expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
  expect(await findingsByNaru(`${server.url}/api/v1/repositories/team/go/-/images/v1/findings`)).toEqual([...new Set(expected)].toSorted());
});

function toSeed({ module, version }: { module: string; version: string }): SeedPackage {
  const at = module.lastIndexOf('/');
  return { type: 'golang', namespace: at < 0 ? '' : module.slice(0, at), name: module.slice(at + 1), version: `v${version}`, path: 'app/program' };
}

/** OSV's own way: of all events up to the version, the last decides. `0` is before every version, also before prereleases of 0.0.0. */
function isWithin(version: string, events: readonly Event[]): boolean {
  const ordered = events
    .map(({ introduced, fixed }) => ({ at: introduced === '0' ? '0.0.0-0' : (introduced ?? fixed ?? ''), isIn: introduced !== undefined }))
    .toSorted((one, other) => compare(one.at, other.at));
  return ordered.findLast(({ at }) => compare(at, version) <= 0)?.isIn === true;
}

/** Of semver.org 2.0.0, §11, without the code that is tried. */
function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => {
    const [core = '', ...pre] = (text.split('+')[0] ?? '').split('-');
    return { core: core.split('.').map(Number), pre: pre.join('-') };
  }) as [{ core: number[]; pre: string }, { core: number[]; pre: string }]; // of two
  for (let at = 0; at < 3; at++) if ((a.core[at] ?? 0) !== (b.core[at] ?? 0)) return (a.core[at] ?? 0) - (b.core[at] ?? 0);
  if (a.pre === '' || b.pre === '') return Number(a.pre === '') - Number(b.pre === '');
  const [left, right] = [a.pre.split('.'), b.pre.split('.')];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at], right[at]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (isNumber && isOtherNumber) return Number(x) - Number(y);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

async function findingsByNaru(url: string): Promise<string[]> {
  const found = (await readFindings(url)).map(({ advisory, package: { name, version } }) => `${advisory} ${name} ${version}`);
  return [...new Set(found)].toSorted();
}
