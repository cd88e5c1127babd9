/** A Debian as debootstrap makes it, in one layer: what is listed is what dpkg-query says of it, and what its files are. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDebianRoot } from '../clients/support/debian-image.ts';
import { run } from '../clients/support/run.ts';
import { contentOf, digestOf, jsonContent, makeManifest } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

setDefaultTimeout(600_000);

type Package = { type: string; namespace: string; name: string; version: string; sourceName: string; sourceVersion: string; architecture: string };
type Answer = { state: string; problems: string[]; distribution?: { id: string; version: string }; items: Package[]; next?: string };

test.skipIf(!needs('debootstrap', 'dpkg-query'))('Debian', async () => {
  await using folder = await temporaryFolder('naru-debian-');
  const root = await makeDebianRoot(folder.path, 'inventory/debian.test.ts');
  if (root === undefined) return;
  await using server = await startServer();
  const tar = join(folder.path, 'root.tar');
  await run(['tar', '--numeric-owner', '--one-file-system', '-C', root, '-cf', tar, '.']);
  const layer = contentOf(new Uint8Array(await readFile(tar)), 'application/vnd.oci.image.layer.v1.tar');
  const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(layer.bytes)] } };
  const image = makeManifest({ config: jsonContent('application/vnd.oci.image.config.v1+json', config), layers: [layer] });
  await createRegistryClient(server.url).pushImage('team/debian', image, 'v1');
  const items: Package[] = [];
  let first: Answer | undefined;
  for (let after: string | undefined = ''; after !== undefined;) {
    const query = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const answer = (await (await fetch(`${server.url}/api/v1/repositories/team/debian/-/images/v1/packages?limit=1000${query}`)).json()) as Answer;
    if (answer.state === 'waiting') {
      await Bun.sleep(100);
      continue;
    }
    first ??= answer;
    items.push(...answer.items);
    after = answer.next;
  }
  expect([first?.state, first?.problems, first?.distribution]).toEqual([
    'done',
    [],
    { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' } as never,
  ]);
  const format = '${Package} ${Version} ${source:Package} ${source:Version} ${Architecture}\\n';
  const said = (await run(['dpkg-query', `--admindir=${join(root, 'var/lib/dpkg')}`, '-W', '-f', format])).split('\n').filter(Boolean);
  const ours = items.map(({ name, version, sourceName, sourceVersion, architecture }) => [name, version, sourceName, sourceVersion, architecture].join(' '));
  expect(said.length).toBeGreaterThan(70);
  expect(ours.toSorted()).toEqual(said.toSorted());
  expect(new Set(items.map(({ type, namespace }) => `${type} ${namespace}`))).toEqual(new Set(['deb debian']));
});
