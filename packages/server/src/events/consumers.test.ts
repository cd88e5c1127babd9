import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { virtualTime } from '../../../../test/support/virtual-time.ts';
import { pushBlob } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { faultyMetadata } from '../metadata/faulty.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { silentLog } from '../runtime/log.ts';
import { type EventConsumer, startEventConsumers } from './consumers.ts';

const folder = makeScratchFolder();
const closing: MetadataStore[] = [];
let opened = 0;

async function open(): Promise<MetadataStore> {
  const rows = await openSqliteMetadata({ path: join(folder, `${opened++}.db`) });
  closing.push(rows);
  return rows;
}

afterEach(async () => {
  for (const store of closing.splice(0)) await store.close();
});

/** One job for each pushed blob. */
const perBlob: EventConsumer = {
  name: 'blobs',
  toJobs: (events) => events.filter(({ kind }) => kind === 'blob.pushed').map(({ id, digest }) => ({ kind: 'look', payload: digest, key: `${id}` })),
};

function start(rows: MetadataStore) {
  return startEventConsumers({ rows, consumers: [perBlob], ...virtualTime(), log: silentLog });
}

const jobs = (rows: MetadataStore) => rows.jobInspection.count('look', 'waiting');

test('turns every event into its jobs once, also when two processes read', async () => {
  const rows = await open();
  const one = start(rows);
  const other = start(rows);
  await one.idle();
  for (let n = 0; n < 10; n++) {
    await pushBlob(rows, `layer ${n}`);
    await Promise.all([one.idle(), other.idle()]);
  }
  expect(await jobs(rows)).toBe(10);
  await one[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test('goes on where it was after it ended', async () => {
  const rows = await open();
  const before = start(rows);
  await before.idle();
  await before[Symbol.asyncDispose]();
  await pushBlob(rows, 'while nobody read');
  const after = start(rows);
  await after.idle();
  expect(await jobs(rows)).toBe(1);
  await after[Symbol.asyncDispose]();
});

test('loses nothing and repeats nothing when any call fails', async () => {
  for (let failAt = 1; ; failAt++) {
    const rows = await open();
    await rows.events.startConsumer('blobs', 1);
    await pushBlob(rows, 'layer');
    for (const when of ['before', 'after'] as const) {
      const faulty = faultyMetadata(rows, { failAt, when });
      const reader = start(faulty);
      await reader.idle().catch(() => undefined);
      await reader.idle().catch(() => undefined);
      await reader[Symbol.asyncDispose]();
      expect(await jobs(rows)).toBe(1);
      if (faulty.calls() < failAt) return;
    }
  }
});

test('one that fails stays behind and comes after, while the others go on', async () => {
  const rows = await open();
  let isBroken = true;
  const flaky: EventConsumer = {
    name: 'flaky',
    toJobs(events) {
      if (isBroken) throw new Error('not today');
      return events.map(({ id }) => ({ kind: 'flaky', payload: id }));
    },
  };
  await using readers = startEventConsumers({ rows, consumers: [flaky, perBlob], ...virtualTime(), log: silentLog });
  await readers.idle();
  const begin = await rows.events.findNewestId();
  for (let n = 0; n < 3; n++) {
    await pushBlob(rows, `layer ${n}`);
    await readers.idle();
  }
  expect(await jobs(rows)).toBe(3);
  isBroken = false;
  await readers.idle();
  expect(await jobs(rows)).toBe(3);
  const caughtUp = await rows.jobInspection.list({ state: 'waiting', limit: 10 });
  const told = caughtUp.filter(({ kind }) => kind === 'flaky').map(({ payload }) => payload);
  expect(told).toEqual((await rows.events.list({ after: begin, limit: 10 })).map(({ id }) => id));
});
