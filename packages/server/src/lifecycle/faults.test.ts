/**
 * Collection and repair fail at their first call, their second, their third … until nothing fails.
 * After each failure nothing that is kept is missing and fsck finds nothing; a run without faults
 * then ends in the same place as one that never failed.
 */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { openFaultyBlobStore } from '../blobstore/faulty/open-faulty-blob-store.ts';
import { faultyMetadata, InjectedFault } from '../metadata/faulty.ts';
import { collectGarbage } from './collect.ts';
import { fsck } from './fsck/fsck.ts';
import {
  app,
  bodyOf,
  collection,
  digestOf,
  hasBlob,
  hasManifest,
  hourMs,
  openWorld,
  other,
  pushBlob,
  pushImage,
  pushIndex,
  storedDigests,
  type World,
} from '../../../../test/support/lifecycle/world.ts';

// A slow machine under load is no failure.
setDefaultTimeout(60_000);

const options = { ...collection, untaggedAfterMs: 0 };

for (const when of ['before', 'after'] as const) {
  test(`collection: every call may fail ${when} it took effect`, async () => {
    await using world = await openWorld();
    for (let failAt = 1, failed = true; failed; failAt++) {
      const kept = await makeGarbage(world, failAt);
      const rows = faultyMetadata(world.rows, { failAt, when });
      failed = await failsAtFault(collectGarbage({ ...world, rows }, options));
      expect(failed).toBe(rows.calls() >= failAt);
      await expectKept(world, kept);
      await collectGarbage(world, options);
      await expectKept(world, kept);
      expect(storedDigests(world)).toEqual([...kept.blobs].toSorted());
      expect(await world.rows.uploads.list({ limit: 10 })).toEqual([]);
      expect(await world.bytes.listUploads({ limit: 10 })).toEqual([]);
      expect(await world.rows.collection.listCondemned(10)).toEqual([]);
    }
  });

  test(`repair: every call may fail ${when} it took effect`, async () => {
    for (let failAt = 1, failed = true; failed; failAt++) {
      await using world = await openWorld();
      const sound = await pushBlob(world, 'sound');
      const rotten = await pushBlob(world, 'rotten');
      letRot(world, 'rotten');
      await makeStrays(world, failAt);
      world.pass(25 * hourMs);
      const rows = faultyMetadata(world.rows, { failAt, when });
      failed = await failsAtFault(fsck({ ...world, rows }, { ...collection, repair: true }));
      await fsck(world, { ...collection, repair: true });
      expect(await hasBlob(world, sound)).toBe(true);
      expect(await hasBlob(world, rotten)).toBe(false);
      expect(storedDigests(world)).toEqual([sound]);
      await pushBlob(world, 'rotten');
      expect((await fsck(world, { ...collection, repair: false })).violations).toEqual([]);
    }
  });
}

test('collection: every step of every call for bytes may fail', async () => {
  await using world = await openWorld();
  for (let failAt = 1, failed = true; failed; failAt++) {
    const kept = await makeGarbage(world, failAt);
    const bytes = openFaultyBlobStore(world.bytes, { failAt, error: () => new InjectedFault(`step ${failAt} failed`) });
    failed = await failsAtFault(collectGarbage({ ...world, bytes }, options));
    expect(failed).toBe(bytes.hasFailed());
    await expectKept(world, kept);
    await collectGarbage(world, options);
    await expectKept(world, kept);
    expect(storedDigests(world)).toEqual([...kept.blobs].toSorted());
  }
});

type Kept = { readonly manifests: readonly [Awaited<ReturnType<typeof pushIndex>>, Awaited<ReturnType<typeof pushImage>>]; readonly blobs: readonly string[] };

/** Something of every kind that collection takes, among what it must keep. The seed makes it new each time. */
async function makeGarbage(world: World, seed: number): Promise<Kept> {
  const config = await pushBlob(world, `config ${seed}`);
  const shared = await pushBlob(world, `shared layer ${seed}`);
  const child = await pushImage(world, config, [shared]);
  const index = await pushIndex(world, [child], { tag: 'latest' });
  await pushImage(world, config, [await pushBlob(world, `untagged layer ${seed}`)]);
  await pushBlob(world, `unreferenced ${seed}`);
  await world.registry.blobs.mount({ repository: other, digest: shared, from: app, actor: 'jun', mayPull: async () => true });
  await world.registry.uploads.start(app, 'sha256');
  await makeStrays(world, seed);
  world.pass(25 * hourMs);
  return { manifests: [index, child], blobs: [config, shared] };
}

async function makeStrays(world: World, seed: number): Promise<void> {
  const id = await world.registry.uploads.start(app, 'sha256');
  await world.registry.uploads.append(app, id, { body: bodyOf(`stray ${seed}`) });
  await world.bytes.commitUpload(id, digestOf(`stray ${seed}`));
  const lost = await world.registry.uploads.start(app, 'sha256');
  await world.rows.uploads.remove(lost);
}

function letRot(world: World, content: string): void {
  const key = [...world.bytes.blobs.keys()].find((each) => String(each) === String(digestOf(content)));
  if (key === undefined) throw new Error(`${content} is not stored`);
  world.bytes.blobs.set(key, { bytes: new TextEncoder().encode('r0tten'), modifiedAt: world.clock.now() });
}

async function expectKept(world: World, { manifests, blobs }: Kept): Promise<void> {
  for (const digest of manifests) expect(await hasManifest(world, digest)).toBe(true);
  for (const digest of blobs) expect(storedDigests(world)).toContain(digest);
  // Collection may have more to do; younger than it knows of, that is no violation.
  const { violations } = await fsck(world, { graceMs: 1e12, uploadExpiryMs: 1e12, repair: false });
  expect(violations).toEqual([]);
}

async function failsAtFault(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof InjectedFault) return true;
    throw error;
  }
}
