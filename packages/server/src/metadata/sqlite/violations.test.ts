/** What the foreign keys would refuse, done behind their back: the check must name each of them. */
import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latest, pushBlob, pushManifest } from '../contract/content.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import { openSqliteMetadata } from './open-sqlite-metadata.ts';

const folder = makeScratchFolder();
let opened = 0;

const breakages: { statement: string; found: string[] }[] = [
  {
    statement: 'delete from repository_blob',
    found: ['I4 manifest mina/app@IMAGE has the layer LAYER, which the repository does not hold', 'I6 namespace "mina" holds 0 bytes, and 5 are counted'],
  },
  {
    statement: 'delete from blob',
    found: ['I4 repository mina/app holds the blob LAYER, which is not stored', 'I6 namespace "mina" holds 0 bytes, and 5 are counted'],
  },
  {
    statement: "delete from repository_manifest where digest = 'IMAGE'",
    found: [
      'I4 tag mina/app:latest points at IMAGE, which the repository does not hold',
      'I4 index mina/app@INDEX names the manifest IMAGE, which the repository does not hold',
      'I1 the bytes of manifest IMAGE are stored and no repository holds it',
    ],
  },
  { statement: "delete from manifest where digest = 'INDEX'", found: ['I4 repository mina/app holds the manifest INDEX, whose bytes are not stored'] },
  {
    statement: 'insert into condemned_blob select digest, storage_key, size_bytes, 1 from blob',
    found: ['I8 the bytes of blob LAYER (key-of-LAYER) are stored and condemned at once'],
  },
  { statement: "update tag_history set digest = 'INDEX'", found: ['I7 tag mina/app:latest points at IMAGE, and its history ends elsewhere'] },
  { statement: 'delete from tag_history', found: ['I7 tag mina/app:latest points at IMAGE, and its history ends elsewhere'] },
  { statement: 'update namespace_usage set bytes = 7', found: ['I6 namespace "mina" holds 5 bytes, and 7 are counted'] },
  { statement: 'delete from tag', found: ['I7 the history of mina/app:latest ends at IMAGE, and there is no such tag'] },
  {
    statement: 'delete from repository',
    found: [
      'I4 repository_blob names the repository mina/app, which has no row',
      'I4 repository_manifest names the repository mina/app, which has no row',
      'I4 tag_history names the repository mina/app, which has no row',
      'I6 namespace "mina" holds 0 bytes, and 5 are counted',
    ],
  },
];

for (const { statement, found } of breakages) {
  test(`notices: ${statement}`, async () => {
    const path = join(folder, `${opened++}.db`);
    const store = await openSqliteMetadata({ path });
    const layer = await pushBlob(store, 'layer');
    const image = await pushManifest(store, { name: 'image', layers: [layer] }, { tags: [latest] });
    const index = await pushManifest(store, { name: 'index', children: [image.digest] });
    expect(await store.integrity.listViolations(10)).toEqual([]);

    const handle = new Database(path);
    handle.run('pragma foreign_keys = off');
    handle.run(statement.replace('IMAGE', image.digest).replace('INDEX', index.digest));
    handle.close();
    const violations = await store.integrity.listViolations(10);
    const words = (what: string) => what.replaceAll(layer, 'LAYER').replaceAll(image.digest, 'IMAGE').replaceAll(index.digest, 'INDEX');
    expect(violations.map(({ invariant, what }) => `${invariant} ${words(what)}`)).toEqual(found);
    expect(await store.integrity.listViolations(1)).toEqual(violations.slice(0, 1));
    await store.close();
  });
}

test('passes on what the engine finds in its own file', async () => {
  const path = join(folder, 'engine.db');
  const store = await openSqliteMetadata({ path });
  await pushBlob(store, 'layer');
  await store.close();
  // The key stands in the table and in its index; now they disagree.
  const bytes = readFileSync(path);
  bytes.write('kex-of-', bytes.lastIndexOf('key-of-'));
  writeFileSync(path, bytes);
  const again = await openSqliteMetadata({ path });
  const [violation] = await again.integrity.listViolations(1);
  expect(violation?.invariant).toBe('engine');
  await again.close();
});
