/** Is a local store whole? Every blob has the digest that it is called by, every image can be saved, and nothing is there that no image needs. */
import { Database } from 'bun:sqlite';
import { expect } from 'bun:test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../support/image.ts';
import type { Naru } from './naru.ts';

export async function expectWholeStore(naru: Naru): Promise<void> {
  // Whatever the dead left is thrown away, and index.json made again, by the next one that writes.
  await naru.ok(['image', 'prune', '-f']);
  expect(await readdir(join(naru.root, 'ingest')).catch(() => [])).toEqual([]);

  const blobs = await readdir(join(naru.root, 'blobs/sha256')).catch(() => []);
  for (const hex of blobs) expect(digestOf(await readFile(join(naru.root, 'blobs/sha256', hex)))).toBe(`sha256:${hex}`);

  using database = new Database(join(naru.root, 'naru.db'), { readonly: true });
  expect(database.query('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(database.query('pragma foreign_key_check').all()).toEqual([]);
  const needed = database.query('select digest from manifest_content union select digest from ref_content').all() as { digest: string }[];
  expect(blobs.map((hex) => `sha256:${hex}`).toSorted()).toEqual(needed.map(({ digest }) => digest).toSorted());
  for (const table of ['lease', 'lease_content', 'garbage', 'ingest']) expect(database.query(`select * from ${table}`).all()).toEqual([]);

  const names = (await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).split('\n').filter((name) => name !== '' && name !== '<none>:<none>');
  const index = JSON.parse(await readFile(join(naru.root, 'index.json'), 'utf8')) as { manifests: { digest: string; annotations?: Record<string, string> }[] };
  expect(index.manifests.flatMap(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] ?? []).toSorted()).toEqual(names.toSorted());
  for (const id of new Set((await naru.ok(['images', '-q', '--no-trunc'])).split('\n').filter(Boolean)))
    expect((await naru.run(['save', id])).exitCode).toBe(0);
}
