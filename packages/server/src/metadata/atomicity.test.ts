/**
 * One method is one transaction: fail it behind its first statement, its second … until nothing fails;
 * after each, not a row has changed, and the next try works.
 */
import { join } from 'node:path';
import { expect, test } from 'bun:test';
import type { Kysely, KyselyPlugin } from 'kysely';
import { newUploadId } from '../runtime/ids.ts';
import { actor, digestOf, latest, makeManifest, other, pushBlob, pushManifest, repository, stable, storageKeyOf } from './contract/content.ts';
import { makeScratchFolder } from './contract/scratch-folder.ts';
import type { MetadataDatabase } from './database.ts';
import type { MetadataStore } from './port.ts';
import type { Tables } from './schema.ts';
import { metadataStore } from './store.ts';
import { openSqliteDatabase } from './sqlite/open-sqlite-metadata.ts';

const folder = makeScratchFolder();

const image = makeManifest({ name: 'image', layers: [digestOf('layer')] });
const index = makeManifest({ name: 'index', children: [image.digest], subject: digestOf('subject') });
const uploadId = newUploadId();

async function prepare(store: MetadataStore): Promise<void> {
  await pushBlob(store, 'layer');
  await pushBlob(store, 'unneeded');
  await pushBlob(store, 'unlinked');
  await store.blobs.unlink({ repository, digest: digestOf('unlinked'), at: 2, actor });
  await store.uploads.record({ id: uploadId, repository, algorithm: 'sha256', startedAt: 1, touchedAt: 1 });
  await pushManifest(store, image, { tags: [latest] });
  await pushManifest(store, { name: 'untagged' });
  await store.jobs.enqueue(
    [
      { kind: 'scan', payload: 'first', key: 'a', ordering: 'o' },
      { kind: 'scan', payload: 'second', key: 'b', ordering: 'o' },
    ],
    1,
  );
  await store.hub.badges.apply({ id: 'badge', badge: 'official', subject: repository, note: '', at: 1, actor });
  await store.identity.users.create({ id: 'olga-id', name: 'olga', administrator: false, fullName: '', language: 'en', at: 1, actor });
  await store.identity.organisations.create({ id: 'acme-id', name: 'acme', fullName: '', memberActions: [], ownerId: 'olga-id', at: 1, actor });
  await store.jobs.claim({ kind: 'scan', limit: 1, lease: 'lease', leaseUntil: 100, at: 2 });
}

const before = 20;
const change = { at: 30, actor };

const methods: Record<string, (store: MetadataStore) => Promise<unknown>> = {
  recordUploaded: (store) =>
    store.blobs.recordUploaded({ repository: other, uploadId, digest: digestOf('new'), sizeBytes: 3, storageKey: storageKeyOf(digestOf('new')), ...change }),
  recordMounted: (store) => store.blobs.recordMounted({ repository: other, from: repository, digest: digestOf('layer'), ...change }),
  unlink: (store) => store.blobs.unlink({ repository, digest: digestOf('unneeded'), ...change }),
  record: (store) => store.manifests.record({ repository, manifest: index, tags: [latest, stable], ...change }),
  remove: (store) => store.manifests.remove({ repository, digest: image.digest, ...change }),
  removeTag: (store) => store.tags.remove({ repository, tag: latest, ...change }),
  removeUntagged: async (store) => store.collection.removeUntagged(await store.collection.listUntagged({ before, limit: 9 }), { before, ...change }),
  unlinkUnreferenced: async (store) =>
    store.collection.unlinkUnreferenced(await store.collection.listUnreferencedLinks({ before, limit: 9 }), { before, ...change }),
  enqueue: (store) =>
    store.jobs.enqueue(
      [
        { kind: 'scan', payload: 'third', key: 'c', ordering: 'o' },
        { kind: 'other', payload: 'fourth' },
      ],
      30,
    ),
  claim: (store) => store.jobs.claim({ kind: 'scan', limit: 1, lease: 'other', leaseUntil: 200, at: 100 }),
  settle: (store) => store.jobs.settle({ id: 1, lease: 'lease' }, { kind: 'dead', error: 'no' }, 30),
  removeJob: (store) => store.jobInspection.remove(2),
  'the decision about a badge': (store) =>
    store.hub.badges.decide({ id: 'badge', state: 'granted', reason: '', toJob: ({ id }) => ({ kind: 'notify', payload: id }), ...change }),
  'an invitation': (store) =>
    store.identity.invitations.create({
      id: 'i',
      organisationId: 'acme-id',
      email: 'kim@example.org',
      role: 'member',
      invitedBy: 'mina',
      createdAt: 30,
      expiresAt: 50,
      secretHash: 's',
      jobs: [{ kind: 'notify', payload: 'i' }],
      ...change,
    }),
  condemn: (store) => store.collection.condemn([digestOf('unlinked')], { before, ...change }),
};

for (const [name, method] of Object.entries(methods)) {
  test(`${name} happens as a whole or not at all`, async () => {
    const database = await openSqliteDatabase({ path: join(folder, `${name}.db`) });
    await prepare(metadataStore(database));
    const untouched = await readAll(database);
    let failAt = 1;
    for (; await fails(method(metadataStore(failingAt(database, failAt)))); failAt++) expect(await readAll(database)).toEqual(untouched);
    expect(failAt).toBeGreaterThan(2);
    expect(await readAll(database)).not.toEqual(untouched);
    expect(await metadataStore(database).integrity.listViolations(10)).toEqual([]);
    await database.close();
  });
}

class StatementFailed extends Error {}

/** Each transaction fails behind its nth statement. */
function failingAt(database: MetadataDatabase, failAt: number): MetadataDatabase {
  const failing =
    (write: MetadataDatabase['write']): MetadataDatabase['write'] =>
    (work) =>
      write((tx) => {
        let statements = 0;
        const plugin: KyselyPlugin = {
          transformQuery: ({ node }) => node,
          async transformResult({ result }) {
            if (++statements === failAt) throw new StatementFailed();
            return result;
          },
        };
        return work(tx.withPlugin(plugin));
      });
  return { ...database, write: failing(database.write), writeLazily: failing(database.writeLazily) };
}

async function fails(promise: Promise<unknown>): Promise<boolean> {
  try {
    await promise;
    return false;
  } catch (error) {
    if (error instanceof StatementFailed) return true;
    throw error;
  }
}

async function readAll({ read }: MetadataDatabase): Promise<unknown[]> {
  const schema = read as unknown as Kysely<{ sqlite_schema: { type: string; name: string } }>; // Reader is a part of Kysely
  const tables = await schema.selectFrom('sqlite_schema').select('name').where('type', '=', 'table').where('name', 'not like', 'sqlite%').execute();
  return Promise.all(
    tables.map(async ({ name }) =>
      read
        .selectFrom(name as keyof Tables)
        .selectAll()
        .execute(),
    ),
  );
}
