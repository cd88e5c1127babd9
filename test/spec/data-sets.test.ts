/**
 * Every kind of content, through its whole life: push (end-7), tag-list (end-8), head and pull
 * (end-2, end-3), delete (end-9, end-10). The names are those of the official program's data sets.
 */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { runNaru, startServer } from '../support/server.ts';
import { type Content, contentOf, digestOf, emptyJson, type Image, type Index, newArtifact, newBlob, newImage, newIndex, types } from './support/content.ts';
import { algorithmOf, expectStatus, newRepository, type Repository } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const example = 'application/vnd.example+type';
const nondistributable = (): Content => contentOf(newBlob(), 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip');
const platforms = (): Image[] => ['amd64', 'arm64'].map((architecture) => newImage({ fields: { annotations: { architecture } } }));
const extra = { 'org.example.custom': { nested: [1, 'two', null] } };
const largeAnnotations = Object.fromEntries(Array.from({ length: 390 }, (_, index) => [`large-annotation-${index}`, 'A'.repeat(10_000)]));
const data = ({ bytes }: Content): { data: string } => ({ data: Buffer.from(bytes).toString('base64') });

const dataSets: Record<string, () => Image | Index> = {
  image: () => newImage(),
  'image-uncompressed': () => newImage({ layers: [contentOf(newBlob(), 'application/vnd.oci.image.layer.v1.tar')] }),
  'image-zstd': () => newImage({ layers: [contentOf(newBlob(), 'application/vnd.oci.image.layer.v1.tar+zstd')] }),
  'image-encrypted': () => newImage({ layers: [contentOf(newBlob(), 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted')] }),
  'large-manifest': () => newImage({ fields: { annotations: largeAnnotations } }),
  index: () => newIndex(platforms()),
  'nested-index': () => newIndex([newIndex(platforms()), newIndex(platforms())]),
  'empty-index': () => newIndex([]),
  artifact: () => newArtifact(example),
  'artifact-index': () => newIndex([newArtifact(example), newArtifact(example)], { artifactType: example }),
  'artifact-without-layers': () => newImage({ config: emptyJson, layers: [emptyJson], fields: { artifactType: example } }),
  'missing-subject': () => newArtifact(example, { subject: { mediaType: types.manifest, size: 123, digest: digestOf(newBlob()) } }),
  'data-field': () => newImage({ descriptor: data }),
  'custom-fields': () => newIndex([newImage({ fields: extra })], extra),
  'no-layers': () => newImage({ layerCount: 0 }),
  'unknown-layer-types': () => newImage({ layers: [contentOf(newBlob(), 'application/x-nobody-knows')] }),
  sha512: () => newIndex([newImage({ algorithm: 'sha512' })], {}, 'sha512'),
};

for (const [name, make] of Object.entries(dataSets)) {
  test(name, async () => {
    const repository = newRepository(host, `data/${name}`);
    const content = make();
    await repository.push(content);
    expectStatus(201, await repository.putManifest(content, name));
    const tagged = algorithmOf(content.digest) === 'sha512' ? digestOf(content.bytes) : content.digest;
    expect(await repository.listTags()).toEqual({ name: repository.name, tags: [name] });
    await expectPulled(repository, name, { ...content, digest: tagged });
    await expectAllPulled(repository, content);
    expectStatus(202, await repository.send('DELETE', `/manifests/${name}`));
    await deleteAll(repository, content, tagged);
  });
}

test('non-distributable-layers need not be pushed', async () => {
  const repository = newRepository(host);
  const missing = { ...nondistributable(), urls: ['https://store.example.com/layer'] };
  const layer = contentOf(newBlob(), types.layer);
  const image = newImage({ layers: [missing, layer], descriptor: (content) => (content === missing ? { urls: missing.urls, size: 123_456 } : {}) });
  for (const blob of image.blobs) if (blob !== missing) await repository.pushBlob(blob);
  expectStatus(201, await repository.putManifest(image, 'foreign'));
  await expectPulled(repository, 'foreign', image);
  expect((await repository.send('HEAD', `/blobs/${missing.digest}`)).status).toBe(404);
});

test('non-distributable-layers that were pushed stay with their manifest', async () => {
  await using kept = await startServer({ flags: ['--collection-enabled', 'false', '--collection-grace', '0s', '--collection-trash-for', '0s'] });
  const repository = newRepository(new URL(kept.url).host);
  const pushed = nondistributable();
  const image = newImage({ layers: [pushed, nondistributable()] });
  const unneeded = contentOf(newBlob(), types.layer);
  const [config] = image.blobs;
  for (const blob of [config, pushed, unneeded]) if (blob !== undefined) await repository.pushBlob(blob);
  expectStatus(201, await repository.putManifest(image, 'foreign'));

  expect(await runNaru(['admin', 'gc', '--data', kept.data])).toMatchObject({ exitCode: 0 });
  expect((await repository.send('HEAD', `/blobs/${unneeded.digest}`)).status).toBe(404);
  expect(digestOf(expectStatus(200, await repository.send('GET', `/blobs/${pushed.digest}`)).body)).toBe(pushed.digest);
  expect((await repository.send('DELETE', `/blobs/${pushed.digest}`)).status).toBe(405);
  expect(await runNaru(['admin', 'fsck', '--data', kept.data])).toMatchObject({ exitCode: 0 });

  expectStatus(202, await repository.send('DELETE', `/manifests/${image.digest}`));
  expect(await runNaru(['admin', 'gc', '--data', kept.data])).toMatchObject({ exitCode: 0 });
  expect((await repository.send('HEAD', `/blobs/${pushed.digest}`)).status).toBe(404);
});

async function expectPulled(repository: Repository, reference: string, { bytes, digest, mediaType }: Content): Promise<void> {
  const headed = expectStatus(200, await repository.send('HEAD', `/manifests/${reference}`));
  expect(headed.headers).toMatchObject({ 'content-type': mediaType, 'content-length': String(bytes.length), 'docker-content-digest': digest });
  const pulled = expectStatus(200, await repository.send('GET', `/manifests/${reference}`));
  expect(Buffer.from(bytes).equals(pulled.body)).toBe(true);
}

async function expectAllPulled(repository: Repository, content: Image | Index): Promise<void> {
  await expectPulled(repository, content.digest, content);
  if ('children' in content) for (const child of content.children) await expectAllPulled(repository, child);
  else
    for (const blob of content.blobs) {
      expect((await repository.send('HEAD', `/blobs/${blob.digest}`)).headers['content-length']).toBe(String(blob.bytes.length));
      expect(digestOf((await repository.send('GET', `/blobs/${blob.digest}`)).body, algorithmOf(blob.digest))).toBe(blob.digest);
    }
}

/** Parents before children, manifests before blobs; all of it gone at once. */
async function deleteAll(repository: Repository, content: Image | Index, alias = content.digest): Promise<void> {
  for (const digest of new Set([content.digest, alias])) {
    expectStatus(202, await repository.send('DELETE', `/manifests/${digest}`));
    expect((await repository.send('HEAD', `/manifests/${digest}`)).status).toBe(404);
  }
  if ('children' in content) for (const child of content.children) await deleteAll(repository, child);
  else
    for (const digest of new Set(content.blobs.map((blob) => blob.digest))) {
      const answer = await repository.send('DELETE', `/blobs/${digest}`);
      // A blob may be another child's too: then it goes with the last of them.
      if (answer.status !== 405) expectStatus(202, answer);
      if (answer.status === 202) expect((await repository.send('HEAD', `/blobs/${digest}`)).status).toBe(404);
    }
}
