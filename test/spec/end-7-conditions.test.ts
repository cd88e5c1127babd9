/** Conditional pushes (RFC 9110 13.1 on end-7): several jobs that each add an entry to one index lose none. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { describeContent, digestOf, type Image, newImage, newIndex } from './support/content.ts';
import type { Answer } from './support/exchange.ts';
import { errorOf, expectStatus, jsonOf, newRepository, type Repository } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const failed = { status: 412, code: 'PRECONDITION_FAILED' };

async function withBlobs(repository: Repository): Promise<Image> {
  const image = newImage();
  for (const blob of image.blobs) await repository.pushBlob(blob);
  return image;
}

async function digestAt(repository: Repository, tag: string): Promise<string | undefined> {
  return (await repository.send('HEAD', `/manifests/${tag}`)).headers['docker-content-digest'];
}

test('If-None-Match: * creates a tag, and never moves one', async () => {
  const repository = newRepository(host);
  const [first, second] = [await withBlobs(repository), await withBlobs(repository)];
  const created = expectStatus(201, await repository.putManifest(first, 'once', { 'if-none-match': '*' }));
  expect(created.headers['etag']).toBe(`"${first.digest}"`);
  expect(errorOf(await repository.putManifest(second, 'once', { 'if-none-match': '*' }))).toMatchObject(failed);
  expect(await digestAt(repository, 'once')).toBe(first.digest);
  // Nothing of the refused push is there.
  expect((await repository.send('HEAD', `/manifests/${second.digest}`)).status).toBe(404);
});

test('If-Match moves a tag only from where the client saw it', async () => {
  const repository = newRepository(host);
  const [first, second, third] = [await withBlobs(repository), await withBlobs(repository), await withBlobs(repository)];
  expect(errorOf(await repository.putManifest(first, 'v', { 'if-match': '*' }))).toMatchObject(failed);
  expect(errorOf(await repository.putManifest(first, 'v', { 'if-match': `"${first.digest}"` }))).toMatchObject(failed);
  expectStatus(201, await repository.putManifest(first, 'v'));
  expectStatus(201, await repository.putManifest(second, 'v', { 'if-match': `"${first.digest}"` }));
  expect(errorOf(await repository.putManifest(third, 'v', { 'if-match': `"${first.digest}"` }))).toMatchObject(failed);
  expect(await digestAt(repository, 'v')).toBe(second.digest);
  expectStatus(201, await repository.putManifest(third, 'v', { 'if-match': `"${digestOf('else')}", "${second.digest}"` }));
  expectStatus(201, await repository.putManifest(first, 'v', { 'if-match': '*' }));
  expect(errorOf(await repository.putManifest(second, 'v', { 'if-none-match': `"${first.digest}"` }))).toMatchObject(failed);
  expect(await digestAt(repository, 'v')).toBe(first.digest);
});

test('a weak tag never matches in If-Match, and a condition that cannot be read refuses', async () => {
  const repository = newRepository(host);
  const [first, second] = [await withBlobs(repository), await withBlobs(repository)];
  expectStatus(201, await repository.putManifest(first, 'v'));
  // A bare digest, which some clients send, is no fault.
  for (const ifMatch of [`W/"${first.digest}"`, '"', 'x']) {
    const answer = await repository.putManifest(second, 'v', { 'if-match': ifMatch });
    expect([ifMatch, answer.status >= 400 && answer.status < 500]).toEqual([ifMatch, true]);
  }
  expect(await digestAt(repository, 'v')).toBe(first.digest);
});

test('of many who create one tag at once, one does', async () => {
  const repository = newRepository(host);
  const images = await Promise.all(Array.from({ length: 8 }, () => withBlobs(repository)));
  const answers = await Promise.all(images.map((image) => repository.putManifest(image, 'race', { 'if-none-match': '*' })));
  expect(answers.map((answer) => answer.status).sort((one, other) => one - other)).toEqual([201, ...Array<number>(7).fill(412)]);
  const winner = images[answers.findIndex((answer) => answer.status === 201)];
  expect(await digestAt(repository, 'race')).toBe(winner?.digest);
});

test('parallel jobs add their platform to one index, and none is lost', async () => {
  const repository = newRepository(host);
  const jobs = 8;
  const images = await Promise.all(Array.from({ length: jobs }, () => withBlobs(repository)));
  let refused = 0;
  // All have looked before the first one writes.
  const beginnings = await Promise.all(images.map(() => repository.send('GET', '/manifests/multi')));
  await Promise.all(images.map((image, index) => addToIndex(image, beginnings[index])));
  const entries = await readEntries(await repository.send('GET', '/manifests/multi'));
  expect(entries.map((entry) => entry.digest).sort()).toEqual(images.map((image) => image.digest).sort());
  expect(refused).toBeGreaterThanOrEqual(jobs - 1);

  async function addToIndex(image: Image, seen: Answer | undefined): Promise<void> {
    expectStatus(201, await repository.putManifest(image));
    let current = seen ?? (await repository.send('GET', '/manifests/multi'));
    for (;;) {
      const entries = current.status === 404 ? [] : await readEntries(current);
      const index = newIndex([], { manifests: [...entries, describeContent(image)] });
      const condition: Record<string, string> = current.status === 404 ? { 'if-none-match': '*' } : { 'if-match': current.headers['etag'] ?? '' };
      const answer = await repository.putManifest(index, 'multi', condition);
      if (answer.status === 201) return;
      expect(errorOf(answer)).toMatchObject(failed);
      refused++;
      current = await repository.send('GET', '/manifests/multi');
    }
  }
});

async function readEntries(answer: Answer): Promise<{ digest: string }[]> {
  const { manifests } = jsonOf(expectStatus(200, answer)) as { manifests: { digest: string }[] };
  return manifests;
}
