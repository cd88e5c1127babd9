/** Days of deliveries in a moment: the queue and the rows are real, time is the test's. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import { type VirtualTime, virtualTime } from '../../../../test/support/virtual-time.ts';
import { startEventConsumers } from '../events/consumers.ts';
import { retrySpanMs } from '../jobs/retry-delay.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import { runJob } from '../jobs/running-job.ts';
import { startJobRunner } from '../jobs/runner.ts';
import { digestOf, pushBlob } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { deliveriesMax, type NewWebhook } from '../metadata/webhook-port.ts';
import { newLease } from '../runtime/ids.ts';
import { silentLog } from '../runtime/log.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { deliveryJobs, firstTryKind, retryJob, webhookRetry } from './deliveries.ts';
import { webhookConsumer } from './fan-out.ts';
import { pruneDeliveries } from './prune-deliveries.ts';
import type { Receiver, Sent } from './receiver.ts';

setDefaultTimeout(60_000);

const folder = makeScratchFolder();
let opened = 0;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type Answer = (url: string, tag: string, signal: AbortSignal) => Promise<Sent> | Sent;
type Scene = {
  readonly rows: MetadataStore;
  readonly time: VirtualTime;
  readonly kinds: readonly JobKind[];
  /** Reads the events and runs every job that becomes due until then, one after the other, each at its time. */
  pass(ms: number): Promise<void>;
  event(tag: string): Promise<void>;
};

const ok: Sent = { outcome: 'delivered', exchange: { requestHeaders: {}, status: 200 } };
const failed: Sent = { outcome: 'failed', exchange: { requestHeaders: {}, status: 500, error: 'it answered 500' } };
const app = parseRepositoryName('mina/app');

/** `answer` is the receiver at the other end of the network; `receiver.test.ts` has real ones. */
async function start(answer: Answer): Promise<Scene> {
  const rows = await openSqliteMetadata({ path: join(folder, `${opened++}.db`) });
  closing.push(() => rows.close());
  const time = virtualTime();
  const { clock } = time;
  const receiver: Receiver = {
    send: async ({ url }, { body }, signal) => answer(url, (JSON.parse(body) as { data: { tag: string } }).data.tag, signal),
  };
  const kinds = deliveryJobs({
    rows,
    images: { summarize: async () => ({ mediaType: 'x', sizeBytes: 1, platforms: [] }) },
    receivers: { http: receiver, mail: receiver },
    clock,
    jitter: () => 0,
    baseUrl: () => 'https://registry.example.org',
    noticeOfDead: ({ id }) => ({ kind: 'notify', payload: id, key: id }),
  });
  const news = webhookConsumer({ ...rows, clock });
  await rows.events.startConsumer(news.name, 1);
  const parts = { rows: rows.jobs, ...time, jitter: () => 0, log: silentLog };

  async function runDue(end: number): Promise<boolean> {
    for (const kind of kinds) {
      const due = await rows.jobs.findNextDue(kind.name);
      if (due === undefined || due > end) continue;
      const others = await Promise.all(kinds.map(({ name }) => rows.jobs.findNextDue(name)));
      if (others.some((other) => other !== undefined && other < due)) continue;
      time.jump(Math.max(0, due - clock.now()));
      const at = clock.now();
      const [job] = await rows.jobs.claim({ kind: kind.name, limit: 1, lease: `l${at}`, leaseUntil: at + 60_000, at });
      if (job !== undefined) await runJob(parts, kind, { job, lease: `l${at}` }, new AbortController().signal);
      return true;
    }
    return false;
  }

  return {
    rows,
    time,
    kinds,
    async pass(ms) {
      const end = clock.now() + ms;
      const from = await rows.events.startConsumer(news.name, 1);
      const events = await rows.events.list({ after: from, limit: 100 });
      const jobs = [...(await news.toJobs(events))];
      await rows.events.advanceConsumers({ from, to: events.at(-1)?.id ?? from, consumers: [{ name: news.name, jobs }], at: clock.now() });
      while (await runDue(end));
      time.jump(Math.max(0, end - clock.now()));
    },
    async event(tag) {
      await rows.tags.place({ repository: app, tags: [{ tag: parseTag(tag), digest: manifest }], at: clock.now(), actor: 'mina' });
    },
  };
}

const bytes = new TextEncoder().encode('{}');
const manifest = digestOf(bytes);

async function hold(rows: MetadataStore): Promise<void> {
  await pushBlob(rows, 'layer', { in: app });
  await rows.manifests.record({ repository: app, manifest: { digest: manifest, mediaType: 'x', bytes, references: [] }, tags: [], at: 1, actor: 'mina' });
}

async function hook(rows: MetadataStore, id: string, more: Partial<NewWebhook> = {}): Promise<void> {
  await rows.webhooks.create({
    id,
    scope: { kind: 'server', name: '' },
    url: `https://${id}.example.org/`,
    format: 'standard',
    secret: 'whsec_c2VjcmV0',
    filter: { events: ['tag.moved'] },
    allowPrivateAddress: false,
    at: 1,
    actor: 'mina',
    ...more,
  });
}

const testDelivery = {
  messageId: 'm',
  event: { id: 1, kind: 'tag.moved', repository: app, at: 1, actor: 'mina' },
  attempt: { at: 1, durationMs: 1, requestHeaders: {} },
} as const;

test('a receiver that answers 500 for a day gets everything in its order when it is back', async () => {
  const got: string[] = [];
  const tries: number[] = [];
  let isDown = true;
  const { rows, time, pass, event } = await start((_, tag) => {
    tries.push(time.clock.now());
    if (isDown) return failed;
    got.push(tag);
    return ok;
  });
  await hold(rows);
  await hook(rows, 'ci');
  for (const tag of ['a', 'b', 'c']) await event(tag);
  await pass(24 * 3600e3);
  // Only the first of the line is tried, at growing distances: half of the policy's, as chance is none here.
  expect(tries.length).toBeLessThan(webhookRetry.attemptsMax);
  expect(tries.slice(0, 4).map((at) => at - (tries[0] ?? 0))).toEqual([0, 2500, 5000, 10_000]);
  expect((await rows.webhooks.find('ci'))?.failingSince).toBe(tries[0] ?? 0);
  isDown = false;
  await event('d');
  await pass(3600e3);
  expect(got).toEqual(['a', 'b', 'c', 'd']);
  expect((await rows.webhooks.find('ci'))?.failingSince).toBeUndefined();
  const deliveries = await rows.deliveries.list('ci', { limit: 10 });
  expect(deliveries.map(({ event: { tag }, state }): unknown[] => [tag, state])).toEqual([
    ['d', 'delivered'],
    ['c', 'delivered'],
    ['b', 'delivered'],
    ['a', 'delivered'],
  ]);
  // The newest attempts of many.
  expect((await rows.deliveries.listAttempts(deliveries.at(-1)?.id ?? 0)).map(({ status }) => status)).toEqual([...Array.from({ length: 9 }, () => 500), 200]);
});

test('a receiver that stays dead gets dead letters after more than a day, and those behind it one try each', async () => {
  const tries: string[] = [];
  const { rows, pass, event } = await start((_, tag) => {
    tries.push(tag);
    return failed;
  });
  expect(retrySpanMs(webhookRetry)).toBeGreaterThan(24 * 3600e3);
  await hold(rows);
  await hook(rows, 'gone');
  for (const tag of ['a', 'b', 'c']) await event(tag);
  await pass(5 * 24 * 3600e3);
  expect((await rows.deliveries.list('gone', { limit: 10 })).map(({ state }) => state)).toEqual(['dead', 'dead', 'dead']);
  expect(tries.filter((tag) => tag === 'c')).toHaveLength(1);
});

test('what says that it is gone is disabled', async () => {
  const { rows, pass, event } = await start(() => ({ outcome: 'gone', exchange: { requestHeaders: {}, status: 410 } }));
  await hold(rows);
  await hook(rows, 'ci');
  await event('a');
  await pass(0);
  expect((await rows.webhooks.find('ci'))?.disabledAt).toBeNumber();
  await event('b');
  await pass(0);
  expect((await rows.deliveries.list('ci', { limit: 10 })).map(({ event: { tag }, state }): unknown[] => [tag, state])).toEqual([['a', 'dead']]);
});

test('10 000 that wait for dead receivers do not delay the live', async () => {
  const got = Promise.withResolvers<string>();
  let hanging = 0;
  const { rows, time, kinds, event } = await start((url, tag, signal) => {
    if (url.startsWith('https://live')) got.resolve(tag);
    if (url.startsWith('https://live')) return ok;
    hanging++;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  });
  await hold(rows);
  for (let index = 0; index < 7; index++) {
    await hook(rows, `dead${index}`);
    await rows.deliveries.recordAttempt({ ...testDelivery, webhookId: `dead${index}`, state: 'pending' });
  }
  await hook(rows, 'live');
  const at = time.clock.now();
  const waiting = Array.from({ length: 10_000 }, (_, index) => {
    const webhookId = `dead${index % 7}`;
    const repository = parseRepositoryName(`mina/r${index % 1000}`);
    const event = { id: 100_000 + index, kind: 'tag.moved', repository, tag: parseTag('x'), at, actor: 'mina' };
    return retryJob({ payload: { webhookId, event } }, `${webhookId} ${repository}`, at);
  });
  await rows.jobs.enqueue(waiting, at);
  const consumer = startEventConsumers({ rows, consumers: [webhookConsumer({ ...rows, ...time })], ...time, log: silentLog });
  const runner = startJobRunner({ rows, kinds, ...time, jitter: () => 0, log: silentLog, metrics: createMetrics('test'), newLease });
  closing.push(
    async () => consumer[Symbol.asyncDispose](),
    async () => runner[Symbol.asyncDispose](),
  );
  await event('news');
  // No time passes on the clock of the queue, and none of the dead has answered.
  expect(await got.promise).toBe('news');
  expect(hanging).toBe(64);
});

test('what was delivered is not sent again by a process that died behind it', async () => {
  let sent = 0;
  const { rows, time, pass, event } = await start(() => {
    sent++;
    return ok;
  });
  await hold(rows);
  await hook(rows, 'ci');
  await event('a');
  await pass(0);
  const [delivery] = await rows.deliveries.list('ci', { limit: 1 });
  await rows.jobs.enqueue([{ kind: firstTryKind, payload: { webhookId: 'ci', event: delivery?.event } }], time.clock.now());
  await pass(0);
  expect(sent).toBe(1);
});

test('the log is bounded, and forgets what is old', async () => {
  const { rows, time } = await start(() => ok);
  await hook(rows, 'ci');
  const at = time.clock.now();
  for (let index = 0; index < deliveriesMax + 5; index++) {
    await rows.deliveries.recordAttempt({
      ...testDelivery,
      webhookId: 'ci',
      messageId: `m${index}`,
      state: 'delivered',
      attempt: { ...testDelivery.attempt, at },
    });
  }
  expect(await rows.deliveries.list('ci', { limit: 5000 })).toHaveLength(deliveriesMax);
  const kind = pruneDeliveries({ deliveries: rows.deliveries, clock: time.clock });
  time.jump(31 * 24 * 3600e3);
  await kind.run(
    { id: 1, kind: '', payload: {}, priority: 'normal', state: 'running', attempts: 1, createdAt: 0, runAt: 0, changedAt: 0 },
    new AbortController().signal,
  );
  expect(await rows.deliveries.list('ci', { limit: 5000 })).toEqual([]);
});
