/** end-3, end-7a, end-7b and end-9: manifests go in and out byte for byte, under digests and tags. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import {
  type Content,
  contentOf,
  describeContent,
  digestOf,
  emptyJson,
  jsonContent,
  newArtifact,
  newBlob,
  newImage,
  newIndex,
  types,
} from './support/content.ts';
import { errorOf, expectStatus, newRepository, type Repository, textOf } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const unknown = { status: 404, code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };

async function expectPulled(repository: Repository, reference: string, { bytes, digest, mediaType }: Content): Promise<void> {
  const answer = expectStatus(200, await repository.send('GET', `/manifests/${reference}`));
  expect(answer.body).toEqual(Buffer.from(bytes));
  expect(answer.headers).toMatchObject({
    'content-type': mediaType,
    'content-length': String(bytes.length),
    'docker-content-digest': digest,
    etag: `"${digest}"`,
  });
}

for (const algorithm of ['sha256', 'sha512'] as const) {
  test(`an image under its ${algorithm} digest`, async () => {
    const repository = newRepository(host);
    const image = newImage({ algorithm });
    const put = await repository.push(image);
    expect(put.headers['docker-content-digest']).toBe(image.digest);
    await expectPulled(repository, image.digest, image);
    const located = await repository.sendTo('GET', put.headers['location'] ?? '');
    expect(located.body).toEqual(Buffer.from(image.bytes));
  });
}

test('HEAD says what GET says, by tag and by digest, and 304 to who has it', async () => {
  const repository = newRepository(host);
  const image = newImage();
  await repository.push(image, 'v1');
  for (const reference of ['v1', image.digest]) {
    const [get, headed] = await Promise.all([repository.send('GET', `/manifests/${reference}`), repository.send('HEAD', `/manifests/${reference}`)]);
    expect(headed.status).toBe(200);
    expect({ ...headed.headers, date: '', 'x-request-id': '' }).toEqual({ ...get.headers, date: '', 'x-request-id': '' });
    for (const method of ['GET', 'HEAD']) {
      const unchanged = await repository.send(method, `/manifests/${reference}`, { headers: { 'if-none-match': `"${image.digest}"` } });
      expect([unchanged.status, unchanged.body.length, unchanged.headers['docker-content-digest']]).toEqual([304, 0, image.digest]);
    }
  }
});

test('bytes are kept as they came: white space, order, unknown fields, escapes, a final newline', async () => {
  const repository = newRepository(host);
  await repository.pushBlob(emptyJson);
  const text = `{\n\t"annotations" : {"k":"\\u00e9é\\/", "k2": "1e400"},\n "x-unknown":[1.0,1e3,{"deep":null}],\r\n"layers":[],"config":${JSON.stringify(describeContent(emptyJson))},"mediaType":"${types.manifest}","schemaVersion":2}\n\n`;
  const manifest = contentOf(Buffer.from(text), types.manifest);
  expectStatus(201, await repository.putManifest(manifest, 'odd'));
  await expectPulled(repository, 'odd', manifest);
});

test('the type that was pushed is the type that is served, whatever the client accepts', async () => {
  const repository = newRepository(host);
  const docker = newImage({
    config: jsonContent({ os: 'linux', architecture: 'amd64' }, types.dockerConfig),
    layers: [contentOf(newBlob(), types.dockerLayer)],
    fields: { mediaType: types.dockerManifest },
  });
  await repository.push({ ...docker, mediaType: types.dockerManifest }, 'docker');
  const list = jsonContent(
    {
      schemaVersion: 2,
      mediaType: types.dockerList,
      manifests: [describeContent({ ...docker, mediaType: types.dockerManifest }, { platform: { os: 'linux', architecture: 'amd64' } })],
    },
    types.dockerList,
  );
  expectStatus(201, await repository.putManifest(list, 'list'));
  for (const accept of [types.manifest, types.dockerManifest, '*/*', 'text/html']) {
    const answer = await repository.send('GET', '/manifests/docker', { headers: { accept } });
    expect([answer.status, answer.headers['content-type'], digestOf(answer.body)]).toEqual([200, types.dockerManifest, docker.digest]);
  }
  await expectPulled(repository, 'list', list);
});

test('parameters of the content type are ignored; without one, the mediaType field decides', async () => {
  const repository = newRepository(host);
  const image = newImage();
  for (const blob of image.blobs) await repository.pushBlob(blob);
  expectStatus(201, await repository.putManifest(image, 'a', { 'content-type': `${image.mediaType}; charset=utf-8` }));
  await expectPulled(repository, 'a', image);
  expectStatus(201, await repository.send('PUT', '/manifests/b', { body: image.bytes }));
  await expectPulled(repository, 'b', image);
});

test('a tag moves, and the manifest that it left stays under its digest', async () => {
  const repository = newRepository(host);
  const [first, second] = [newImage(), newImage()];
  await repository.push(first, 'latest');
  await repository.push(second, 'latest');
  await expectPulled(repository, 'latest', second);
  await expectPulled(repository, first.digest, first);
});

test('several tags with one PUT (end-7b): each is listed in OCI-Tag and can be pulled', async () => {
  const repository = newRepository(host);
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const image = newImage({ algorithm });
    for (const blob of image.blobs) await repository.pushBlob(blob);
    const tags = Array.from({ length: 12 }, (_, index) => `${algorithm}-1.${index}`);
    const query = tags.map((tag) => `tag=${tag}`).join('&');
    const answer = expectStatus(201, await repository.putManifest(image, `${image.digest}?${query}`));
    expect(answer.headers['docker-content-digest']).toBe(image.digest);
    expect((answer.headers['oci-tag'] ?? '').split(/,\s*/).sort()).toEqual(tags.toSorted());
    for (const tag of tags) await expectPulled(repository, tag, image);
  }
});

test('several tags: one that is invalid refuses all', async () => {
  const repository = newRepository(host);
  const image = newImage();
  await repository.push(image, 'first');
  const second = newImage();
  for (const blob of second.blobs) await repository.pushBlob(blob);
  expect(errorOf(await repository.putManifest(second, `${second.digest}?tag=good&tag=not%20good&tag=first`)).status).toBe(400);
  expect(await repository.listTags()).toEqual({ name: repository.name, tags: ['first'] });
  await expectPulled(repository, 'first', image);
  expect((await repository.send('HEAD', `/manifests/${second.digest}`)).status).toBe(404);
});

test('a PUT without tag parameters has no OCI-Tag, one without subject no OCI-Subject', async () => {
  const repository = newRepository(host);
  const answer = await repository.push(newImage(), 'plain');
  expect([answer.headers['oci-tag'], answer.headers['oci-subject']]).toEqual([undefined, undefined]);
});

test('missing-manifest: by digest and by tag, in a known and in an unknown repository', async () => {
  const repository = newRepository(host);
  await repository.push(newImage(), 'there');
  for (const candidate of [repository, newRepository(host)]) {
    for (const reference of [digestOf(newBlob()), digestOf(newBlob(), 'sha512'), 'absent']) {
      expect(errorOf(await candidate.send('GET', `/manifests/${reference}`))).toMatchObject(candidate === repository ? unknown : { status: 404 });
      expect((await candidate.send('HEAD', `/manifests/${reference}`)).status).toBe(404);
    }
  }
});

test('a manifest of another repository is not there', async () => {
  const [owner, other] = [newRepository(host), newRepository(host)];
  const image = newImage();
  await owner.push(image, 'v1');
  await other.push(newImage(), 'v2');
  for (const reference of ['v1', image.digest]) {
    for (const method of ['GET', 'DELETE']) expect(errorOf(await other.send(method, `/manifests/${reference}`))).toEqual(unknown);
  }
  await expectPulled(owner, 'v1', image);
});

test('bad-digest-image: bytes that are not what the digest promises', async () => {
  const repository = newRepository(host);
  const image = newImage();
  for (const blob of image.blobs) await repository.pushBlob(blob);
  const other = Buffer.concat([image.bytes, Buffer.from('  ')]);
  for (const digest of [image.digest, digestOf(image.bytes, 'sha512')]) {
    const answer = await repository.send('PUT', `/manifests/${digest}?tag=bad`, { headers: { 'content-type': image.mediaType }, body: other });
    expect(errorOf(answer)).toEqual({ status: 400, code: 'DIGEST_INVALID', message: 'provided digest did not match uploaded content' });
    expect((await repository.send('HEAD', `/manifests/${digest}`)).status).toBe(404);
  }
  expect((await repository.send('HEAD', `/manifests/${digestOf(other)}`)).status).toBe(404);
  expect((await repository.send('HEAD', '/manifests/bad')).status).toBe(404);
});

test('invalid-digest-format: manifest-put and manifest-get', async () => {
  const repository = newRepository(host);
  const image = newImage();
  for (const blob of image.blobs) await repository.pushBlob(blob);
  for (const digest of ['sha256:baddigeststring', `md5:${'a'.repeat(32)}`, `sha256:${'A'.repeat(64)}`, 'a:b', ':', `sha256:${'a'.repeat(63)}`]) {
    expect([digest, errorOf(await repository.putManifest(image, digest))]).toMatchObject([digest, { status: 400, code: 'DIGEST_INVALID' }]);
    expect([digest, errorOf(await repository.send('GET', `/manifests/${digest}`))]).toMatchObject([digest, { status: 400, code: 'DIGEST_INVALID' }]);
  }
});

test('tag-delete: the tag goes at once, the manifest stays', async () => {
  const repository = newRepository(host);
  const image = newImage();
  await repository.push(image, 'one');
  await repository.push(image, 'two');
  expectStatus(202, await repository.send('DELETE', '/manifests/one'));
  expect((await repository.send('HEAD', '/manifests/one')).status).toBe(404);
  expect(await repository.listTags()).toEqual({ name: repository.name, tags: ['two'] });
  expect(errorOf(await repository.send('DELETE', '/manifests/one'))).toEqual(unknown);
  await expectPulled(repository, 'two', image);
  await expectPulled(repository, image.digest, image);
});

test('manifest-delete: the manifest goes at once, and every tag on it', async () => {
  const repository = newRepository(host);
  const [image, other] = [newImage(), newImage()];
  for (const tag of ['one', 'two']) await repository.push(image, tag);
  await repository.push(other, 'three');
  expectStatus(202, await repository.send('DELETE', `/manifests/${image.digest}`));
  for (const reference of ['one', 'two', image.digest]) expect(errorOf(await repository.send('GET', `/manifests/${reference}`))).toEqual(unknown);
  expect(await repository.listTags()).toEqual({ name: repository.name, tags: ['three'] });
  expect(errorOf(await repository.send('DELETE', `/manifests/${image.digest}`))).toEqual(unknown);
  expectStatus(201, await repository.putManifest(image, 'back'));
  await expectPulled(repository, 'back', image);
});

test('the last tag deleted leaves an empty list', async () => {
  const repository = newRepository(host);
  const image = newImage();
  await repository.push(image, 'only');
  expectStatus(202, await repository.send('DELETE', `/manifests/${image.digest}`));
  expect(textOf(await repository.send('GET', '/tags/list'))).toBe(`{"name":"${repository.name}","tags":[]}`);
});

test('a manifest that an index lists cannot be deleted before it', async () => {
  const repository = newRepository(host);
  const child = newImage();
  const inner = newIndex([child]);
  const index = newIndex([inner, newImage()]);
  await repository.push(index, 'multi');
  await repository.putManifest(child, 'child');
  for (const kept of [child, inner]) {
    expect(errorOf(await repository.send('DELETE', `/manifests/${kept.digest}`))).toMatchObject({ status: 405, code: 'DENIED' });
    await expectPulled(repository, kept.digest, kept);
  }
  await expectPulled(repository, 'child', child);
  for (const content of [index, inner, child]) expectStatus(202, await repository.send('DELETE', `/manifests/${content.digest}`));
});

test('a subject can be deleted before what refers to it', async () => {
  const repository = newRepository(host);
  const subject = newImage();
  await repository.push(subject, 'subject');
  const artifact = newArtifact('application/vnd.example.signature', { subject: describeContent(subject) });
  await repository.push(artifact);
  expectStatus(202, await repository.send('DELETE', `/manifests/${subject.digest}`));
  await expectPulled(repository, artifact.digest, artifact);
});

test('what is unknown cannot be deleted', async () => {
  const repository = newRepository(host);
  await repository.push(newImage(), 'there');
  for (const reference of ['absent', digestOf(newBlob())]) expect(errorOf(await repository.send('DELETE', `/manifests/${reference}`))).toEqual(unknown);
  for (const reference of ['absent', digestOf(newBlob())]) expect((await newRepository(host).send('DELETE', `/manifests/${reference}`)).status).toBe(404);
});
