import { afterEach, expect, test } from 'bun:test';
import { type Cluster, startCluster } from '../../../test/deploy/support/kubernetes-cluster.ts';
import { converge, type Said } from './converge.ts';
import { kubernetesTarget } from './kubernetes-target.ts';
import type { Target, Wish } from './target.ts';

const never = new AbortController().signal;
const wish = (release: number): Wish => ({ instance: '', release, digest: `sha256:${String(release).repeat(64)}` });
const image = 'registry.example/shop/ui';
const imageOf = (release: number) => `${image}@${wish(release).digest}`;
const clusters: Cluster[] = [];
afterEach(async () => {
  for (const cluster of clusters.splice(0)) {
    expect(cluster.faults).toEqual([]);
    await cluster[Symbol.asyncDispose]();
  }
});

async function start(broken: readonly number[] = []): Promise<{ cluster: Cluster; target: (container?: string) => Target }> {
  const cluster = await startCluster({ isBroken: (named) => broken.some((release) => named === imageOf(release)) });
  clusters.push(cluster);
  const target = (container = 'web') =>
    kubernetesTarget({
      endpoint: { url: cluster.url, headers: { authorization: 'Bearer token' } },
      namespace: 'shop',
      deployment: 'ui',
      container,
      image,
      sleep: () => Promise.resolve(),
    });
  return { cluster, target };
}

/** One turn of an agent. */
async function turn(target: Target, wanted: Wish): Promise<Said[]> {
  const said: Said[] = [];
  let now = 0;
  await converge(
    {
      target,
      health: { check: { kind: 'none' }, timeoutMs: 1000, everyMs: 1000, successes: 1 },
      settleMs: 1000,
      drainMs: 0,
      surroundings: { now: () => now, sleep: async (ms) => void (now += ms), random: () => 0.5 },
      say: async (_, what) => void said.push(what),
    },
    wanted,
    never,
  );
  return said;
}

test('rolls out by digest, and says what serves only when it does', async () => {
  const { cluster, target } = await start();
  const started = await target().start(wish(1), never);
  expect(await target().findServing('')).toBeUndefined();
  await target().serve(wish(1), started);
  expect(await target().findServing('')).toEqual(wish(1));
  expect(cluster.containers).toEqual([
    { name: 'side', image: 'side:1' },
    { name: 'web', image: imageOf(1) },
  ]);
  expect([cluster.answering(), [...cluster.authorizations]]).toEqual([[imageOf(1)], ['Bearer token']]);
});

test('goes back when the rollout does not come up, with the words of Kubernetes, while the old one answers', async () => {
  const { cluster, target } = await start([2]);
  await turn(target(), wish(1));
  expect(await turn(target(), wish(2))).toEqual([{ state: 'starting' }, { state: 'failed', message: 'ReplicaSet "ui-2" has timed out progressing.' }]);
  expect(cluster.containers[1]?.image).toBe(imageOf(1));
  expect(await target().findServing('')).toEqual(wish(1));
  expect(cluster.answered).not.toContain(imageOf(2));
});

test('an agent that dies at any of its requests leaves the old or the new one answering, and the next one ends what was begun', async () => {
  for (const broken of [[], [2]]) {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const { cluster, target } = await start(broken);
        await turn(target(), wish(1));
        cluster.breakAt(at, when);
        await turn(target(), wish(2)).catch(() => undefined);
        const wasStopped = cluster.requests() >= at;
        cluster.breakAt(0, when);
        const between = cluster.answering();
        expect([at, between.length > 0 && between.every((one) => one === imageOf(1) || one === imageOf(2))]).toEqual([at, true]);
        await turn(target(), wish(2));
        const serves = broken.length > 0 ? 1 : 2;
        expect([at, await target().findServing(''), cluster.containers[1]?.image]).toEqual([at, wish(serves), imageOf(serves)]);
        expect(cluster.answering()).toContain(imageOf(serves));
        if (!wasStopped) break;
      }
    }
  }
});

test('refuses what cannot be', async () => {
  const { target } = await start();
  expect(await target('absent').start(wish(1), never).catch(String)).toContain('TargetError: Kubernetes says: Deployment.apps "ui" is invalid');
  expect(
    await target()
      .start({ ...wish(1), instance: 'pr-1' }, never)
      .catch(String),
  ).toContain('a Deployment has one instance');
});
