import { expect, test } from 'bun:test';
import { runAdminRequest } from './admin.ts';
import { collection, hasManifest, hourMs, openWorld, pushBlob, pushImage, storedDigests } from '../../../../test/support/lifecycle/world.ts';

const options = { ...collection, untaggedAfterMs: undefined, trashForMs: 0 };

test('a dry run takes nothing, and the run takes what it said', async () => {
  await using world = await openWorld();
  const config = await pushBlob(world, 'config');
  const image = await pushImage(world, config, []);
  world.pass(25 * hourMs);

  const dry = await runAdminRequest(world, { verb: 'gc', dryRun: true, untagged: true }, options);
  expect(dry).toMatchObject({ verb: 'gc', dryRun: true, manifests: { count: 1 }, links: { count: 1 }, blobs: { count: 1, sizeBytes: 6 } });
  expect(await hasManifest(world, image)).toBe(true);
  expect(await runAdminRequest(world, { verb: 'gc', dryRun: false, untagged: false }, options)).toMatchObject({ manifests: { count: 0 }, blobs: { count: 0 } });
  expect(await hasManifest(world, image)).toBe(true);
  const taken = await runAdminRequest(world, { verb: 'gc', dryRun: false, untagged: true }, options);
  expect(taken).toMatchObject({ ...dry, dryRun: false });
  expect(storedDigests(world)).toEqual([]);
});

test('fsck and scrub look at everything now', async () => {
  await using world = await openWorld();
  await pushBlob(world, 'layer');
  world.pass(1);
  expect(await runAdminRequest(world, { verb: 'fsck', repair: false }, options)).toMatchObject({ verb: 'fsck', checked: { blobs: 1 }, violationCount: 0 });
  expect(await runAdminRequest(world, { verb: 'scrub' }, options)).toEqual({ verb: 'scrub', checked: { count: 1, sizeBytes: 5 }, quarantined: [] });
});

test('an operator can call it off', async () => {
  await using world = await openWorld();
  await pushBlob(world, 'layer');
  world.pass(1);
  const signal = AbortSignal.abort(new Error('called off'));
  for (const request of [
    { verb: 'gc', dryRun: true, untagged: true },
    { verb: 'gc', dryRun: false, untagged: true },
    { verb: 'fsck', repair: true },
    { verb: 'scrub' },
  ] as const) {
    expect(await runAdminRequest(world, request, { ...options, signal }).catch(String)).toBe('Error: called off');
  }
});
