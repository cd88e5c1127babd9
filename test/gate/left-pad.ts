/** Images of files, of left-pad among them, and advisories that say which version of it is mended. */
import { expect } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { osv } from '../advisories/files.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { runNaru } from '../support/server.ts';
import { makeTar, type TarItem } from '../support/tar.ts';

export function imageOf(items: readonly TarItem[]): Image {
  const tar = makeTar(items);
  const layer = contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar');
  const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } });
  return makeManifest({ config, layers: [layer] });
}

/** With left-pad of a version in it. */
export const imageWith = (version: string): Image =>
  imageOf([{ name: 'app/node_modules/left-pad/package.json', content: JSON.stringify({ name: 'left-pad', version }) }]);

/** Carried into the data folder of a server by the command, through a file in `folder`. */
export async function importFixedIn(fixed: string, modified: string, { data, folder }: { readonly data: string; readonly folder: string }): Promise<void> {
  const path = join(folder, `${modified}.json`);
  const affected = [{ package: { ecosystem: 'npm', name: 'left-pad' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }] }];
  await writeFile(path, osv('GHSA-1', { affected, modified: `${modified}T00:00:00Z` }));
  const { exitCode, stderr } = await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', data]);
  expect([exitCode, stderr]).toEqual([0, '']);
}
