/**
 * Python's own advisories: what is found of packages at, just below and just above each version that mends something
 * equals what pip's own library for versions makes of the ranges, read here without the code that is tried.
 */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { makeOpaqueImage } from '../gate/fixture.ts';
import { askPythonPackaging, hasPythonPackaging } from '../support/python-packaging.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { findSharedData } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readFindings } from './read-findings.ts';
import { seedInventory } from './seed.ts';

setDefaultTimeout(240_000);

const archive = findSharedData('advisories/pypi-osv-yaml.tar.gz');
const canJudge = hasPythonPackaging();

/** What is left out is the same case again: some packages have hundreds of holes in each version. All advisories are brought in. */
const triedEvery = 12;
const versionsPerPackage = 8;

type Range = { readonly type: string; readonly events: readonly Record<string, string>[] };
type Affected = {
  readonly package: { readonly name: string; readonly ecosystem: string };
  readonly ranges?: readonly Range[];
  readonly versions?: readonly string[];
};
type Entry = { readonly id: string; readonly withdrawn?: string; readonly affected?: readonly Affected[] };

/**
 * OSV's own way: a version is affected that is listed, or that comes behind an event which begins and before one that
 * ends. Given are `advisories` as [id, name, events, versions] and `candidates` as [name, version].
 */
const judge = `
def normal(name): return re.sub(r'[-_.]+', '-', name).lower()
def parsed(text):
    try: return Version(text)
    except InvalidVersion: return None
def within(version, events):
    inside = False
    # What ends goes first where both are at one version, and what begins there begins again.
    def key(event):
        (kind, at), = event.items()
        return (Version('0.dev0') if at == '0' else Version(at), 1 if kind == 'introduced' else 0)
    for event in sorted(events, key=key):
        (kind, at), = event.items()
        if kind == 'introduced' and (at == '0' or version >= Version(at)): inside = True
        if kind == 'fixed' and version >= Version(at): inside = False
        if kind == 'last_affected' and version > Version(at): inside = False
    return inside
by_name = {}
for id, name, ranges, versions in given['advisories']:
    usable = [events for events in ranges if all(at == '0' or parsed(at) for event in events for at in event.values())]
    by_name.setdefault(normal(name), []).append((id, usable, {str(parsed(one)) for one in versions if parsed(one)}))
found, installed = [], []
for name, text in given['candidates']:
    version = parsed(text)
    if version is None: continue
    installed.append([name, text])
    for id, ranges, versions in by_name.get(normal(name), []):
        if str(version) in versions or any(within(version, events) for events in ranges): found.append(id + ' ' + normal(name) + ' ' + text)
json.dump({'installed': installed, 'found': sorted(set(found))}, sys.stdout)
`;

test.if(archive !== undefined && canJudge)('PyPI', async () => {
  await using folder = await temporaryFolder('naru-pypi-');
  execFileSync('tar', ['-xzf', archive ?? '', '-C', folder.path]);
  const root = join(folder.path, 'vulns');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const entries = paths.map((path) => parse(readFileSync(join(root, path), 'utf8'), { schema: 'failsafe' }) as Entry).filter(({ withdrawn }) => !withdrawn);
  const said = entries.flatMap(({ id, affected = [] }) =>
    affected.map(({ package: { name }, ranges = [], versions = [] }) => ({
      id,
      name,
      ranges: ranges.filter(({ type }) => type === 'ECOSYSTEM').map(({ events }) => events),
      versions,
    })),
  );
  const candidates = said
    .filter((_, index) => index % triedEvery === 0)
    .flatMap(({ name, ranges, versions }) => {
      const ends = ranges.flat().flatMap((event) => event['fixed'] ?? event['last_affected'] ?? []);
      const near = ends.flatMap((end) => [end, `${end}.dev0`, `${end}rc1`, `${end}.post1`, `${end}.0`, `v${end}`]);
      return [...near, ...versions.slice(-2)].map((version) => [name, version] as const);
    });
  const named = Map.groupBy(new Map(candidates.map((one) => [one.join(' '), one])).values(), ([name]) => name);
  const unique = [...named.values()].flatMap((versions) => versions.slice(0, versionsPerPackage));
  const advisories = said.map(({ id, name, ranges, versions }) => [id, name, ranges, versions]);
  const { installed, found } = askPythonPackaging(judge, { advisories, candidates: unique }) as { installed: [string, string][]; found: string[] };
  expect([advisories.length > 2500, installed.length > 500, found.length > 1000]).toEqual([true, true, true]);

  await using server = await startServer();
  const image = makeOpaqueImage('pypi');
  await createRegistryClient(server.url).pushImage('team/pypi', image, 'v1');
  await seedInventory(
    server.data,
    image.manifest.digest,
    installed.map(([name, version]) => ({ type: 'pypi', name, version, path: 'app' })),
  );
  const imported = await runNaru(['admin', 'advisories', 'import', archive ?? '', '--data', server.data]);
  expect([imported.exitCode, imported.stderr]).toEqual([0, '']);
  const ours = (await readFindings(`${server.url}/api/v1/repositories/team/pypi/-/images/v1/findings`)).map(
    ({ advisory, package: { name, version } }) => `${advisory} ${name.replaceAll(/[-_.]+/g, '-').toLowerCase()} ${version}`,
  );
  expect([...new Set(ours)].toSorted()).toEqual(found);
});
