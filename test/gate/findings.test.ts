/** From a file of advisories to a pull that is refused, and back: over both APIs of the real program. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { osv } from '../advisories/files.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { type Ask, askAt, until, verdictOf } from './fixture.ts';

setDefaultTimeout(120_000);

const repository = 'team/app';
let server: TestServer;
let ask: Ask;
let files = '';
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
  files = await mkdtemp(join(tmpdir(), 'naru-gate-'));
  await ask('PUT', '/namespaces/team/policy', { quarantine: true, block: [{ severity: 'high' }] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

/** With left-pad of a version in it. */
function imageWith(version: string): Image {
  const tar = makeTar([{ name: 'app/node_modules/left-pad/package.json', content: JSON.stringify({ name: 'left-pad', version }) }]);
  const layer = contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar');
  const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } });
  return makeManifest({ config, layers: [layer] });
}

async function importFixedIn(fixed: string, modified: string): Promise<void> {
  const path = join(files, `${modified}.json`);
  const affected = [{ package: { ecosystem: 'npm', name: 'left-pad' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }] }];
  await writeFile(path, osv('GHSA-1', { affected, modified: `${modified}T00:00:00Z` }));
  const { exitCode, stderr } = await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', server.data]);
  expect([exitCode, stderr]).toEqual([0, '']);
}

const judged = (tag: string, state: string) =>
  until(
    () => verdictOf(ask, repository, tag),
    (verdict) => verdict['state'] === state,
  );

async function pull(tag: string): Promise<string> {
  const response = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`);
  if (response.status === 200) return 'came';
  return ((await response.json()) as { errors: { message: string }[] }).errors[0]?.message ?? '';
}

test('what is vulnerable is refused with the reason, what is mended comes, an exception lifts it, and new knowledge needs no push', async () => {
  const client = createRegistryClient(server.url);
  await client.pushImage(repository, imageWith('1.2.0'), 'unknown');
  expect(await pull('unknown')).toMatch(/^image blocked: it (has not been|could not be) checked/);
  await importFixedIn('1.3.1', '2026-03-01');
  await client.pushImage(repository, imageWith('1.3.0'), 'old');
  await client.pushImage(repository, imageWith('1.3.1'), 'new');
  await judged('old', 'blocked');
  await judged('new', 'allowed');
  expect([await pull('old'), await pull('new')]).toEqual(['image blocked: CVE-2026-0001 (critical) in left-pad 1.3.0, fixed in 1.3.1 (rule of team)', 'came']);

  const lifted = { target: { finding: 'CVE-2026-0001', package: 'left-pad' }, reason: 'not reachable', endsAt: Date.now() + 60_000 };
  expect((await ask('POST', `/namespaces/team/policy/exceptions`, lifted)).status).toBe(201);
  await judged('old', 'allowed');
  expect(await pull('old')).toBe('came');

  const { items } = (await ask('GET', `/namespaces/team/policy/exceptions`)).body as { items: { id: string }[] };
  expect((await ask('DELETE', `/namespaces/team/policy/exceptions/${items[0]?.id}`)).status).toBe(204);
  await importFixedIn('1.3.2', '2026-03-02');
  await judged('new', 'blocked');
  expect(await pull('new')).toBe('image blocked: CVE-2026-0001 (critical) in left-pad 1.3.1, fixed in 1.3.2 (rule of team)');
});
