/**
 * Many clients, a collector and a scrub on the real rules, in one process, on a clock that leaps: days
 * go by between two requests of one push, as nowhere in life. Whatever the seed makes of it, what a
 * client was told to be there is there, and no invariant breaks. `NARU_SEED` repeats its choices.
 */
import { expect, test } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, parseTag, type RepositoryName } from '@naru/oci/repository-name';
import type { MetadataStore } from '@naru/server/metadata/port';
import { collectGarbage } from '@naru/server/lifecycle/collect';
import { fsck } from '@naru/server/lifecycle/fsck/fsck';
import { scrub } from '@naru/server/lifecycle/scrub';
import { createRandom, type Random } from '../crash/random.ts';
import { intercept } from '../support/lifecycle/intercept.ts';
import { collection, digestOf, hourMs, openWorld, pushBlob, pushImage, pushIndex, type World } from '../support/lifecycle/world.ts';

const seed = Number(process.env['NARU_SEED'] ?? Date.now() % 1e9);
const runs = 4;
const stepsPerClient = 40;
const timeoutMs = 60_000;
const withUntagged = { ...collection, untaggedAfterMs: 48 * hourMs };

for (let run = 0; run < runs; run++) {
  test(
    `clients, collection and scrub side by side: NARU_SEED=${seed}, run ${run}`,
    async () => {
      const random = createRandom(seed + run);
      const delays = createRandom(random.between(0, 2 ** 31));
      await using world = await openWorld({ wrapRows: (rows) => slowRows(rows, delays), wrapBytes: (bytes) => slow(bytes, slowByteCalls, delays) });
      const repositories = Array.from({ length: 4 }, (_, index) => parseRepositoryName(`team${index % 2}/app${index}`));
      let working = repositories.length;
      const clients = repositories.map((repository) =>
        runClient(world, repository, repositories, createRandom(random.between(0, 2 ** 31))).finally(() => {
          working--;
        }),
      );
      const keeper = runKeeper(world, createRandom(random.between(0, 2 ** 31)), () => working > 0);
      const tags = await Promise.all(clients);
      await keeper;
      for (const { repository, tag, digest } of tags.flat())
        expect({ repository, tag, digest: await resolve(world, repository, tag) }).toEqual({ repository, tag, digest });
      await expectSound(world);
      // Collection has no end of its own: another run, long after, still leaves every tag whole.
      world.pass(1000 * hourMs);
      await collectGarbage(world, withUntagged);
      for (const { repository, tag, digest } of tags.flat()) expect(await resolve(world, repository, tag)).toBe(digest);
      await expectSound(world);
    },
    timeoutMs,
  );
}

type Tagged = { readonly repository: RepositoryName; readonly tag: string; readonly digest: Digest };

/** Gives the tags that it was told to be there. */
async function runClient(world: World, repository: RepositoryName, everybody: readonly RepositoryName[], random: Random): Promise<Tagged[]> {
  const tags = new Map<string, Digest>();
  for (let step = 0; step < stepsPerClient; step++) {
    await pause(random);
    const tag = `v${random.between(1, 3)}`;
    try {
      if (random.chance(0.1)) {
        await world.registry.manifests.remove(repository, { kind: 'tag', tag: parseTag(tag) }, { actor: 'mina' });
        tags.delete(tag);
      } else if (random.chance(0.25)) {
        const children = [await pushWhole(world, repository, everybody, random), await pushWhole(world, repository, everybody, random)];
        tags.set(tag, await pushIndex(world, children, { repository, tag }));
      } else {
        tags.set(tag, await pushWhole(world, repository, everybody, random, tag));
      }
    } catch (error) {
      // Days passed within one push and collection took its beginning, or the tag was not there: the client is told, and that is all it can ask for.
      if (!isRegistryError(error, 'MANIFEST_BLOB_UNKNOWN') && !isRegistryError(error, 'MANIFEST_UNKNOWN')) throw error;
    }
  }
  return [...tags].map(([tag, digest]) => ({ repository, tag, digest }));
}

async function pushWhole(world: World, repository: RepositoryName, everybody: readonly RepositoryName[], random: Random, tag?: string): Promise<Digest> {
  const blobs: Digest[] = [];
  for (let count = random.between(2, 4); count > 0; count--) {
    const content = `layer ${random.between(1, 20)}`;
    const mounted = await world.registry.blobs.mount({
      repository,
      digest: digestOf(content),
      from: random.pick(everybody),
      actor: 'mina',
      mayPull: async () => random.chance(0.5),
    });
    blobs.push(mounted ? digestOf(content) : await pushBlob(world, content, repository));
    await pause(random);
  }
  const [config, ...layers] = blobs;
  if (config === undefined) throw new Error('an image has at least a config');
  return pushImage(world, config, layers, { repository, ...(tag !== undefined && { tag }) });
}

/** Winds the clock, collects, scrubs and looks, until the clients are done. */
async function runKeeper(world: World, random: Random, isWorking: () => boolean): Promise<void> {
  while (isWorking()) {
    world.pass(random.between(0, 60) * hourMs);
    const kind = random.between(1, 10);
    if (kind <= 7) await collectGarbage(world, random.chance(0.5) ? withUntagged : collection);
    else if (kind === 8) expect(await scrub(world, { checkedBefore: world.clock.now() })).toMatchObject({ quarantined: [] });
    else await expectSound(world);
    await pause(random);
  }
}

async function expectSound(world: World): Promise<void> {
  const { violations } = await fsck(world, { ...collection, graceMs: 1e12, repair: false });
  expect(violations).toEqual([]);
}

async function resolve(world: World, repository: RepositoryName, tag: string): Promise<Digest | undefined> {
  return (await world.rows.manifests.findByTag(repository, parseTag(tag)))?.digest;
}

/** Every call takes its time before it has its effect and before its answer arrives, so that anything can come between two of them. */
function slow<Target extends object>(target: Target, names: readonly (keyof Target)[], random: Random): Target {
  return intercept(target, names, async (call) => {
    await pause(random);
    const result = await call();
    await pause(random);
    return result;
  });
}

const slowByteCalls = ['createUpload', 'appendUpload', 'commitUpload', 'deleteBlob', 'hashBlob', 'listBlobs'] as const;

function slowRows(rows: MetadataStore, random: Random): MetadataStore {
  return {
    ...rows,
    blobs: slow(rows.blobs, ['recordUploaded', 'recordMounted', 'touch', 'unlink'], random),
    manifests: slow(rows.manifests, ['record', 'remove'], random),
    collection: slow(
      rows.collection,
      ['listUntagged', 'removeUntagged', 'listUnreferencedLinks', 'unlinkUnreferenced', 'listUnlinkedBlobs', 'condemn', 'listCondemned', 'forgetCondemned'],
      random,
    ),
    integrity: slow(rows.integrity, ['findBlobRow', 'listUnknownKeys', 'listBlobRows'], random),
  };
}

/** Lets the others go on for a while. */
async function pause(random: Random): Promise<void> {
  for (let turns = random.between(0, 20); turns > 0; turns--) await (turns % 5 === 0 ? new Promise(setImmediate) : Promise.resolve());
}
