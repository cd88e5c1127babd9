/**
 * A Deployment of Kubernetes (apps/v1): its pod template gets the image by digest, and Kubernetes itself
 * starts the new pods beside the old ones, asks their probes, and switches. What is done here is to wait
 * for the rollout and to go back when it does not come up. What serves is read from an annotation.
 */
import { askJson, type Endpoint, parseJson } from './json-http.ts';
import { type Started, type Target, TargetError, type Wish } from './target.ts';

export type KubernetesTargetOptions = {
  readonly endpoint: Endpoint;
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** The repository with its host. */
  readonly image: string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

const annotation = 'naru.dev/serving';
const betweenLooksMs = 1000;

/** What of a Deployment is looked at. All of it may be missing in an answer. */
type Deployment = {
  metadata?: { generation?: number; annotations?: Record<string, string> };
  spec?: { replicas?: number };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    conditions?: { type?: string; status?: string; reason?: string; message?: string }[];
  };
};

export function kubernetesTarget({ endpoint, namespace, deployment, container, image, sleep }: KubernetesTargetOptions): Target {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(deployment)}`;

  async function ask(method: string, body?: unknown): Promise<Deployment> {
    const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/strategic-merge-patch+json' }) };
    const { status, text } = await askJson(endpoint, { method, path, headers, ...(body !== undefined && { body }) });
    const value = parseJson(text);
    if (status >= 400) throw new TargetError(`Kubernetes says: ${messageOf(value) ?? status}`);
    return value as Deployment;
  }

  function imagePatch({ digest }: Wish) {
    return { spec: { template: { spec: { containers: [{ name: container, image: `${image}@${digest}` }] } } } };
  }

  /** Only once it is rolled out: whoever was killed before begins again. */
  async function mark({ instance, release, digest, tag }: Wish): Promise<undefined> {
    const text = JSON.stringify({ instance, release, digest, ...(tag !== undefined && { tag }) });
    await ask('PATCH', { metadata: { annotations: { [annotation]: text } } });
  }

  async function findServing(instance: string): Promise<Wish | undefined> {
    const found = (await ask('GET')).metadata?.annotations?.[annotation];
    const wish = found === undefined ? undefined : (parseJson(found) as Wish | undefined); // written by `mark`
    return wish?.instance === instance ? wish : undefined;
  }

  async function rollOut(wish: Wish, signal: AbortSignal): Promise<void> {
    const { metadata } = await ask('PATCH', imagePatch(wish));
    for (;;) {
      const { spec, status } = await ask('GET');
      const stuck = status?.conditions?.find(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded');
      const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
      if (isSeen && stuck !== undefined) throw new TargetError(stuck.message ?? 'the rollout did not come up in time');
      const wanted = spec?.replicas ?? 1;
      if (isSeen && status?.updatedReplicas === wanted && status.availableReplicas === wanted && status.replicas === wanted) return;
      if (isSeen && wanted === 0) return;
      await sleep(betweenLooksMs, signal);
    }
  }

  return {
    listInstances: async () => [],
    findServing,

    async start(wish, signal): Promise<Started> {
      if (wish.instance !== '') throw new TargetError('a Deployment has one instance: this environment has one for each tag');
      const before = await findServing(wish.instance);
      try {
        await rollOut(wish, signal);
      } catch (error) {
        // Also when something newer is wanted: until that comes, the last that worked.
        if (before !== undefined) await ask('PATCH', imagePatch(before));
        throw error;
      }
      return { release: wish.release, whyDead: () => Promise.resolve(undefined) };
    },

    serve: mark,

    async serveAgain(before) {
      await ask('PATCH', imagePatch(before));
      await mark(before);
    },

    // A Deployment is the operator's: it is not deleted with its environment.
    tidy: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

function messageOf(value: unknown): string | undefined {
  const { message } = (value ?? {}) as { message?: unknown }; // looked at next
  return typeof message === 'string' ? message : undefined;
}
