/** Processes that run jobs are killed in the middle, one after the other: every job is done, in its order, and few are done twice. */
import { expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { leaseMs } from '@naru/server/jobs/running-job';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';

const program = resolve(import.meta.dirname, '../support/job-process.ts');
const jobs = 60;
const perLife = 7;
/** Turns of its loop: claims and settlements are cut off at each of their steps. */
const longestDeath = 6;

test('kill -9 loses no job', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'naru-jobs-'));
  const [database, list] = [join(folder, 'jobs.db'), join(folder, 'list')];
  writeFileSync(list, '');
  {
    const store = await openSqliteMetadata({ path: database });
    const numbers = Array.from({ length: jobs }, (_, index) => index);
    await store.jobs.enqueue(
      numbers.map((payload) => ({ kind: 'append', payload, ordering: `${payload % 2}` })),
      1,
    );
    await store.close();
  }
  let lives = 0;
  for (let end: unknown[] = [null, 'SIGKILL']; end[1] === 'SIGKILL'; lives++) {
    const life = [database, list, lives * 2 * leaseMs, perLife, lives % longestDeath].map(String);
    end = await once(spawn(process.execPath, [program, ...life], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
    expect(end).toBeOneOf([
      [null, 'SIGKILL'],
      [0, null],
    ]);
  }
  const all = done(list);
  expect(lives).toBeGreaterThan(longestDeath);
  // Two may be under way when a process dies.
  expect(all.length).toBeLessThanOrEqual(jobs + 2 * lives);
  for (const ordering of [0, 1]) {
    const mine = all.filter((number) => number % 2 === ordering);
    expect(mine).toEqual(mine.toSorted((a, b) => a - b));
    expect(new Set(mine).size).toBe(jobs / 2);
  }
  await rm(folder, { recursive: true });
}, 60_000);

function done(list: string): number[] {
  return readFileSync(list, 'utf8').split('\n').slice(0, -1).map(Number);
}
