/**
 * How long after the answer to a push its webhook has come, and whether deliveries to receivers that
 * are dead hold it up: `listEntries` / 10 of them are due and cannot be delivered meanwhile.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expectStatus } from '../load/requests.ts';
import { sendPut } from '../load/uploads.ts';
import { measure } from '../measure/measure.ts';
import type { Server } from '../peers/peer.ts';
import { makeManifest, manifestType } from '../sample.ts';
import type { Bench, Sample, Scenario } from './scenario.ts';
import { manifestUrl, pushImage } from './stock.ts';

const pushes = 50;
const tagsPerRequest = 100;

const metrics = [
  { key: 'medianMs', unit: 'ms median', digits: 1 },
  { key: 'slowestMs', unit: 'ms, the slowest', digits: 1 },
  { key: 'dead', unit: 'deliveries that cannot be made', digits: 0 },
];

export const newsAlone: Scenario = { ...news(() => 0), id: 'webhook', title: 'from the answer to a push until its webhook has come' };
export const newsBesideDead: Scenario = {
  ...news(({ size }) => size.listEntries / 10),
  id: 'webhook-beside-dead',
  title: 'the same beside receivers that are dead',
};

function news(deadOf: (bench: Bench) => number): Pick<Scenario, 'metrics' | 'suits' | 'run'> {
  return {
    metrics,
    suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
    async run(bench, peer): Promise<Sample> {
      const dead = deadOf(bench);
      await using folder = bench.scratch.fresh(`${peer.name}-news`);
      await using server = await peer.start(folder.path);
      await using receiver = await startReceiver();
      await pushImage(server, 'bench/live', bench.image, 'first');
      await pushImage(server, 'bench/dead', bench.image, 'first');
      await createWebhook(server, 'bench/live', receiver.url);
      // Nobody listens on port 1.
      if (dead > 0) await createWebhook(server, 'bench/dead', 'http://127.0.0.1:1/');
      for (let from = 0; from < dead; from += tagsPerRequest) await placeTags(server, 'bench/dead', bench, from);
      const delays: number[] = [];
      await measure(server, async () => {
        for (let index = 0; index < pushes; index++) {
          const { bytes } = makeManifest(bench.image.layers, `news ${index}`);
          const coming = receiver.next();
          await sendPut(manifestUrl(server, 'bench/live', `v${index}`), bytes, manifestType);
          const answeredAt = performance.now();
          delays.push(Math.max(0, (await coming) - answeredAt));
        }
      });
      const sorted = delays.toSorted((one, other) => one - other);
      return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, slowestMs: sorted.at(-1) ?? Number.NaN, dead };
    },
  };
}

async function createWebhook(server: Server, repository: string, url: string): Promise<void> {
  await send(server, `${repository}/-/webhooks`, { url, allowPrivateAddress: true, events: ['pushed'] }, 201);
}

async function placeTags(server: Server, repository: string, { image }: Bench, from: number): Promise<void> {
  const tags = Array.from({ length: tagsPerRequest }, (_, index) => ({ tag: `t${from + index}`, digest: image.manifest.digest }));
  await send(server, `${repository}/-/place-tags`, { tags }, 204);
}

async function send(server: Server, path: string, body: unknown, ...statuses: number[]): Promise<void> {
  const url = `${server.url}/api/v1/repositories/${path}`;
  await expectStatus(statuses, url, { method: 'POST', body: JSON.stringify(body) });
}

/** `next` resolves with the time at which the next webhook came. */
async function startReceiver(): Promise<AsyncDisposable & { url: string; next(): Promise<number> }> {
  let coming = Promise.withResolvers<number>();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
    coming.resolve(performance.now());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, // it listens on TCP
    next() {
      coming = Promise.withResolvers<number>();
      return coming.promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
