/** A repository in which each kind of content has each kind of verdict, and the ways to wait for them. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { type Content, contentOf, type Image, jsonContent, makeBytes, makeManifest, mediaTypes } from '../support/image.ts';
import type { RegistryClient } from '../support/registry-client.ts';

export type Json = Readonly<Record<string, unknown>>;
export type Answer = { readonly status: number; readonly body: Json };
export type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

export function askAt(url: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
  };
}

/** Of two images, one with a list of its parts, that have a layer in common; an index of both, and one of the bad alone. */
export type Stock = {
  readonly good: Image;
  readonly bad: Image;
  readonly both: Content;
  readonly badOnly: Content;
  readonly sbom: Image;
  readonly shared: Content;
  readonly badLayer: Content;
};

export async function pushStock(client: RegistryClient, repository: string): Promise<Stock> {
  const shared = layerOf(`${repository} shared`);
  const [goodLayer, badLayer] = [layerOf(`${repository} good`), layerOf(`${repository} bad`)];
  const good = imageOf('good', [shared, goodLayer]);
  const bad = imageOf('bad', [shared, badLayer]);
  await client.pushImage(repository, good, 'good');
  await client.pushImage(repository, bad, 'bad');
  const both = indexOf([good, bad]);
  const badOnly = indexOf([bad]);
  await client.pushManifest(repository, both, 'both');
  await client.pushManifest(repository, badOnly, 'bad-only');
  const sbom = attach(good.manifest, 'application/spdx+json', { spdxVersion: 'SPDX-2.3', name: repository });
  await client.pushImage(repository, sbom);
  return { good, bad, both, badOnly, sbom, shared, badLayer };
}

/** Something that is said of an image, as a referrer. */
export function attach(subject: Content, artifactType: string, document: unknown, annotations?: Readonly<Record<string, string>>): Image {
  const layer = jsonContent(artifactType, document);
  return makeManifest({ config: jsonContent(mediaTypes.empty, {}), layers: [layer], subject, artifactType, ...(annotations && { annotations }) });
}

export function indexOf(images: readonly Image[]): Content {
  return jsonContent(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ manifest }) => ({ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length })),
  });
}

/** Asks until it is so: what the server does in the background has no other end that one could see. */
export async function until<Value>(what: () => Promise<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  const end = performance.now() + 30_000;
  for (;;) {
    const value = await what();
    if (isWanted(value)) return value;
    if (performance.now() > end) throw new Error(`it did not come: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Of jobs whose server was killed, as time does it. */
export function letLeasesEnd(data: string): void {
  using database = new Database(join(data, 'naru.db'));
  database.run("UPDATE job SET due_at = 0 WHERE state = 'running'");
}

export async function verdictOf(ask: Ask, repository: string, reference: string): Promise<Json> {
  return (await ask('GET', `/repositories/${repository}/-/images/${reference}/verdict`)).body;
}

/** An image that no check can look into. */
export function makeOpaqueImage(seed: string): Image {
  return imageOf(seed, [layerOf(seed)]);
}

/** Noise: whatever checks the server has, none of them understands it. */
function layerOf(seed: string): Content {
  return contentOf(makeBytes(seed, 512), mediaTypes.layer);
}

function imageOf(name: string, layers: readonly Content[]): Image {
  const config = jsonContent(mediaTypes.config, { architecture: 'amd64', os: 'linux', config: { Labels: { name } }, rootfs: { type: 'layers', diff_ids: [] } });
  return makeManifest({ config, layers });
}
