/**
 * Whoever pushes an image decides how many findings it has: none of them must crowd out another. One package lies in so
 * many places that a list ends before the one finding that matters, which is less bad by its severity.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askAt, until, verdictOf } from '../gate/fixture.ts';
import { contentOf, digestOf, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { debianList, kev, osv } from './files.ts';
import { seedInventory, type SeedPackage } from './seed.ts';

setDefaultTimeout(240_000);

const repository = 'team/app';
const places = 20_050;
const listed = 20_000;
const leftPad: SeedPackage = { type: 'npm', name: 'left-pad', version: '1.3.0', licences: ['MIT'] };
const libssl: SeedPackage = {
  type: 'deb',
  distribution: 'debian:12',
  name: 'libssl3',
  version: '3.0.15-1~deb12u1',
  source: ['openssl', '3.0.15-1~deb12u1'],
  licences: ['Odd-1.0'],
};
const layer = contentOf(new Uint8Array(makeTar([{ name: 'a', content: 'a' }])), 'application/vnd.oci.image.layer.v1.tar');
const [many, few] = ['many', 'few'].map((name) => {
  const config = { os: 'linux', architecture: 'amd64', config: { Env: [`A=${name}`] }, rootfs: { type: 'layers', diff_ids: [digestOf(layer.bytes)] } };
  return makeManifest({ config: jsonContent(mediaTypes.config, config), layers: [layer] });
}) as [ReturnType<typeof makeManifest>, ReturnType<typeof makeManifest>]; // two of two

let server: TestServer;
let files = '';
beforeAll(async () => {
  server = await startServer();
  files = await mkdtemp(join(tmpdir(), 'naru-many-'));
  const client = createRegistryClient(server.url);
  await client.pushImage(repository, many, 'many');
  await client.pushImage(repository, few, 'few');
  const spread = Array.from({ length: places }, (_, index) => ({ ...leftPad, path: `app/${index}/package.json` }));
  await seedInventory(server.data, many.manifest.digest, [...spread, libssl]);
  await seedInventory(server.data, few.manifest.digest, [leftPad]);
  for (const [name, content] of Object.entries({ debianList, ghsa: osv('GHSA-1'), kev })) {
    const path = join(files, name);
    await writeFile(path, content);
    expect((await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', server.data])).stderr).toBe('');
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

type Listed = { total: number; isWhole: boolean; next?: string; items: { id: string }[]; counts: Record<string, { fixable: number }> };
type Comparison = { gained: { id: string }[]; total: object; kept: number; isWhole: boolean };

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(`${server.url}/api/v1/repositories/${repository}/-/images/many/${path}`);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return (path.includes('csv') ? await response.text() : await response.json()) as Body;
}

test('all are counted and filtered, and a list that is not whole says so', async () => {
  const first = await until(
    () => get<Listed>('findings'),
    ({ total }) => total === places + 2,
  );
  expect(first).toMatchObject({ isWhole: false, next: '100', counts: { critical: { fixable: 1 }, unknown: { fixable: 2 } } });
  const end = await get<Listed>(`findings?after=${listed - 1}`);
  expect([end.items.length, end.next]).toEqual([1, undefined]);
  const found = await get<Listed>('findings?exploited=true');
  expect([found.total, found.isWhole, found.items.map(({ id }) => id)]).toEqual([1, true, ['CVE-2026-2001']]);
  const counts = (await (await fetch(`${server.url}/api/v1/repositories/${repository}/-/finding-counts`)).json()) as { items: Listed[] };
  expect(counts.items[1]?.counts).toEqual(first.counts);
});

test('the CSV holds all, SARIF says what it leaves out, and a comparison sees all', async () => {
  const lines = (await get<string>('findings.csv?configuration=false')).split('\r\n').slice(1, -1);
  expect([lines.length, new Set(lines).size]).toEqual([places + 2, places + 2]);
  type Run = { results: unknown[]; invocations?: { toolExecutionNotifications: { message: { text: string } }[] }[] };
  const sarif = await get<{ runs: Run[] }>('findings.sarif?configuration=false');
  expect(sarif.runs[0]?.results.length).toBe(listed);
  expect(sarif.runs[0]?.invocations?.[0]?.toolExecutionNotifications[0]?.message.text).toContain(`the worst ${listed} of ${places + 2} findings`);
  const part = await get<{ runs: Run[] }>('findings.sarif?configuration=false&package=libssl3');
  expect([part.runs[0]?.results.length, part.runs[0]?.invocations]).toEqual([2, undefined]);
  const { gained, ...rest } = await get<Comparison>('compare-findings?with=few');
  expect([gained.map(({ id }) => id), rest]).toEqual([
    ['CVE-2026-2001', 'CVE-2026-2002'],
    expect.objectContaining({ kept: 1, total: { gained: 2, lost: 0 }, isWhole: true }),
  ]);
});

test('a policy judges all of them, and all licences', async () => {
  const ask = askAt(server.url);
  const verdict = (tag: string, state: string) =>
    until(
      () => verdictOf(ask, repository, tag),
      (one) => one['state'] === state,
    );
  await ask('PUT', '/namespaces/team/policy', { block: [{ exploited: true }] });
  expect(await verdict('many', 'blocked')).toMatchObject({ reasons: [{ rule: 'finding', finding: 'CVE-2026-2001' }], reasonCount: 1 });
  await verdict('few', 'allowed');
  await ask('PUT', '/namespaces/team/policy', { forbidLicences: ['Odd-*'] });
  expect(
    await until(
      () => verdictOf(ask, repository, 'many'),
      ({ reasons }) => (reasons as { rule: string }[])[0]?.rule === 'licence',
    ),
  ).toMatchObject({ state: 'blocked', reasonCount: 1 });
});
