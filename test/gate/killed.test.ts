/** The server is killed between what a check found and the verdict on it: the verdict comes in its next life. */
import { Database } from 'bun:sqlite';
import { expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { osv } from '../advisories/files.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';
import { askAt, letLeasesEnd, until, verdictOf } from './fixture.ts';

setDefaultTimeout(120_000);

const repository = 'team/app';
/** Of lives that ended between the two. */
const wanted = 5;

test('kill -9 between a check and its verdict loses no verdict', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-killed-'));
  const advisory = join(data, '..', `${data.split('/').at(-1)}.json`);
  const affected = [{ package: { ecosystem: 'npm', name: 'left-pad' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '9.0.0' }] }] }];
  await writeFile(advisory, osv('GHSA-1', { affected }));
  let server = await startServer({ data });
  try {
    await askAt(server.url)('PUT', '/namespaces/team/policy', { block: [{ severity: 'high' }] });
    expect((await runNaru(['admin', 'advisories', 'import', advisory, '--data', data])).exitCode).toBe(0);
    const tags: string[] = [];
    for (let killed = 0; killed < wanted;) {
      const image = imageWith(`1.0.${tags.length}`);
      tags.push(`v${tags.length}`);
      await createRegistryClient(server.url).pushImage(repository, image, tags.at(-1));
      if (await killBetween(data, image, `1.0.${tags.length - 1}`, server.kill)) {
        killed++;
        letLeasesEnd(data);
        server = await startServer({ data });
      }
    }
    const ask = askAt(server.url);
    for (const tag of tags) {
      const verdict = await until(
        () => verdictOf(ask, repository, tag),
        ({ state }) => state === 'blocked',
      );
      expect(verdict['reasons']).toEqual([expect.objectContaining({ rule: 'finding', finding: 'CVE-2026-0001' })]);
      expect((await fetch(`${server.url}/v2/${repository}/manifests/${tag}`)).status).toBe(403);
    }
  } finally {
    await server[Symbol.asyncDispose]();
    await Promise.all([rm(data, { recursive: true, force: true }), rm(advisory, { force: true })]);
  }
});

/** While this test holds the database nobody writes: what it sees is how the server dies. False: the verdict was there first. */
async function killBetween(data: string, { manifest: { digest } }: Image, version: string, kill: () => Promise<void>): Promise<boolean> {
  using database = new Database(join(data, 'naru.db'));
  database.run('PRAGMA busy_timeout = 10000');
  for (;;) {
    database.run('BEGIN IMMEDIATE');
    try {
      const judged = database.query('SELECT state FROM gate_verdict WHERE digest = ?').get(digest) as { state: string } | null;
      const found = database.query('SELECT 1 FROM finding JOIN package_version ON package_version.id = finding.package WHERE version = ?').get(version);
      if (judged?.state === 'blocked') return false;
      if (found !== null) {
        await kill();
        return true;
      }
    } finally {
      database.run('ROLLBACK');
    }
    await Bun.sleep(0);
  }
}

function imageWith(version: string): Image {
  const tar = makeTar([{ name: 'app/node_modules/left-pad/package.json', content: JSON.stringify({ name: 'left-pad', version }) }]);
  const layer = contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar');
  const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } });
  return makeManifest({ config, layers: [layer] });
}
