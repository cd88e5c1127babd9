/**
 * Requests that are sent at their times, whether the one before has been answered or not, by a process
 * of its own: what else the benchmark has in its memory holds up none of them. Prints the p99 in microseconds,
 * without the first half a second, in which this program itself becomes fast.
 *
 *     bun paced-requests.ts URL SECONDS PER_SECOND ACCEPT
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus } from './requests.ts';

const [url = '', seconds, perSecond, accept = ''] = process.argv.slice(2);
const warmUp = Number(perSecond) / 2;
const count = Number(seconds) * Number(perSecond) + warmUp;
const startedAt = performance.now();
const micros: number[] = [];
const under: Promise<void>[] = [];
for (let index = 0; index < count; index += 1) {
  await sleep(Math.max(0, startedAt + (index * 1000) / Number(perSecond) - performance.now()));
  under.push(ask(index >= warmUp));
}
await Promise.all(under);
console.log(micros.sort((a, b) => a - b)[Math.floor(micros.length * 0.99)] ?? Number.NaN);

async function ask(counts: boolean): Promise<void> {
  const sentAt = performance.now();
  const answer = await expectStatus([200], url, { headers: { accept } });
  await answer.arrayBuffer();
  if (counts) micros.push((performance.now() - sentAt) * 1000);
}
