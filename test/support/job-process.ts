/**
 * A process that runs jobs and kills itself: `bun job-process.ts DATABASE LIST AHEAD_MS JOBS TURNS`. Each job adds
 * its payload to LIST as a line. AHEAD_MS sets its clock forward, so that leases of the killed have ended for it. It
 * dies so many TURNS of its loop after so many JOBS, or ends when there are none left.
 */
import { appendFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';
import { startJobRunner } from '@naru/server/jobs/runner';
import { newLease } from '@naru/server/runtime/ids';
import { silentLog } from '@naru/server/runtime/log';
import { createMetrics } from '@naru/server/runtime/metrics';
import { systemSleep } from '@naru/server/runtime/sleep';

const [database = '', list = '', aheadMs = '0', jobs = '1', turns = '0'] = process.argv.slice(2);
let ran = 0;

const runner = startJobRunner({
  rows: await openSqliteMetadata({ path: database }),
  kinds: [
    {
      name: 'append',
      concurrency: 2,
      retry: { attemptsMax: 100, firstMs: 1, longestMs: 1 },
      async run({ payload }) {
        appendFileSync(list, `${String(payload)}\n`);
        if (++ran === Number(jobs)) void die();
      },
    },
  ],
  clock: { now: () => Date.now() + Number(aheadMs) },
  sleep: systemSleep,
  jitter: () => 0,
  log: silentLog,
  metrics: createMetrics('test'),
  newLease,
});

await runner.idle();
await runner[Symbol.asyncDispose]();

async function die(): Promise<void> {
  for (let turn = 0; turn < Number(turns); turn++) await nextTurn();
  process.kill(process.pid, 'SIGKILL');
}
