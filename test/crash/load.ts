/**
 * What clients do to a registry while it is killed: one worker per repository, one request after the
 * other, everything entered in the repository's ledger. The workers share layers, so the same digests
 * are pushed, mounted and collected side by side.
 */
import { type Content, jsonContent, makeBlob, makeIndex, makeManifest, mediaTypes } from '../support/image.ts';
import { type PushManner, type RegistryClient, UnexpectedAnswer } from '../support/registry-client.ts';
import type { Ledger, ManifestParts } from './ledger.ts';
import type { Random } from './random.ts';

/** Layers that everybody uses again and again; a few are large. */
const sharedLayers = 30;
const tagNames = ['latest', 'v1', 'v2'];
const manners: readonly PushManner[] = ['post', 'put', 'streamed', 'chunked'];

export type Worker = { readonly client: RegistryClient; readonly ledger: Ledger; readonly neighbours: readonly string[]; readonly random: Random };

/** Works until the server is gone. Throws when the server answers what it must not, or goes while `isKilled` says that nobody killed it. */
export async function runWorker(worker: Worker, isKilled: () => boolean): Promise<void> {
  const { random } = worker;
  const weights: readonly [number, (worker: Worker) => Promise<unknown>][] = [
    [6, (each) => pushImage(each, random.pick(tagNames))],
    [2, (each) => pushImage(each, undefined)],
    [2, pushIndex],
    [1, pushReferrer],
    [2, deleteTag],
    [2, deleteManifest],
    [2, deleteBlob],
    [1, abandonUpload],
  ];
  const deck = weights.flatMap(([weight, work]) => Array.from({ length: weight }, () => work));
  while (!isKilled()) {
    try {
      await random.pick(deck)(worker);
    } catch (error) {
      if (error instanceof UnexpectedAnswer || !isKilled()) throw error;
    }
  }
}

/** Undefined when collection was quicker than we. */
async function pushImage(worker: Worker, tag: string | undefined): Promise<ManifestParts | undefined> {
  const { random, ledger } = worker;
  const layers = Array.from({ length: random.between(1, 3) }, () => makeLayer(random));
  for (const layer of layers) await pushBlob(worker, layer);
  const config = jsonContent(mediaTypes.config, { architecture: 'amd64', os: 'linux', made: random.next(), rootfs: { type: 'layers', diff_ids: [] } });
  await pushBlob(worker, config);
  const { manifest, blobs } = makeManifest({ config, layers });
  return pushManifest(worker, { manifest, blobs, children: [] }, tag, ledger);
}

async function pushIndex(worker: Worker): Promise<ManifestParts | undefined> {
  const { random, ledger } = worker;
  const children = [await pushImage(worker, undefined), await pushImage(worker, undefined)].filter((child) => child !== undefined);
  const inner = makeIndex(children.map(({ manifest }) => manifest));
  const index = indexParts(inner, children);
  const nested = random.chance(0.3);
  if ((await pushManifest(worker, index, nested ? undefined : random.pick(tagNames), ledger)) === undefined || !nested) return undefined;
  return pushManifest(worker, indexParts(makeIndex([inner], { annotations: { outer: 'yes' } }), [index]), random.pick(tagNames), ledger);
}

function indexParts(manifest: Content, children: readonly ManifestParts[]): ManifestParts {
  return { manifest, blobs: [], children: children.map((child) => child.manifest.digest) };
}

async function pushReferrer(worker: Worker): Promise<unknown> {
  const { random, ledger } = worker;
  const subjects = ledger.manifests();
  if (subjects.length === 0) return undefined;
  const subject = random.pick(subjects).manifest;
  const signature = makeBlob(`signature ${random.next()}`, 200);
  const config = jsonContent(mediaTypes.empty, {});
  for (const blob of [signature, config]) await pushBlob(worker, blob);
  const { manifest, blobs } = makeManifest({ config, layers: [signature], subject, artifactType: 'application/vnd.example.signature' });
  return pushManifest(worker, { manifest, blobs, children: [], subject: subject.digest }, undefined, ledger);
}

async function pushManifest(
  { client, ledger }: Worker,
  parts: ManifestParts,
  tag: string | undefined,
  { repository }: Ledger,
): Promise<ManifestParts | undefined> {
  return (await ledger.pushManifest(parts, tag, () => client.pushManifest(repository, parts.manifest, tag))) ? parts : undefined;
}

async function pushBlob({ client, ledger, neighbours, random }: Worker, blob: Content): Promise<void> {
  const { repository } = ledger;
  // As stock clients do: what is there need not be pushed.
  if (random.chance(0.3) && (await client.request('HEAD', `/v2/${repository}/blobs/${blob.digest}`)).status === 200) return;
  await ledger.pushBlob(blob, async () => {
    if (random.chance(0.4) && (await client.mountBlob(repository, blob.digest, random.pick(neighbours)))) return;
    await client.pushBlob(repository, blob, { manner: random.pick(manners), chunkBytes: 1 + Math.ceil(blob.bytes.length / random.between(1, 4)) });
  });
}

async function deleteTag({ client, ledger, random }: Worker): Promise<void> {
  const tag = random.pick(tagNames);
  await ledger.deleteTag(tag, () => client.deleteManifest(ledger.repository, tag));
}

async function deleteManifest({ client, ledger, random }: Worker): Promise<void> {
  const manifests = ledger.manifests();
  if (manifests.length === 0) return;
  const { digest } = random.pick(manifests).manifest;
  await ledger.deleteManifest(digest, () => client.deleteManifest(ledger.repository, digest));
}

async function deleteBlob({ client, ledger, random }: Worker): Promise<void> {
  const blobs = ledger.blobs();
  if (blobs.length === 0) return;
  const { digest } = random.pick(blobs);
  await ledger.deleteBlob(digest, () => client.deleteBlob(ledger.repository, digest));
}

async function abandonUpload({ client, ledger, random }: Worker): Promise<void> {
  const location = await client.startUpload(ledger.repository);
  await client.request('PATCH', location, {
    headers: { 'content-type': 'application/octet-stream' },
    body: makeBlob(random.next(), random.between(1, 50_000)).bytes,
  });
}

function makeLayer(random: Random): Content {
  if (random.chance(0.3)) return makeBlob(`fresh ${random.next()}`, random.between(1, 20_000));
  const number = random.between(1, sharedLayers);
  return makeBlob(`shared ${number}`, number <= 2 ? 3_000_000 * number : 700 * number);
}
