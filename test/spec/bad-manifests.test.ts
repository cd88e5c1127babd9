/** Manifests that are refused: each with its code, and with nothing lost or changed in the repository. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { contentOf, describeContent, digestOf, emptyJson, newImage, newIndex, types } from './support/content.ts';
import { type Answer, head, openConnection } from './support/exchange.ts';
import { errorOf, expectStatus, jsonOf, newRepository, type Repository } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const mebibyte = 2 ** 20;

/** A repository with one image under `latest`, which must be there afterwards as it was. */
async function withImage(act: (repository: Repository) => Promise<void>): Promise<void> {
  const repository = newRepository(host, 'bad');
  const image = newImage();
  await repository.push(image, 'latest');
  await repository.pushBlob(emptyJson);
  await act(repository);
  expect(await repository.listTags()).toEqual({ name: repository.name, tags: ['latest'] });
  expect((await repository.send('GET', '/manifests/latest')).body).toEqual(Buffer.from(image.bytes));
}

/** Tried under a new tag, over the old one, and by digest. */
async function expectRefused(
  repository: Repository,
  text: string | Uint8Array,
  mediaType: string,
  expected: { status: number; code: string },
): Promise<Answer> {
  const content = contentOf(Buffer.from(text), mediaType);
  let answer: Answer | undefined;
  for (const reference of ['new', 'latest', content.digest]) {
    answer = await repository.putManifest(content, reference);
    expect(errorOf(answer)).toMatchObject(expected);
  }
  expect((await repository.send('HEAD', `/manifests/${content.digest}`)).status).toBe(404);
  if (!answer) throw new Error('nothing was tried');
  return answer;
}

const invalid = { status: 400, code: 'MANIFEST_INVALID' };
const config = describeContent(emptyJson);
const image = (fields: object): string => JSON.stringify({ schemaVersion: 2, mediaType: types.manifest, config, layers: [], ...fields });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const refused: Record<string, string> = {
  'no JSON': 'not json',
  empty: '',
  'cut off': '{"schemaVersion":2,',
  'an array': '[]',
  'a string': '"x"',
  null: 'null',
  'no UTF-8': Buffer.concat([Buffer.from('{"schemaVersion":2,"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]).toString('latin1'),
  'no schema version': JSON.stringify({ mediaType: types.manifest, config, layers: [] }),
  'another schema version': image({ schemaVersion: 3 }),
  'no config': JSON.stringify({ schemaVersion: 2, mediaType: types.manifest, layers: [] }),
  'layers that are no list': image({ layers: {} }),
  'a layer that is no descriptor': image({ layers: ['sha256:abc'] }),
  'a digest that is none': image({ layers: [{ ...config, digest: 'sha256:abc' }] }),
  'an unknown algorithm': image({ layers: [{ ...config, digest: `md5:${'a'.repeat(32)}` }] }),
  'a negative size': image({ layers: [{ ...config, size: -1 }] }),
  'a size that is no whole number': image({ layers: [{ ...config, size: 1.5 }] }),
  'a size that is text': image({ layers: [{ ...config, size: '2' }] }),
  'a subject that is no descriptor': image({ subject: 'x' }),
  'both an image and an index (CVE-2021-41190)': image({ manifests: [] }),
  'a media type that contradicts the content type': image({ mediaType: types.index }),
  'nesting without end': image({ x: 0 }).replace('"x":0', `"x":${nested(100_000)}`),
};

for (const [name, text] of Object.entries(refused)) {
  test(`a manifest with ${name}`, () =>
    withImage(async (repository) => {
      await expectRefused(repository, Buffer.from(text, name === 'no UTF-8' ? 'latin1' : 'utf8'), types.manifest, invalid);
    }));
}

test('a manifest that names absent blobs says which', () =>
  withImage(async (repository) => {
    const absent = newImage();
    const answer = await expectRefused(repository, absent.bytes, types.manifest, { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
    for (const blob of absent.blobs) expect(JSON.stringify(jsonOf(answer))).toContain(blob.digest);
    // Also when only one is missing, and when it is there in another repository only.
    for (const blob of absent.blobs.slice(1)) await repository.pushBlob(blob);
    const [missing] = absent.blobs;
    if (!missing) throw new Error('an image has blobs');
    await newRepository(host).pushBlob(missing);
    const again = await expectRefused(repository, absent.bytes, types.manifest, { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
    expect(JSON.stringify(jsonOf(again))).toContain(missing.digest);
    expect(JSON.stringify(jsonOf(again))).not.toContain(absent.blobs[1]?.digest);
  }));

test('an index that names absent manifests', () =>
  withImage(async (repository) => {
    const child = newImage();
    const index = newIndex([child]);
    await expectRefused(repository, index.bytes, types.index, { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
    // The child's bytes as a blob are not the child.
    await repository.pushBlob(child);
    await expectRefused(repository, index.bytes, types.index, { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
  }));

test('a manifest of 5 MiB', () =>
  withImage(async (repository) => {
    await expectRefused(repository, image({ annotations: { long: 'A'.repeat(5 * mebibyte) } }), types.manifest, { status: 413, code: 'MANIFEST_INVALID' });
  }));

test('a manifest of 5 MiB that comes without its length', () =>
  withImage(async (repository) => {
    const body = image({ annotations: { long: 'A'.repeat(5 * mebibyte) } });
    const answer = await repository.send('PUT', '/manifests/new', { headers: { 'content-type': types.manifest }, body, streamed: true });
    expect(errorOf(answer)).toMatchObject({ status: 413, code: 'MANIFEST_INVALID' });
  }));

test('a manifest of 4 MiB is taken, and one byte more is not', async () => {
  const repository = newRepository(host);
  await repository.pushBlob(emptyJson);
  const room = 4 * mebibyte - image({ annotations: { long: '' } }).length;
  const largest = contentOf(Buffer.from(image({ annotations: { long: 'A'.repeat(room) } })), types.manifest);
  expect(largest.bytes.length).toBe(4 * mebibyte);
  expectStatus(201, await repository.putManifest(largest, 'largest'));
  expect(digestOf((await repository.send('GET', '/manifests/largest')).body)).toBe(largest.digest);
  const tooLarge = contentOf(Buffer.concat([largest.bytes, Buffer.from(' ')]), types.manifest);
  expect(errorOf(await repository.putManifest(tooLarge, 'largest')).status).toBe(413);
  expect(digestOf((await repository.send('GET', '/manifests/largest')).body)).toBe(largest.digest);
});

test('a JSON bomb of a million empty layers, or keys, answers like any other', () =>
  withImage(async (repository) => {
    await expectRefused(repository, image({ layers: [] }).replace('[]', `[${'{},'.repeat(1_300_000)}{}]`), types.manifest, invalid);
    const many = image({ annotations: Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, ''])) });
    const answer = await repository.putManifest(contentOf(Buffer.from(many), types.manifest));
    expect([201, 400, 413]).toContain(answer.status);
    if (answer.status === 201) expectStatus(202, await repository.send('DELETE', `/manifests/${digestOf(many)}`));
  }));

test('an unknown manifest type', () =>
  withImage(async (repository) => {
    for (const type of ['application/json', 'text/plain', 'application/vnd.example.unknown+json', 'x']) {
      const answer = await repository.putManifest(contentOf(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type })), type), 'new');
      expect([type, errorOf(answer)]).toMatchObject([type, invalid]);
    }
  }));

test('schema 1 is refused with the reason', () =>
  withImage(async (repository) => {
    const schema1 = JSON.stringify({ schemaVersion: 1, name: repository.name, tag: 'new', architecture: 'amd64', fsLayers: [], history: [], signatures: [] });
    for (const type of [
      'application/vnd.docker.distribution.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      'application/json',
    ]) {
      const answer = await expectRefused(repository, schema1, type, invalid);
      expect(errorOf(answer).message).toMatch(/schema ?(version )?1/i);
    }
  }));

test('tags that are none', () =>
  withImage(async (repository) => {
    const good = newImage();
    for (const blob of good.blobs) await repository.pushBlob(blob);
    for (const tag of ['-x', '.x', 'a%20b', 'a%2Bb', '%ED%95%9C', 'x'.repeat(129), 'a%00b', '%2e']) {
      const answer = await repository.putManifest(good, tag);
      expect([tag, answer.status >= 400 && answer.status < 500]).toEqual([tag, true]);
    }
    expect((await repository.send('HEAD', `/manifests/${good.digest}`)).status).toBe(404);
  }));

test('a push that breaks off in the middle of its manifest', () =>
  withImage(async (repository) => {
    const good = newImage();
    for (const blob of good.blobs) await repository.pushBlob(blob);
    await using connection = await openConnection(host);
    connection.write(
      head(host, 'PUT', `/v2/${repository.name}/manifests/latest`, {
        headers: { 'content-type': good.mediaType, 'content-length': String(good.bytes.length) },
      }),
    );
    connection.write(good.bytes.subarray(0, -1));
    connection.cut();
    expect((await repository.send('HEAD', `/manifests/${good.digest}`)).status).toBe(404);
  }));
