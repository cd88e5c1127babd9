import { afterEach, expect, test } from 'bun:test';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { kubernetesTarget } from './kubernetes-target.ts';
import type { Wish } from './target.ts';

type Json = Record<string, unknown>;
const never = new AbortController().signal;
const wish = (release: number): Wish => ({ instance: '', release, digest: `sha256:${String(release).repeat(64)}` });
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/**
 * The part of the apps/v1 API that a rollout shows (kubernetes.io: "Deployment status"): a patch of the
 * template counts the generation up; the controller sees it later, and replaces the pods one by one.
 */
async function startCluster({ broken = [] as string[] } = {}) {
  const containers = [
    { name: 'side', image: 'side:1' },
    { name: 'web', image: 'web:0' },
  ];
  const state = { generation: 1, observed: 1, updated: 2, annotations: {} as Record<string, string>, looks: 0, patches: [] as string[], authorization: '' };
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    state.authorization = request.headers.authorization ?? '';
    const send = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url !== '/apis/apps/v1/namespaces/shop/deployments/ui') return send(404, { kind: 'Status', message: 'deployments.apps "x" not found' });
    if (request.method === 'PATCH') {
      if (request.headers['content-type'] !== 'application/strategic-merge-patch+json') return send(415, { message: 'the body is in an unknown format' });
      const patch = (await json(request)) as {
        metadata?: { annotations?: Record<string, string> };
        spec?: { template: { spec: { containers: { name: string; image: string }[] } } };
      };
      Object.assign(state.annotations, patch.metadata?.annotations);
      // A strategic merge patch finds entries of this list by their name.
      for (const { name, image } of patch.spec?.template.spec.containers ?? []) {
        const found = containers.find((one) => one.name === name);
        if (found === undefined) return send(422, { message: `container ${name} has no such image` });
        if (found.image === image) continue;
        found.image = image;
        state.patches.push(image);
        Object.assign(state, { generation: state.generation + 1, updated: 0, looks: 0 });
      }
    } else {
      state.looks++;
      if (state.looks > 1) state.observed = state.generation;
      if (state.looks > 2 && !isBroken()) state.updated = Math.min(2, state.updated + 1);
    }
    return send(200, {
      metadata: { generation: state.generation, annotations: state.annotations },
      spec: { replicas: 2, template: { spec: { containers } } },
      status: {
        observedGeneration: state.observed,
        replicas: 2,
        updatedReplicas: state.updated,
        availableReplicas: 2,
        conditions:
          isBroken() && state.looks > 3
            ? [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "ui-2" has timed out progressing.' }]
            : [],
      } satisfies Json,
    });
  }
  const isBroken = () => broken.some((digest) => containers[1]?.image.endsWith(digest));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
  const target = (container = 'web') =>
    kubernetesTarget({
      endpoint: { url, headers: { authorization: 'Bearer token' } },
      namespace: 'shop',
      deployment: 'ui',
      container,
      image: 'registry.example/shop/ui',
      sleep: () => Promise.resolve(),
    });
  return { state, containers, target };
}

test('rolls out by digest, and says what serves only when it does', async () => {
  const { state, containers, target } = await startCluster();
  const started = await target().start(wish(1), never);
  expect(await target().findServing('')).toBeUndefined();
  await target().serve(wish(1), started);
  expect(await target().findServing('')).toEqual(wish(1));
  expect(containers).toEqual([
    { name: 'side', image: 'side:1' },
    { name: 'web', image: `registry.example/shop/ui@${wish(1).digest}` },
  ]);
  expect([state.observed, state.authorization]).toEqual([state.generation, 'Bearer token']);
});

test('goes back when the rollout does not come up, with the words of Kubernetes', async () => {
  const { containers, target } = await startCluster({ broken: [wish(2).digest] });
  await target().serve(wish(1), await target().start(wish(1), never));
  expect(await target().start(wish(2), never).catch(String)).toBe('TargetError: ReplicaSet "ui-2" has timed out progressing.');
  expect(containers[1]?.image).toEndWith(wish(1).digest);
  expect(await target().findServing('')).toEqual(wish(1));
});

test('refuses what cannot be', async () => {
  const { target } = await startCluster();
  expect(await target('absent').start(wish(1), never).catch(String)).toBe('TargetError: Kubernetes says: container absent has no such image');
  expect(
    await target()
      .start({ ...wish(1), instance: 'pr-1' }, never)
      .catch(String),
  ).toContain('a Deployment has one instance');
});
