import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import type { Writer } from '../database.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import type { Tables } from '../schema.ts';
import { sqliteDialect } from './dialect.ts';
import { groupCommits } from './group-commit.ts';
import { openConnection } from './open-connection.ts';

const folder = makeScratchFolder();
let opened = 0;

/** A table of numbers, a count of the transactions that were begun, and commits that fail when the test says so. */
function open() {
  const connection = openConnection(join(folder, `${opened++}.db`), { readwrite: true, create: true });
  connection.execute('create table number (value integer primary key)');
  const db = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
  const state = { begun: 0, failing: 0, synced: [] as boolean[] };
  const transact = <T>(work: (tx: Writer) => Promise<T>, isSynced: boolean): Promise<T> => {
    state.begun++;
    state.synced.push(isSynced);
    return db.transaction().execute(async (tx) => {
      const result = await work(tx);
      if (state.failing-- > 0) throw new Error('the commit failed');
      return result;
    });
  };
  const { write, writeLazily } = groupCommits(transact, { isOpen: () => connection.inTransaction, settled: () => undefined });
  const inserting = (value: number) => async (tx: Writer) => {
    await sql`insert into number values (${value})`.execute(tx);
    return value;
  };
  const insert = (value: number) => write(inserting(value));
  const insertLazily = (value: number) => writeLazily(inserting(value));
  const values = () => connection.execute('select value from number order by value').rows.map((row) => (row as { value: number }).value);
  return { connection, state, write, insert, insertLazily, values };
}

test('those that come at once share a transaction, up to a limit', async () => {
  const { state, insert, values } = open();
  const all = Array.from({ length: 40 }, (_, value) => value);
  expect(await Promise.all(all.map(insert))).toEqual(all);
  expect({ values: values(), begun: state.begun }).toEqual({ values: all, begun: 3 });
});

test('a group is synced when one of it waits for the disk, and no such one joins a group that is not', async () => {
  const { state, insert, insertLazily, values } = open();
  await Promise.all([insertLazily(1), insertLazily(2)]);
  await Promise.all([insert(3), insertLazily(4), insertLazily(5)]);
  await Promise.all([insertLazily(6), insert(7), insertLazily(8)]);
  expect(state.synced).toEqual([false, true, false, true]);
  state.failing = 1;
  await Promise.all([insert(9), insertLazily(10), insert(11)]);
  expect(state.synced.slice(4)).toEqual([true, true, false, true]);
  expect(values()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('one that fails takes nothing of the others along, wherever it stands', async () => {
  const { insert, write, values } = open();
  const failing = (value: number) =>
    write(async (tx) => {
      await sql`insert into number values (${value})`.execute(tx);
      throw new Error(`not ${value}`);
    });
  const outcomes = await Promise.allSettled([failing(1), insert(2), failing(3), insert(4), insert(2)]);
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message.slice(0, 6)))).toEqual([
    'not 1',
    2,
    'not 3',
    4,
    expect.stringContaining('UNIQUE'),
  ]);
  expect(values()).toEqual([2, 4]);
});

test('when the commit fails nobody was told of success, and each tries alone', async () => {
  const { state, insert, values } = open();
  state.failing = 1;
  expect(await Promise.all([insert(1), insert(2), insert(3)])).toEqual([1, 2, 3]);
  expect({ values: values(), begun: state.begun }).toEqual({ values: [1, 2, 3], begun: 4 });
  state.failing = 2;
  const outcomes = await Promise.allSettled([insert(4), insert(5)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(values()).toEqual([1, 2, 3, 5]);
});

test('when the engine ends the transaction in the middle, each tries alone', async () => {
  const { connection, insert, write, values } = open();
  let times = 0;
  const endOnce = () =>
    write(async (tx) => {
      if (times++ === 0) {
        connection.execute('rollback');
        throw new Error('the disk is full');
      }
      await sql`insert into number values (2)`.execute(tx);
      return 2;
    });
  expect(await Promise.all([insert(1), endOnce(), insert(3)])).toEqual([1, 2, 3]);
  expect(values()).toEqual([1, 2, 3]);
});
