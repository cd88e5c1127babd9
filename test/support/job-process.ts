/**
 * A process that runs jobs until it is killed: `bun job-process.ts DATABASE LIST AHEAD_MS`. Each job adds its
 * payload to LIST as a line. AHEAD_MS sets its clock forward, so that leases of the killed have ended for it.
 */
import { appendFileSync } from 'node:fs';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';
import { startJobRunner } from '@naru/server/jobs/runner';
import { newLease } from '@naru/server/runtime/ids';
import { silentLog } from '@naru/server/runtime/log';
import { createMetrics } from '@naru/server/runtime/metrics';
import { systemSleep } from '@naru/server/runtime/sleep';

const [database = '', list = '', aheadMs = '0'] = process.argv.slice(2);

startJobRunner({
  rows: await openSqliteMetadata({ path: database }),
  kinds: [
    {
      name: 'append',
      concurrency: 2,
      retry: { attemptsMax: 100, firstMs: 1, longestMs: 1 },
      run: async ({ payload }) => appendFileSync(list, `${String(payload)}\n`),
    },
  ],
  clock: { now: () => Date.now() + Number(aheadMs) },
  sleep: systemSleep,
  jitter: () => 0,
  log: silentLog,
  metrics: createMetrics('test'),
  newLease,
});

// The runner's own timers keep nobody alive; whoever started this one kills it.
setInterval(() => {}, 1000);
