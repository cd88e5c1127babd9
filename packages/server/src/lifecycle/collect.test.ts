import { expect, test } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import type { Digest } from '@naru/oci/digest';
import { collectGarbage } from './collect.ts';
import { estimateCollection } from './estimate.ts';
import { failureOf } from '../metadata/contract/content.ts';
import type { CollectionRows } from '../metadata/collection-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { newUploadId } from '../runtime/ids.ts';
import { fsck } from './fsck/fsck.ts';
import { pageSize } from './pages.ts';
import { intercept } from '../../../../test/support/lifecycle/intercept.ts';
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

const dayMs = 24 * hourMs;
const withUntagged = { ...collection, untaggedAfterMs: dayMs };

test('a blob that no manifest needs goes when its grace is over, bytes and all', async () => {
  await using world = await openWorld();
  const kept = await pushBlob(world, 'kept');
  const left = await pushBlob(world, 'left behind');
  await pushImage(world, kept, [], { tag: 'latest' });

  world.pass(dayMs);
  expect(await collectGarbage(world, collection)).toMatchObject({ links: none, blobs: none });
  world.pass(1);
  expect(await collectGarbage(world, collection)).toEqual({
    verb: 'gc',
    dryRun: false,
    manifests: none,
    links: { count: 1, sizeBytes: 11 },
    blobs: { count: 1, sizeBytes: 11 },
    uploads: none,
    details: [`link team/app@${left}`, `blob ${left}`],
  });
  expect(storedDigests(world)).toEqual([kept]);
  expect(await hasBlob(world, left)).toBe(false);
  await expectSound(world);
});

test('deleting an image frees its blobs at the next run, though they are older than their grace', async () => {
  await using world = await openWorld();
  const config = await pushBlob(world, 'config');
  const image = await pushImage(world, config, [await pushBlob(world, 'layer')], { tag: 'latest' });
  world.pass(dayMs + 1);
  await world.registry.manifests.remove(app, { kind: 'digest', digest: image }, { actor: 'mina' });
  expect(await collectGarbage(world, collection)).toMatchObject({ links: { count: 2 }, blobs: { count: 2 } });
  expect(storedDigests(world)).toEqual([]);
});

test('what was deleted can be put back whole for a while, and then its space is free', async () => {
  await using world = await openWorld();
  const arm = await pushImage(world, await pushBlob(world, 'config'), [await pushBlob(world, 'layer')]);
  const index = await pushIndex(world, [arm], { tag: 'latest' });
  const signature = await pushImage(world, await pushBlob(world, 'signature'), [], { subject: index });
  const remove = (digest: Digest) => world.registry.manifests.remove(app, { kind: 'digest', digest }, { actor: 'mina' });
  await remove(index);
  await remove(arm);
  world.pass(2 * dayMs);
  const trashing = { ...withUntagged, trashForMs: 7 * dayMs };
  await expectEstimateToHold(world, trashing);
  expect(await world.registry.trash.restore(app, index, [parseTag('latest')], { actor: 'jun' })).toEqual([parseTag('latest')]);
  expect(await areThere(world, [index, arm, signature])).toEqual([true, true, true]);
  await expectSound(world);
  await remove(index);
  await remove(arm);
  world.pass(8 * dayMs);
  await expectEstimateToHold(world, trashing);
  expect(await areThere(world, [index, arm, signature])).toEqual([false, false, false]);
  expect(storedDigests(world)).toEqual([]);
  expect(await failureOf(world.registry.trash.restore(app, index, [], { actor: 'jun' }))).toMatchObject({ code: 'MANIFEST_UNKNOWN' });
  await expectSound(world);
});

test('without being asked, untagged manifests stay', async () => {
  await using world = await openWorld();
  const image = await pushImage(world, await pushBlob(world, 'config'), []);
  world.pass(365 * dayMs);
  await collectGarbage(world, collection);
  expect(await hasManifest(world, image)).toBe(true);
});

test('untagged manifests go, and nothing that a tag, an index or a subject keeps', async () => {
  await using world = await openWorld();
  const [config, layer] = [await pushBlob(world, 'config'), await pushBlob(world, 'layer')];
  const amd = await pushImage(world, config, [layer]);
  const arm = await pushImage(world, config, [await pushBlob(world, 'arm layer')]);
  const inner = await pushIndex(world, [arm]);
  const outer = await pushIndex(world, [amd, inner], { tag: 'latest' });
  const signature = await pushImage(world, await pushBlob(world, 'signature'), [], { subject: outer });
  const signatureOfChild = await pushImage(world, await pushBlob(world, 'child signature'), [], { subject: arm });
  const untagged = await pushImage(world, config, [await pushBlob(world, 'untagged layer')]);
  const itsSignature = await pushImage(world, await pushBlob(world, 'useless signature'), [], { subject: untagged });
  const lonelyIndex = await pushIndex(world, [untagged, amd]);
  world.pass(dayMs + 1);

  await expectEstimateToHold(world, withUntagged);
  const kept = [amd, arm, inner, outer, signature, signatureOfChild];
  expect(await areThere(world, kept)).toEqual(kept.map(() => true));
  expect(await areThere(world, [untagged, itsSignature, lonelyIndex])).toEqual([false, false, false]);
  expect(await hasBlob(world, layer)).toBe(true);
  expect(storedDigests(world)).not.toContain(digestOf('untagged layer'));
  expect(storedDigests(world)).not.toContain(digestOf('useless signature'));
  await expectSound(world);
});

test('a moved tag lets go of the old image, but not of the layers that the new one shares', async () => {
  await using world = await openWorld();
  const shared = await pushBlob(world, 'base layer');
  await pushImage(world, await pushBlob(world, 'config 1'), [shared, await pushBlob(world, 'layer 1')], { tag: 'latest' });
  const second = await pushImage(world, await pushBlob(world, 'config 2'), [shared, await pushBlob(world, 'layer 2')], { tag: 'latest' });
  world.pass(dayMs + 1);
  await expectEstimateToHold(world, withUntagged);
  expect(await hasManifest(world, second)).toBe(true);
  expect(storedDigests(world)).toEqual([shared, digestOf('config 2'), digestOf('layer 2')].toSorted());
});

test('an untagged image stays for its grace, however short the setting', async () => {
  await using world = await openWorld();
  const child = await pushImage(world, await pushBlob(world, 'config'), []);
  world.pass(hourMs);
  await collectGarbage(world, { ...collection, untaggedAfterMs: 1 });
  expect(await hasManifest(world, child)).toBe(true);
});

test('a blob that another repository links keeps its bytes', async () => {
  await using world = await openWorld();
  const shared = await pushBlob(world, 'shared');
  await world.registry.blobs.mount({ repository: other, digest: shared, from: app, actor: 'jun', mayPull: async () => true });
  await pushImage(world, shared, [], { repository: other, tag: 'latest' });
  world.pass(dayMs + 1);
  await expectEstimateToHold(world, collection);
  expect(await hasBlob(world, shared, app)).toBe(false);
  expect(await hasBlob(world, shared, other)).toBe(true);
  expect(storedDigests(world)).toEqual([shared]);
});

test('being asked for starts the grace again', async () => {
  await using world = await openWorld();
  const layer = await pushBlob(world, 'layer');
  world.pass(dayMs);
  await world.registry.blobs.stat(app, layer);
  world.pass(1);
  expect(await collectGarbage(world, collection)).toMatchObject({ links: none, blobs: none });
  await pushImage(world, layer, [], { tag: 'latest' });
});

// --- what happens while it runs (I8) --------------------------------------------------------

test('a HEAD that comes after the blob was listed keeps it', async () => {
  const during: Interruption = {};
  await using world = await openWorld({ wrapRows: interrupted('unlinkUnreferenced', during) });
  const layer = await pushBlob(world, 'layer');
  world.pass(dayMs + 1);
  during.work = () => world.registry.blobs.stat(app, layer);
  expect(await collectGarbage(world, collection)).toMatchObject({ links: none, blobs: none });
  expect(await hasBlob(world, layer)).toBe(true);
});

test('a manifest that comes after its blob was listed keeps it', async () => {
  const during: Interruption = {};
  await using world = await openWorld({ wrapRows: interrupted('unlinkUnreferenced', during) });
  const layer = await pushBlob(world, 'layer');
  world.pass(dayMs + 1);
  during.work = () => pushImage(world, layer, [], { tag: 'latest' });
  expect(await collectGarbage(world, collection)).toMatchObject({ links: none, blobs: none });
  await expectSound(world);
});

test('a mount that comes after its source was listed keeps the bytes', async () => {
  const during: Interruption = {};
  await using world = await openWorld({ wrapRows: interrupted('unlinkUnreferenced', during) });
  const layer = await pushBlob(world, 'layer');
  world.pass(dayMs + 1);
  during.work = () => world.registry.blobs.mount({ repository: other, digest: layer, from: app, actor: 'jun', mayPull: async () => true });
  expect(await collectGarbage(world, collection)).toMatchObject({ links: { count: 1 }, blobs: none });
  expect(await hasBlob(world, layer, app)).toBe(false);
  expect(await hasBlob(world, layer, other)).toBe(true);
  await expectSound(world);
});

test('a tag that comes after its manifest was listed keeps it', async () => {
  const during: Interruption = {};
  await using world = await openWorld({ wrapRows: interrupted('removeUntagged', during) });
  const config = await pushBlob(world, 'config');
  const image = await pushImage(world, config, []);
  world.pass(dayMs + 1);
  during.work = () => pushImage(world, config, [], { tag: 'latest' });
  expect(await collectGarbage(world, withUntagged)).toMatchObject({ manifests: none, links: none, blobs: none });
  expect((await world.rows.manifests.findByTag(app, parseTag('latest')))?.digest).toBe(image);
});

test('a condemned blob that is pushed again before its bytes go is whole', async () => {
  const during: Interruption = {};
  await using world = await openWorld({
    // The last moment: the blob stands on the list of bytes to delete.
    wrapRows: (rows) => ({
      ...rows,
      collection: {
        ...rows.collection,
        async listCondemned(limit) {
          const condemned = await rows.collection.listCondemned(limit);
          if (condemned.length > 0) await takeWork(during);
          return condemned;
        },
      },
    }),
  });
  const layer = await pushBlob(world, 'layer');
  world.pass(dayMs + 1);
  during.work = () => pushBlob(world, 'layer', other);
  expect(await collectGarbage(world, collection)).toMatchObject({ links: { count: 1 }, blobs: none });
  expect(await hasBlob(world, layer, other)).toBe(true);
  expect(storedDigests(world)).toEqual([layer]);
  await expectSound(world);
});

test('a push of a digest waits while its bytes are deleted, and then brings them back', async () => {
  let pushing: Promise<Digest> | undefined;
  await using world = await openWorld({
    wrapBytes: (bytes) => ({
      ...bytes,
      async deleteBlob(key) {
        pushing = pushBlob(world, 'layer', other);
        // The push gets as far as the lock, and no further.
        while (!world.bytes.blobs.has(key) || (await bytes.listUploads({ limit: 1 })).length === 0) await Promise.resolve();
        await bytes.deleteBlob(key);
      },
    }),
  });
  const layer = await pushBlob(world, 'layer');
  world.pass(dayMs + 1);
  expect(await collectGarbage(world, collection)).toMatchObject({ blobs: { count: 1 } });
  expect(await pushing).toBe(layer);
  expect(storedDigests(world)).toEqual([layer]);
  await expectSound(world);
});

// --- what crashes leave -----------------------------------------------------------------------

test('bytes that no row knows go after the grace, and not a moment before', async () => {
  await using world = await openWorld();
  const id = await world.registry.uploads.start(app, 'sha256');
  await world.registry.uploads.append(app, id, { body: bodyOf('orphan') });
  await world.bytes.commitUpload(id, digestOf('orphan'));
  world.pass(dayMs);
  expect(await collectGarbage(world, collection)).toMatchObject({ blobs: none });
  world.pass(1);
  expect(await fsck(world, { ...collection, repair: false })).toMatchObject({
    violations: [
      { invariant: 'I1', repair: 'delete them' },
      { invariant: 'I3', repair: 'drop the row' },
    ],
  });
  await expectEstimateToHold(world, collection);
  expect(storedDigests(world)).toEqual([]);
  await expectSound(world);
});

test('uploads expire, rows and bytes, but not one that is being written to', async () => {
  await using world = await openWorld();
  const idle = await world.registry.uploads.start(app, 'sha256');
  await world.registry.uploads.append(app, idle, { body: bodyOf('half an upl') });
  const busy = await world.registry.uploads.start(app, 'sha256');
  const { promise: hangs, resolve: goOn } = Promise.withResolvers<void>();
  const writing = world.registry.uploads.append(app, busy, {
    body: (async function* () {
      await hangs;
      yield* bodyOf('slow');
    })(),
  });
  while (!world.uploadLocks.isBusy(busy)) await Promise.resolve();

  world.pass(dayMs + 1);
  expect(await estimateCollection(world, collection)).toMatchObject({ uploads: { count: 1, sizeBytes: 11 } });
  expect(await collectGarbage(world, collection)).toMatchObject({ uploads: { count: 1, sizeBytes: 11 }, details: [`upload team/app ${idle}`] });
  expect(await world.rows.uploads.find(app, idle)).toBeUndefined();
  expect((await world.bytes.listUploads({ limit: 10 })).map(({ id }) => id)).toEqual([busy]);
  goOn();
  expect(await writing).toBe(4);
});

test('upload bytes without a row, and rows without bytes, go when they have expired', async () => {
  await using world = await openWorld();
  const rowOnly = await world.registry.uploads.start(app, 'sha256');
  await world.bytes.abortUpload(rowOnly);
  const bytesOnly = await world.registry.uploads.start(app, 'sha256');
  await world.rows.uploads.remove(bytesOnly);
  await expectSound(world);
  world.pass(dayMs + 1);
  expect(await fsck(world, { ...collection, repair: false })).toMatchObject({ violationCount: 2, violations: [{ invariant: 'I3' }, { invariant: 'I3' }] });
  await expectEstimateToHold(world, collection);
  await expectSound(world);
});

// --- how it runs --------------------------------------------------------------------------------

test('it stops at the next page when it is told to', async () => {
  await using world = await openWorld();
  await pushBlob(world, 'layer');
  world.pass(dayMs + 1);
  const stopped = AbortSignal.abort(new Error('shutting down'));
  expect(await collectGarbage(world, { ...collection, signal: stopped }).catch(String)).toBe('Error: shutting down');
  expect(storedDigests(world)).toHaveLength(1);
});

test('two runs do not overlap: the second finds nothing left', async () => {
  await using world = await openWorld();
  for (const content of ['one', 'two', 'three']) await pushBlob(world, content);
  world.pass(dayMs + 1);
  const [first, second] = await Promise.all([collectGarbage(world, collection), collectGarbage(world, collection)]);
  expect([first.blobs.count, second.blobs.count]).toEqual([3, 0]);
});

test('more than one page of leftovers', async () => {
  await using world = await openWorld();
  for (let index = 0; index <= 2 * pageSize; index++) {
    const id = newUploadId();
    await world.bytes.createUpload(id, 'sha256');
    await world.bytes.appendUpload(id, 0, bodyOf(`blob ${index}`), { maxBytes: 100 });
    await world.bytes.commitUpload(id, digestOf(`blob ${index}`));
  }
  world.pass(dayMs + 1);
  expect(await estimateCollection(world, collection)).toMatchObject({ blobs: { count: 2 * pageSize + 1 } });
  expect(await collectGarbage(world, collection)).toMatchObject({ blobs: { count: 2 * pageSize + 1 } });
  expect(storedDigests(world)).toEqual([]);
});

const none = { count: 0, sizeBytes: 0 };

/** A dry run says what the run then takes, and takes nothing itself. */
async function expectEstimateToHold(world: World, options: Parameters<typeof collectGarbage>[1]): Promise<void> {
  const estimate = await estimateCollection(world, options);
  const { details, ...collected } = await collectGarbage(world, options);
  expect(estimate).toMatchObject({ ...collected, dryRun: true });
  expect(estimate.details.toSorted()).toEqual([...details].toSorted());
}

async function expectSound(world: World): Promise<void> {
  const { violations } = await fsck(world, { ...collection, repair: false });
  expect(violations).toEqual([]);
}

function areThere(world: World, digests: readonly Digest[]): Promise<boolean[]> {
  return Promise.all(digests.map((digest) => hasManifest(world, digest)));
}

/** Work that waits for its moment in a collection, and is done once. */
type Interruption = { work?: () => Promise<unknown> };

function interrupted(name: keyof CollectionRows, during: Interruption): (rows: MetadataStore) => MetadataStore {
  return (rows) => ({
    ...rows,
    collection: intercept(rows.collection, [name], async (call) => {
      await takeWork(during);
      return call();
    }),
  });
}

async function takeWork(during: Interruption): Promise<void> {
  const { work } = during;
  delete during.work;
  await work?.();
}
