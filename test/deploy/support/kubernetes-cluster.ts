/**
 * A Deployment as Kubernetes shows it, with the controller behind it: pods come up beside the old ones,
 * one at a time, and the old ones go when the new ones are ready (maxSurge 1, maxUnavailable 0). Time
 * passes with each look. What it takes and what it answers is held against the schema that Kubernetes
 * publishes: `kubernetes-apps-v1.json` is the part of its OpenAPI document (1.37) that a Deployment needs,
 * without descriptions and with what is deeper in pods left open.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Ajv } from 'ajv';
import published from './kubernetes-apps-v1.json' with { type: 'json' };

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(published, 'k8s');
const isDeployment = ajv.compile({ $ref: 'k8s#/$defs/Deployment' });
const isStatus = ajv.compile({ $ref: 'k8s#/$defs/Status' });

type Pod = { readonly image: string; isReady: boolean };
type Patch = {
  metadata?: { annotations?: Record<string, string> };
  spec?: { template?: { spec?: { containers?: { name: string; image?: string }[] } } };
};

export type Cluster = AsyncDisposable & {
  readonly url: string;
  /** The pods' images that people may be answered by now. */
  readonly answering: () => string[];
  /** All that ever answered, in their order. */
  readonly answered: readonly string[];
  readonly containers: { name: string; image: string }[];
  readonly requests: () => number;
  readonly authorizations: ReadonlySet<string>;
  /** The connection breaks at the nth request from here, before or after it took effect. */
  breakAt(request: number, when: 'before' | 'after'): void;
  /** What did not hold against the published schema. */
  readonly faults: readonly string[];
};

const replicas = 2;
/** Looks without progress, after which the controller says so. */
const deadline = 4;

/** `isBroken`: its pods never become ready. */
export async function startCluster({ isBroken = (_image: string): boolean => false } = {}): Promise<Cluster> {
  const containers = [
    { name: 'side', image: 'side:1' },
    { name: 'web', image: 'web:0' },
  ];
  const meta = { generation: 1, annotations: {} as Record<string, string> };
  const seen = { generation: 1, idle: 0 };
  const faults: string[] = [];
  const answered: string[] = [];
  const authorizations = new Set<string>();
  const breaking = { at: 0, when: 'before' as 'before' | 'after', requests: 0 };
  let pods: Pod[] = Array.from({ length: replicas }, () => ({ image: 'web:0', isReady: true }));
  const wanted = (): string => containers[1]?.image ?? '';
  const answering = (): string[] => [...new Set(pods.filter(({ isReady }) => isReady).map(({ image }) => image))];

  /** One turn of the controller. */
  function turn(): void {
    if (seen.generation < meta.generation) {
      Object.assign(seen, { generation: meta.generation, idle: 0 });
      return;
    }
    const before = JSON.stringify(pods);
    const coming = pods.find(({ image, isReady }) => image === wanted() && !isReady);
    const others = pods.filter(({ image }) => image !== wanted());
    // What does not answer goes first.
    const old = others.find(({ isReady }) => !isReady) ?? others[0];
    if (coming !== undefined && !isBroken(coming.image)) coming.isReady = true;
    else if (coming === undefined && pods.filter(({ image }) => image === wanted()).length < replicas && pods.length <= replicas)
      pods = [...pods, { image: wanted(), isReady: false }];
    else if (old !== undefined && (!old.isReady || pods.filter(({ isReady }) => isReady).length > replicas)) pods = pods.filter((pod) => pod !== old);
    seen.idle = JSON.stringify(pods) === before ? seen.idle + 1 : 0;
    for (const image of answering()) if (answered.at(-1) !== image && !answered.slice(-2).includes(image)) answered.push(image);
    if (answering().length === 0) faults.push('nobody answers');
  }

  function describe() {
    const updated = pods.filter(({ image }) => image === wanted());
    const ready = pods.filter(({ isReady }) => isReady).length;
    const isDone = updated.length === replicas && pods.length === replicas && ready === replicas;
    const isLate = !isDone && seen.idle >= deadline;
    const labels = { app: 'ui' };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'ui', namespace: 'shop', generation: meta.generation, annotations: meta.annotations, labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, progressDeadlineSeconds: 600 },
      status: {
        observedGeneration: seen.generation,
        replicas: pods.length,
        updatedReplicas: updated.length,
        readyReplicas: ready,
        availableReplicas: ready,
        unavailableReplicas: pods.length - ready,
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' },
          isLate
            ? { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "ui-2" has timed out progressing.' }
            : { type: 'Progressing', status: 'True', reason: isDone ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated', message: '' },
        ],
      },
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isBreaking = ++breaking.requests === breaking.at;
    const body = request.method === 'PATCH' ? ((await json(request)) as Patch) : undefined;
    if (isBreaking && breaking.when === 'before') return void request.socket.destroy();
    authorizations.add(request.headers.authorization ?? '');
    const { status, value } = take(request, body);
    if (isBreaking) return void request.socket.destroy();
    const isValid = status === 200 ? isDeployment : isStatus;
    if (!isValid(value)) faults.push(`${request.method} answers what Kubernetes does not: ${ajv.errorsText(isValid.errors)}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  }

  function take({ method, url, headers }: IncomingMessage, patch: Patch | undefined): { status: number; value: unknown } {
    const no = (code: number, reason: string, message: string) => ({
      status: code,
      value: { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', reason, message, code },
    });
    if (url !== '/apis/apps/v1/namespaces/shop/deployments/ui') return no(404, 'NotFound', 'deployments.apps "x" not found');
    if (patch === undefined) {
      if (method !== 'GET') return no(405, 'MethodNotAllowed', `${method} is not supported`);
      turn();
      return { status: 200, value: describe() };
    }
    if (headers['content-type'] !== 'application/strategic-merge-patch+json')
      return no(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format');
    // What is merged must be fields that a Deployment has.
    const whole = { spec: { selector: {}, template: {} }, ...patch };
    if (!isDeployment({ ...whole, spec: { selector: {}, template: {}, ...patch.spec } })) return no(422, 'Invalid', ajv.errorsText(isDeployment.errors));
    const named = patch.spec?.template?.spec?.containers ?? [];
    // A strategic merge patch finds the entries of this list by their name, and adds one that it does not know.
    for (const { name } of named)
      if (!containers.some((one) => one.name === name))
        return no(422, 'Invalid', `Deployment.apps "ui" is invalid: spec.template.spec.containers[2].image: Required value (${name})`);
    Object.assign(meta.annotations, patch.metadata?.annotations);
    let hasChanged = false;
    for (const { name, image } of named) {
      const found = containers.find((one) => one.name === name);
      if (found === undefined || image === undefined || found.image === image) continue;
      found.image = image;
      hasChanged = true;
    }
    if (hasChanged) meta.generation++;
    return { status: 200, value: describe() };
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      faults.push(String(error));
      request.socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    answering,
    answered,
    containers,
    requests: () => breaking.requests,
    authorizations,
    breakAt(request, when) {
      Object.assign(breaking, { at: request, when, requests: 0 });
    },
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
