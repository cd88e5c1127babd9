/** end-12a and end-12b: what refers to a manifest, in whatever order the two were pushed. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { type Descriptor, describeContent, digestOf, type Image, newArtifact, newBlob, newImage, newIndex, types } from './support/content.ts';
import { errorOf, expectStatus, jsonOf, newRepository, type Repository } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const sbom = 'application/vnd.example.sbom.v1';
const signature = 'application/vnd.example.signature.v1';

type Listed = { readonly manifests: readonly Descriptor[]; readonly filters: string | undefined };

async function listReferrers(repository: Repository, subject: string, query = ''): Promise<Listed> {
  const answer = expectStatus(200, await repository.send('GET', `/referrers/${subject}${query}`));
  expect(answer.headers['content-type']).toBe(types.index);
  const { schemaVersion, mediaType, manifests } = jsonOf(answer) as { schemaVersion: number; mediaType: string; manifests: Descriptor[] };
  expect([schemaVersion, mediaType]).toEqual([2, types.index]);
  return { manifests, filters: answer.headers['oci-filters-applied'] };
}

function sorted(descriptors: readonly Descriptor[]): Descriptor[] {
  return descriptors.toSorted((one, other) => (one.digest < other.digest ? -1 : 1));
}

test('no referrers: an unknown digest, an unknown repository, a manifest that nothing refers to', async () => {
  const repository = newRepository(host);
  expect(await listReferrers(repository, digestOf(newBlob()))).toEqual({ manifests: [], filters: undefined });
  const image = newImage();
  await repository.push(image);
  for (const subject of [image.digest, digestOf(newBlob()), digestOf(newBlob(), 'sha512')])
    expect((await listReferrers(repository, subject)).manifests).toEqual([]);
  expect(await listReferrers(repository, image.digest, `?artifactType=${sbom}`)).toEqual({ manifests: [], filters: 'artifactType' });
});

test('a digest that is none', async () => {
  const repository = newRepository(host);
  for (const digest of ['x', 'sha256:abc', `md5:${'a'.repeat(32)}`, 'latest'])
    expect(errorOf(await repository.send('GET', `/referrers/${digest}`))).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
});

for (const order of ['subject first', 'subject last', 'subject never'] as const) {
  test(`artifacts-with-subject, ${order}`, async () => {
    const repository = newRepository(host);
    const subject = newImage();
    const annotations = { 'org.example.key': `value ${order}` };
    const referrers: { content: Image; artifactType?: string; annotations?: Record<string, string> }[] = [
      { content: newArtifact(sbom, { subject: describeContent(subject), annotations }), artifactType: sbom, annotations },
      { content: newArtifact(signature, { subject: describeContent(subject) }), artifactType: signature },
      // Without an artifact type, an image is known by its config's.
      { content: newImage({ fields: { subject: describeContent(subject) } }), artifactType: types.config },
    ];
    if (order === 'subject first') await repository.push(subject, 'subject');
    for (const { content } of referrers) expect((await repository.push(content)).headers['oci-subject']).toBe(subject.digest);
    if (order === 'subject last') await repository.push(subject, 'subject');

    const expected = referrers.map(({ content, ...more }) => describeContent(content, more));
    const all = await listReferrers(repository, subject.digest);
    expect(sorted(all.manifests)).toEqual(sorted(expected));
    expect(all.filters).toBeUndefined();
    for (const [index, { artifactType = '' }] of referrers.entries()) {
      expect(await listReferrers(repository, subject.digest, `?artifactType=${encodeURIComponent(artifactType)}`)).toEqual({
        manifests: expected.slice(index, index + 1),
        filters: 'artifactType',
      });
    }
    expect((await listReferrers(repository, subject.digest, '?artifactType=application/vnd.example.none')).manifests).toEqual([]);
  });
}

test('index-with-subject: an index refers too; without an artifact type it has none', async () => {
  const repository = newRepository(host);
  const subject = newIndex([newImage()]);
  await repository.push(subject, 'multi');
  const typed = newIndex([newImage()], { subject: describeContent(subject), artifactType: sbom, annotations: { a: 'b' } });
  const untyped = newIndex([], { subject: describeContent(subject) });
  for (const index of [typed, untyped]) expect((await repository.push(index)).headers['oci-subject']).toBe(subject.digest);
  const { manifests } = await listReferrers(repository, subject.digest);
  expect(sorted(manifests)).toEqual(sorted([describeContent(typed, { artifactType: sbom, annotations: { a: 'b' } }), describeContent(untyped)]));
});

test('deleting a referrer takes it off the list at once; deleting the subject does not', async () => {
  const repository = newRepository(host);
  const subject = newImage();
  await repository.push(subject, 'subject');
  const [first, second] = [newArtifact(sbom, { subject: describeContent(subject) }), newArtifact(sbom, { subject: describeContent(subject) })];
  for (const artifact of [first, second]) await repository.push(artifact);
  expectStatus(202, await repository.send('DELETE', `/manifests/${first.digest}`));
  expect((await listReferrers(repository, subject.digest)).manifests.map((one) => one.digest)).toEqual([second.digest]);
  expectStatus(202, await repository.send('DELETE', `/manifests/${subject.digest}`));
  expect((await listReferrers(repository, subject.digest)).manifests.map((one) => one.digest)).toEqual([second.digest]);
});

test('referrers of one repository are not those of another', async () => {
  const [owner, other] = [newRepository(host), newRepository(host)];
  const subject = newImage();
  for (const repository of [owner, other]) await repository.push(subject, 'subject');
  await owner.push(newArtifact(sbom, { subject: describeContent(subject) }));
  expect((await listReferrers(other, subject.digest)).manifests).toEqual([]);
});

test('a referrer of a referrer', async () => {
  const repository = newRepository(host);
  const subject = newImage();
  const attached = newArtifact(sbom, { subject: describeContent(subject) });
  const signed = newArtifact(signature, { subject: describeContent(attached) });
  for (const content of [subject, attached, signed]) await repository.push(content);
  expect((await listReferrers(repository, subject.digest)).manifests.map((one) => one.digest)).toEqual([attached.digest]);
  expect((await listReferrers(repository, attached.digest)).manifests.map((one) => one.digest)).toEqual([signed.digest]);
});

test('a sha512 subject, and a sha512 referrer', async () => {
  const repository = newRepository(host);
  const subject = newImage({ algorithm: 'sha512' });
  await repository.push(subject);
  const referrer = newImage({ algorithm: 'sha512', fields: { artifactType: sbom, subject: describeContent(subject) } });
  await repository.push(referrer);
  expect((await listReferrers(repository, subject.digest)).manifests).toEqual([describeContent(referrer, { artifactType: sbom })]);
});

test('the fallback tag of older clients lives beside the list', async () => {
  const repository = newRepository(host);
  const subject = newImage();
  await repository.push(subject, 'subject');
  const artifact = newArtifact(sbom, { subject: describeContent(subject) });
  await repository.push(artifact);
  const tag = subject.digest.replace(':', '-');
  const fallback = newIndex([], { manifests: [describeContent(artifact, { artifactType: sbom })] });
  expectStatus(201, await repository.putManifest(fallback, tag));
  expect((await repository.send('GET', `/manifests/${tag}`)).body).toEqual(Buffer.from(fallback.bytes));
  expect((await listReferrers(repository, subject.digest)).manifests.map((one) => one.digest)).toEqual([artifact.digest]);
  expect(await repository.listTags()).toEqual({ name: repository.name, tags: [tag, 'subject'].sort() });
});

test('many referrers: pages by links, each one once', async () => {
  await using small = await startServer({ env: { NARU_LIMITS_REFERRERS_PAGE_MAX: '3' } });
  const repository = newRepository(new URL(small.url).host);
  const subject = newImage();
  const artifacts = Array.from({ length: 10 }, (_, index) => newArtifact(index % 2 === 0 ? sbom : signature, { subject: describeContent(subject) }));
  for (const artifact of artifacts) await repository.push(artifact);
  for (const [query, expected] of [
    ['', artifacts],
    [`?artifactType=${sbom}`, artifacts.filter((_, index) => index % 2 === 0)],
  ] as const) {
    const seen: string[] = [];
    let next: string | undefined = `/v2/${repository.name}/referrers/${subject.digest}${query}`;
    while (next !== undefined) {
      const answer = expectStatus(200, await repository.sendTo('GET', next));
      const { manifests } = jsonOf(answer) as { manifests: Descriptor[] };
      expect(manifests.length).toBeLessThanOrEqual(3);
      expect(answer.headers['oci-filters-applied']).toBe(query === '' ? undefined : 'artifactType');
      seen.push(...manifests.map((one) => one.digest));
      next = /^<([^>]+)>; ?rel="?next"?/.exec(answer.headers['link'] ?? '')?.[1];
    }
    expect(seen.sort()).toEqual(expected.map((one) => one.digest).sort());
  }
});

test('large annotations: a page stays within what clients read, and every referrer is listed once', async () => {
  const repository = newRepository(host);
  const subject = newImage();
  const annotations = { 'org.example.large': 'x'.repeat(2 ** 20) };
  const artifacts = Array.from({ length: 7 }, () => newArtifact(sbom, { subject: describeContent(subject), annotations }));
  for (const artifact of artifacts) await repository.push(artifact);
  const seen: string[] = [];
  let next: string | undefined = `/v2/${repository.name}/referrers/${subject.digest}`;
  while (next !== undefined) {
    const answer = expectStatus(200, await repository.sendTo('GET', next));
    expect(answer.body.length).toBeLessThanOrEqual(4 * 2 ** 20);
    const { manifests } = jsonOf(answer) as { manifests: Descriptor[] };
    seen.push(...manifests.map((one) => one.digest));
    next = /^<([^>]+)>; ?rel="?next"?/.exec(answer.headers['link'] ?? '')?.[1];
  }
  expect(seen).toEqual(artifacts.map((one) => one.digest).sort());
});
