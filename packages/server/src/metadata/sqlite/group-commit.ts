/**
 * Transactions that wait for each other are committed together, since what a commit costs is the sync of
 * the log. Each is a savepoint within the group: one that fails takes nothing of the others along, and
 * nobody is told of success before the sync. Lazy ones need none: they go along with whoever does, and
 * among themselves they do without.
 */
import { setImmediate } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import type { MetadataDatabase, Writer } from '../database.ts';

/** `isSynced`: its commit is on the disk when it returns. */
type Transact = <T>(work: (tx: Writer) => Promise<T>, isSynced: boolean) => Promise<T>;

type Waiting = {
  readonly work: (tx: Writer) => Promise<unknown>;
  readonly isLazy: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

const savepoint = CompiledQuery.raw('savepoint member');
const rollBack = CompiledQuery.raw('rollback to member');
const release = CompiledQuery.raw('release member');

/** Whoever was first in a group waits for the last. */
const groupMax = 16;

/** `isOpen`: whether the engine's transaction is. A full disk ends it in the middle. `settled`: after each of them, before anybody is told. */
export function groupCommits(
  transact: Transact,
  { isOpen, settled }: { isOpen: () => boolean; settled: () => void },
): Pick<MetadataDatabase, 'write' | 'writeLazily'> {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (waiting.length > 0) await commitTogether();
    isRunning = false;
  }

  async function commitTogether(): Promise<void> {
    const done: { readonly member: Waiting; readonly value: unknown }[] = [];
    let current: Waiting | undefined;
    const isSynced = waiting.some(({ isLazy }) => !isLazy);
    try {
      await transact(async (tx) => {
        for (current = waiting.shift(); current !== undefined; current = await next(done.length, isSynced)) {
          if (done.length === 0) done.push({ member: current, value: await current.work(tx) });
          else await addToGroup(tx, current, done);
        }
      }, isSynced);
    } catch (error) {
      settled();
      const undone = [...done.map(({ member }) => member), ...(current === undefined ? [] : [current])];
      // Whose fault it was is not known: each tries alone.
      if (undone.length === 1) for (const { reject } of undone) reject(error);
      else for (const { work, isLazy, resolve, reject } of undone) await transact(work, !isLazy).finally(settled).then(resolve, reject);
      return;
    }
    settled();
    for (const { member, value } of done) member.resolve(value);
  }

  async function addToGroup(tx: Writer, member: Waiting, done: { member: Waiting; value: unknown }[]): Promise<void> {
    await tx.executeQuery(savepoint);
    try {
      done.push({ member, value: await member.work(tx) });
    } catch (error) {
      if (!isOpen()) throw error;
      await tx.executeQuery(rollBack);
      member.reject(error);
    }
    await tx.executeQuery(release);
  }

  /** Requests that have come during the last sync are read in the next turn of the loop. */
  async function next(members: number, isSynced: boolean): Promise<Waiting | undefined> {
    if (members >= groupMax) return undefined;
    if (waiting.length === 0) await setImmediate();
    // The transaction has begun as one that nobody waits for the disk with.
    if (!isSynced && waiting[0]?.isLazy === false) return undefined;
    return waiting.shift();
  }

  function enqueue<T>(work: (tx: Writer) => Promise<T>, isLazy: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      waiting.push({ work, isLazy, resolve: resolve as (value: unknown) => void, reject }); // the value is what `work` gives
      void run();
    });
  }

  return { write: (work) => enqueue(work, false), writeLazily: (work) => enqueue(work, true) };
}
