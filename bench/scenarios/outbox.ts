/**
 * What a thousand other events a second cost those who push: the same pushes in turns, with and without
 * tags of another repository that move all the time. A move is an event in the transaction of the move.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, sendAll } from '../load/requests.ts';
import { sendPut } from '../load/uploads.ts';
import { measure } from '../measure/measure.ts';
import type { Server } from '../peers/peer.ts';
import { makeManifest, manifestType } from '../sample.ts';
import type { Bench, Sample, Scenario } from './scenario.ts';
import { manifestUrl, pushImage } from './stock.ts';

const clients = 4;
const turns = 6;
const eventsPerSecond = 1000;
const tagsPerRequest = 20;

export const outbox: Scenario = {
  id: 'outbox',
  title: `PUT manifest with a new tag, ${clients} clients, beside ${eventsPerSecond} events a second`,
  metrics: [
    { key: 'ratio', unit: '× the time without them', digits: 2 },
    { key: 'perSecond', unit: 'pushes/s without', digits: 0 },
    { key: 'perSecondBeside', unit: 'pushes/s beside', digits: 0 },
    { key: 'events', unit: 'events/s that came', digits: 0 },
  ],
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry',
  async run(bench, peer): Promise<Sample> {
    await using folder = bench.scratch.fresh(`${peer.name}-outbox`);
    await using server = await peer.start(folder.path);
    const { digests } = await prepare(server, bench);
    const pushesPerTurn = Math.ceil(bench.size.smallPushes / turns);
    let pushed = 0;
    const push = () => {
      const name = `p${pushed++}`;
      return sendPut(manifestUrl(server, 'bench/push', name), makeManifest(bench.image.layers, name).bytes, manifestType);
    };
    const seconds = { alone: 0, beside: 0 };
    let [events, besideSeconds] = [0, 0];
    await sendAll(pushesPerTurn, clients, push);
    for (let turn = 0; turn < turns; turn++) {
      seconds.alone += (await measure(server, () => sendAll(pushesPerTurn, clients, push))).wallSeconds;
      const stop = new AbortController();
      const moving = moveTags(server, digests, stop.signal);
      const { wallSeconds } = await measure(server, () => sendAll(pushesPerTurn, clients, push));
      stop.abort();
      seconds.beside += wallSeconds;
      const moved = await moving;
      events += moved.events;
      besideSeconds += moved.seconds;
    }
    const count = pushesPerTurn * turns;
    return {
      ratio: seconds.beside / seconds.alone,
      perSecond: count / seconds.alone,
      perSecondBeside: count / seconds.beside,
      events: events / besideSeconds,
    };
  },
};

/** Two images, between which the tags go. */
async function prepare(server: Server, bench: Bench): Promise<{ digests: readonly string[] }> {
  await pushImage(server, 'bench/push', bench.image, 'first');
  await pushImage(server, 'bench/moving', bench.image, 'first');
  const other = makeManifest(bench.image.layers, 'other');
  await sendPut(manifestUrl(server, 'bench/moving', 'other'), other.bytes, manifestType);
  return { digests: [bench.image.manifest.digest, other.digest] };
}

/** So many at a time, at an even pace; one that is late waits for nobody. */
async function moveTags(server: Server, digests: readonly string[], signal: AbortSignal): Promise<{ events: number; seconds: number }> {
  const startedAt = performance.now();
  const requests: Promise<unknown>[] = [];
  for (let index = 0; !signal.aborted; index++) {
    const tags = Array.from({ length: tagsPerRequest }, (_, tag) => ({ tag: `t${tag}`, digest: digests[index % digests.length] }));
    requests.push(expectStatus([204], `${server.url}/api/v1/repositories/bench/moving/-/place-tags`, { method: 'POST', body: JSON.stringify({ tags }) }));
    const due = startedAt + ((index + 1) * tagsPerRequest * 1000) / eventsPerSecond;
    await sleep(Math.max(0, due - performance.now()));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(requests);
  return { events: requests.length * tagsPerRequest, seconds };
}
