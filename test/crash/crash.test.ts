/**
 * The real program is killed outright, again and again, while clients push, mount and delete and
 * while collection runs with hardly any grace. After each kill the data folder must be sound, and
 * the restarted server must serve every acknowledged push and nothing that it acknowledged as deleted.
 *
 * A kill takes the process, not the kernel: what a power cut takes, the file driver's own tests try.
 * `NARU_SEED` repeats the choices of a run, though not the moments at which the server dies;
 * `NARU_CRASH_ROUNDS` makes it longer.
 */
import { expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { collectGarbage } from '@naru/server/lifecycle/collect';
import type { FsckReport } from '@naru/server/lifecycle/admin-request';
import { fsck } from '@naru/server/lifecycle/fsck/fsck';
import { openStores } from '@naru/server/open-stores';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { runWorker } from './load.ts';
import { createRandom, type Random } from './random.ts';

const rounds = Number(process.env['NARU_CRASH_ROUNDS'] ?? 100);
const seed = Number(process.env['NARU_SEED'] ?? Date.now() % 1e9);
const graceMs = 2000;
const repositories = ['mina/app', 'mina/tools', 'jun/app', 'jun/base', 'library/shared', 'solo'];
const flags = [
  '--log-access',
  'false',
  '--collection-interval',
  '1s',
  '--collection-grace',
  `${graceMs}ms`,
  '--collection-untagged-after',
  '1s',
  '--collection-trash-for',
  '2s',
];

test(
  `nothing acknowledged is lost in ${rounds} kills`,
  async () => {
    console.log(`crash test: NARU_SEED=${seed} NARU_CRASH_ROUNDS=${rounds}`);
    await using folder = await temporaryFolder('naru-crash-');
    const data = join(folder.path, 'data');
    const random = createRandom(seed);
    const ledgers = repositories.map((repository) => createLedger(repository, graceMs));
    let pulled = 0;

    for (let round = 1; round <= rounds; round++) {
      await using server = await startServer({ data, flags });
      pulled += await verifyAll(server, ledgers);
      await killUnderLoad(server, ledgers, random);
      expect(errorsIn(server)).toEqual([]);
      await expectSound(data);
    }

    await using server = await startServer({ data, flags });
    pulled += await verifyAll(server, ledgers);
    await server.kill();
    await expectNothingLeft(data);
    const [pushes, deletes] = [sum(ledgers, ({ acknowledged }) => acknowledged.pushes), sum(ledgers, ({ acknowledged }) => acknowledged.deletes)];
    console.log(`crash test: ${pushes} pushes and ${deletes} deletes acknowledged, ${pulled} things pulled and verified after ${rounds} kills`);
    expect(pushes).toBeGreaterThan(10 * rounds);
    expect(deletes).toBeGreaterThan(rounds / 2);
  },
  Math.max(60_000, rounds * 10_000),
);

async function verifyAll(server: TestServer, ledgers: readonly Ledger[]): Promise<number> {
  const client = createRegistryClient(server.url);
  const counts = await Promise.all(ledgers.map((ledger) => ledger.verify(client)));
  return sum(counts, (count) => count);
}

async function killUnderLoad(server: TestServer, ledgers: readonly Ledger[], random: Random): Promise<void> {
  const client = createRegistryClient(server.url);
  let killed = false;
  const workers = ledgers.map((ledger) =>
    runWorker({ client, ledger, neighbours: repositories, random: createRandom(random.between(0, 2 ** 31)) }, () => killed),
  );
  const operator = runOperator(server, createRandom(random.between(0, 2 ** 31)), () => killed);
  const killing = sleep(random.between(30, 1200)).then(() => {
    killed = true;
    return server.kill();
  });
  // All of them, also when one fails: the next round must not meet the workers of this one.
  const ends = await Promise.allSettled([killing, operator, ...workers]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Collects as fast as it can, and looks now and then whether a busy server is sound. */
async function runOperator({ data }: TestServer, random: Random, isKilled: () => boolean): Promise<void> {
  while (!isKilled()) {
    const verb = random.chance(0.1) ? 'fsck' : 'gc';
    try {
      const answer = await fetch(`http://localhost/${verb}`, {
        method: 'POST',
        unix: join(data, 'control.sock'),
        body: JSON.stringify({ verb, untagged: true, dryRun: random.chance(0.2), repair: false }),
      });
      if (answer.status !== 200) throw new UnsoundServer(`${verb}: ${answer.status} ${await answer.text()}`);
      if (verb === 'fsck') expectNoDamage((await answer.json()) as FsckReport);
      await sleep(random.between(0, 100));
    } catch (error) {
      if (error instanceof UnsoundServer || !isKilled()) throw error;
    }
  }
}

class UnsoundServer extends Error {}

/** Leftovers of the last crash may be older than this short grace, and wait for the next collection. */
function expectNoDamage({ violations }: FsckReport): void {
  const damage = violations.filter(({ repair }) => repair !== 'delete them' && repair !== 'drop the row');
  if (damage.length > 0) throw new UnsoundServer(`fsck beside load: ${JSON.stringify(damage)}`);
}

/** What a crash leaves is younger than an hour, so here every violation counts. */
async function expectSound(data: string): Promise<void> {
  await using stores = await openStores({ data });
  const { violations } = await fsck(stores, { repair: false, graceMs: 3600e3, uploadExpiryMs: 3600e3 });
  expect(violations).toEqual([]);
}

/** Once nobody pushes any more, one collection takes all that the crashes have left. */
async function expectNothingLeft(data: string): Promise<void> {
  const later = { now: () => Date.now() + 3600e3 };
  await using stores = await openStores({ data, clock: later });
  await collectGarbage(stores, { graceMs: 0, uploadExpiryMs: 0 });
  const { violations, checked } = await fsck(stores, { repair: false, graceMs: 0, uploadExpiryMs: 0 });
  expect(violations).toEqual([]);
  expect(checked.uploads).toBe(0);
  expect(await stores.bytes.listUploads({ limit: 10 })).toEqual([]);
  expect(await stores.rows.collection.listCondemned(10)).toEqual([]);
}

function errorsIn({ output }: TestServer): string[] {
  return output.stderr.split('\n').filter((line) => line.includes('"level":"error"') || line.includes('"level":"warn"'));
}

function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
