import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { sql } from 'kysely';
import { failureOf, latest, makeManifest, other, pushBlob, pushManifest, repository } from './contract/content.ts';
import { makeScratchFolder } from './contract/scratch-folder.ts';
import type { MetadataDatabase } from './database.ts';
import { type HotReads, hotReads } from './hot-reads.ts';
import type { MetadataStore } from './port.ts';
import { metadataStore } from './store.ts';
import { openSqliteDatabase, openSqliteMetadata } from './sqlite/open-sqlite-metadata.ts';

const folder = makeScratchFolder();

let opened = 0;
let path: string;
let database: MetadataDatabase;
let store: MetadataStore;
let hot: HotReads;
/** The queries that reached the engine, by their last table. */
let asked: string[];

beforeEach(async () => {
  path = join(folder, `${opened++}.db`);
  database = await openSqliteDatabase({ path });
  store = metadataStore(database);
  asked = [];
  hot = hotReads(counted(database));
});
afterEach(() => database.close());

/** Within one turn of the event loop the file is asked once. */
const nextTurn = () => new Promise(setImmediate);

function counted(inner: MetadataDatabase): MetadataDatabase {
  return {
    ...inner,
    prepare(query) {
      const run = inner.prepare(query);
      const table = /from "(\w+)"/.exec(query.sql)?.[1] ?? '';
      return (parameters) => {
        asked.push(table);
        return run(parameters);
      };
    },
  };
}

function takeAsked(): string[] {
  return asked.splice(0);
}

test('asks the engine once for what does not change', async () => {
  const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
  const digest = await pushBlob(store, 'layer');
  for (let round = 0; round < 3; round++) {
    expect((await hot.findManifestByTag(repository, latest))?.bytes).toEqual(image.bytes);
    expect((await hot.findManifest(repository, image.digest))?.bytes).toEqual(image.bytes);
    expect((await hot.findBlob(repository, digest))?.sizeBytes).toBe(5);
  }
  expect(takeAsked()).toEqual(['tag', 'manifest', 'repository_manifest', 'repository_blob']);
});

test('asks again after any commit, and reads no bytes again', async () => {
  await pushManifest(store, { name: 'image' }, { tags: [latest] });
  await hot.findManifestByTag(repository, latest);
  takeAsked();
  await pushBlob(store, 'unrelated', { in: other });
  await hot.findManifestByTag(repository, latest);
  expect(takeAsked()).toEqual(['tag']);
});

test('sees what another process commits', async () => {
  const one = await pushManifest(store, { name: 'one' }, { tags: [latest] });
  expect((await hot.findManifestByTag(repository, latest))?.digest).toBe(one.digest);
  const elsewhere = await openSqliteMetadata({ path });
  const two = await pushManifest(elsewhere, { name: 'two' }, { tags: [latest] });
  await nextTurn();
  expect((await hot.findManifestByTag(repository, latest))?.digest).toBe(two.digest);
  await elsewhere.manifests.remove({ repository, digest: two.digest, at: 9, actor: 'jun' });
  await nextTurn();
  expect(await hot.findManifestByTag(repository, latest)).toBeUndefined();
  expect(await hot.findManifest(repository, two.digest)).toBeUndefined();
  await elsewhere.close();
});

test('opens nothing by digest alone: known bytes are not known to another repository', async () => {
  const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
  await hot.findManifest(repository, image.digest);
  expect(await hot.findManifest(other, image.digest)).toBeUndefined();
});

test('keeps nothing when the engine cannot tell what changed', async () => {
  const digest = await pushBlob(store, 'layer');
  const blind = hotReads({ ...counted(database), dataVersion: () => undefined });
  await blind.findBlob(repository, digest);
  await blind.findBlob(repository, digest);
  expect(takeAsked()).toEqual(['repository_blob', 'repository_blob']);
});

test('does not remember an answer that a commit overtook', async () => {
  const one = await pushManifest(store, { name: 'one' }, { tags: [latest] });
  const two = makeManifest({ name: 'two' });
  const gate = Promise.withResolvers<void>();
  let held = false;
  const slow = hotReads({
    ...database,
    prepare(query) {
      const run = database.prepare(query);
      return async (parameters) => {
        const row = await run(parameters);
        // The first answer of all is read, and arrives last.
        const isFirst = !held;
        held = true;
        if (isFirst) await gate.promise;
        return row;
      };
    },
  });
  const early = slow.findManifestByTag(repository, latest);
  await pushManifest(store, two, { tags: [latest] });
  expect((await slow.findManifestByTag(repository, latest))?.digest).toBe(two.digest);
  gate.resolve();
  expect((await early)?.digest).toBe(one.digest);
  expect((await slow.findManifestByTag(repository, latest))?.digest).toBe(two.digest);
});

test('stays within its bytes', async () => {
  const names = ['one', 'two', 'three'];
  const manifests = [];
  for (const name of names) manifests.push(await pushManifest(store, { name }));
  const small = hotReads(counted(database), { maxAnswers: 100, maxContentBytes: 1000 });
  for (let round = 0; round < 2; round++) for (const { digest } of manifests) await small.findManifest(repository, digest);
  expect(takeAsked().filter((table) => table === 'manifest')).toHaveLength(6);
});

test('serves no bytes that rotted in the database, and heals by another push', async () => {
  const image = await pushManifest(store, { name: 'image' }, { tags: [latest], in: repository });
  await database.write((tx) => sql`update manifest set bytes = x'00'`.execute(tx));
  const reads = [hot.findManifestByTag(repository, latest), hot.findManifest(repository, image.digest)];
  for (const read of reads) expect(await failureOf(read)).toMatchObject({ code: 'INTERNAL' });
  await pushManifest(store, image);
  expect((await hot.findManifestByTag(repository, latest))?.bytes).toEqual(image.bytes);
});
