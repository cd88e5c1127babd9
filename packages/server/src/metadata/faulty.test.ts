/** Whoever calls the store can lose any answer: after each the rows agree with each other, and trying again works. */
import { join } from 'node:path';
import { expect, test } from 'bun:test';
import { isRegistryError } from '@naru/oci/registry-error';
import { actor, digestOf, latest, makeManifest, other, pushBlob, repository, storageKeyOf, thrownBy } from './contract/content.ts';
import { makeScratchFolder } from './contract/scratch-folder.ts';
import { describeMetadataContract } from './contract.ts';
import { faultyMetadata, InjectedFault } from './faulty.ts';
import type { MetadataStore } from './port.ts';
import { newUploadId } from '../runtime/ids.ts';
import { openSqliteMetadata } from './sqlite/open-sqlite-metadata.ts';

const folder = makeScratchFolder();
let opened = 0;
const open = () => openSqliteMetadata({ path: join(folder, `${opened++}.db`) });

describeMetadataContract('SQLite metadata behind a wrapper that never fails', async () => faultyMetadata(await open(), { failAt: 0 }));

const layer = digestOf('layer');
const image = makeManifest({ name: 'image', layers: [layer] });
const index = makeManifest({ name: 'index', children: [image.digest] });

/** A life of a repository: each step can be tried again. */
const steps: ((store: MetadataStore) => Promise<unknown>)[] = [
  (store) => store.uploads.record({ id: newUploadId(), repository, algorithm: 'sha256', startedAt: 1, touchedAt: 1 }),
  async (store) => {
    const [upload] = await store.uploads.list({ limit: 1 });
    await store.blobs.recordUploaded({ repository, uploadId: upload?.id, digest: layer, sizeBytes: 5, storageKey: storageKeyOf(layer), at: 2, actor });
  },
  (store) => store.blobs.recordMounted({ repository: other, from: repository, digest: layer, at: 2, actor }),
  (store) => store.manifests.record({ repository, manifest: image, tags: [latest], at: 3, actor }),
  (store) => store.manifests.record({ repository, manifest: index, tags: [latest], at: 4, actor }),
  (store) => store.tags.remove({ repository, tag: latest, at: 5, actor }),
  async (store) => store.collection.removeUntagged(await store.collection.listUntagged({ before: 10, limit: 10 }), { before: 10, at: 10, actor }),
  async (store) => store.collection.unlinkUnreferenced(await store.collection.listUnreferencedLinks({ before: 10, limit: 10 }), { before: 10, at: 10, actor }),
  (store) => store.collection.condemn([layer], { before: 10, at: 10, actor }),
  (store) => store.collection.forgetCondemned(layer),
];

async function runStep(store: MetadataStore, step: (typeof steps)[number]): Promise<void> {
  try {
    await step(store);
  } catch (error) {
    // What was removed before the answer was lost is not there any more.
    if (!isRegistryError(error, 'MANIFEST_UNKNOWN')) throw error;
  }
}

for (const when of ['before', 'after'] as const) {
  test(`every call of a repository's life may fail ${when} it took effect`, async () => {
    for (let failAt = 1, failed = true; failed; failAt++) {
      const store = await open();
      const faulty = faultyMetadata(store, { failAt, when });
      failed = false;
      for (const step of steps) {
        try {
          await step(faulty);
        } catch (error) {
          if (!(error instanceof InjectedFault)) throw error;
          failed = true;
          expect(await store.integrity.listViolations(10)).toEqual([]);
          await runStep(faulty, step);
        }
      }
      expect(failed).toBe(faulty.calls() >= failAt);
      expect(await store.integrity.listViolations(10)).toEqual([]);
      expect(await store.manifests.find(repository, index.digest)).toBeUndefined();
      expect(await store.integrity.listBlobRows({ limit: 10 })).toEqual([]);
      expect(await store.collection.listCondemned(10)).toEqual([]);
      await store.close();
    }
  });
}

test('counts, and fails once', async () => {
  const store = await open();
  const faulty = faultyMetadata(store, { failAt: 2 });
  await pushBlob(faulty, 'a');
  expect((await thrownBy(pushBlob(faulty, 'b'))).message).toBe('call 2, blobs.recordUploaded: failed before it began');
  await pushBlob(faulty, 'c');
  expect(faulty.calls()).toBe(3);
  expect(await store.integrity.listBlobRows({ limit: 10 })).toHaveLength(2);
  await faulty.close();
});
