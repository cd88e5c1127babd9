/**
 * "Images here must stand on an approved golden image", asked of every way in which a tag comes to be on
 * an image: none leads around it.
 */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Image, makeImage, makeManifest } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);

type Answer = { readonly status: number; readonly text: string };

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: response.status, text: await response.text() };
}

async function put({ mediaType, bytes }: Image['manifest'], path: string): Promise<Answer> {
  const response = await fetch(`${server.url}/v2/${path}`, { method: 'PUT', headers: { 'content-type': mediaType }, body: bytes });
  return { status: response.status, text: await response.text() };
}

function onTopOf(base: Image, seed: string): Image {
  const own = makeImage({ seed });
  return makeManifest({ config: own.config, layers: [...base.layers, ...own.layers] });
}

async function tagsOf(repository: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const { tags } = (await (await fetch(`${server.url}/v2/${repository}/tags/list`)).json()) as { tags: string[] };
  for (const tag of tags) {
    const answer = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`, { method: 'HEAD', headers: { accept: '*/*' } });
    found[tag] = answer.headers.get('docker-content-digest') ?? '';
  }
  return found;
}

const golden = makeImage({ seed: 'ways golden' });
const [good, bad] = [onTopOf(golden, 'ways good'), makeImage({ seed: 'ways bad' })];
const moved = makeImage({ seed: 'ways moved' });

/** What is there when the policy comes: `bad` under no tag, a deleted one in the trash, and one that a tag was on. */
type Way = { readonly name: string; readonly go: (repository: string) => Promise<Answer>; readonly prepare?: (repository: string) => Promise<unknown> };

const at = (repository: string) => `repositories/${repository}/-`;
const place = (repository: string, tag: string) => ask('POST', `${at(repository)}/place-tags`, { tags: [{ tag, digest: bad.manifest.digest }] });
const ways: readonly Way[] = [
  { name: 'a push with a tag', go: (to) => put(bad.manifest, `${to}/manifests/v2`) },
  { name: 'a push by its digest', go: (to) => put(bad.manifest, `${to}/manifests/${bad.manifest.digest}`) },
  { name: 'a push by its digest with tags beside it', go: (to) => put(bad.manifest, `${to}/manifests/${bad.manifest.digest}?tag=v2`) },
  { name: 'a new tag on an image that is there', go: (to) => place(to, 'v2') },
  { name: 'a tag put back to where it was', prepare: (to) => pushBoth(to, 'v1'), go: (to) => place(to, 'v1') },
  {
    name: 'a tag that is restored after it was deleted',
    prepare: async (to) => [await put(bad.manifest, `${to}/manifests/v2`), await ask('POST', `${at(to)}/delete-tags`, { tags: ['v2'] })],
    go: (to) => place(to, 'v2'),
  },
  {
    name: 'an image that comes back from the trash with its tags',
    prepare: async (to) => [await put(bad.manifest, `${to}/manifests/v2`), await client.deleteManifest(to, bad.manifest.digest)],
    go: (to) => ask('POST', `${at(to)}/trash/images/${bad.manifest.digest}/restore`, {}),
  },
];

async function pushBoth(repository: string, tag: string): Promise<void> {
  await put(bad.manifest, `${repository}/manifests/${tag}`);
  await put(good.manifest, `${repository}/manifests/${tag}`);
}

async function prepare(repository: string, way?: Way): Promise<void> {
  for (const image of [good, bad]) await client.pushImage(repository, image);
  await put(good.manifest, `${repository}/manifests/v1`);
  await way?.prepare?.(repository);
}

test('the catalogue is there', async () => {
  await client.pushImage('company/base', golden, '1');
  expect((await ask('POST', 'namespaces/company/golden-images', { repository: 'company/base', tags: '*', reason: 'reviewed' })).status).toBe(201);
});

test.each(ways.map((way, number) => [way.name, way, number] as const))('%s', async (_, way, number) => {
  const [repository, free] = [`strict/way${number}`, `free/way${number}`];
  for (const name of [repository, free]) await prepare(name, way);
  expect((await ask('PUT', `${at(repository)}/golden-policy`, { from: ['company'] })).status).toBe(200);
  const before = await tagsOf(repository);
  const refused = await way.go(repository);
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining(`an image in ${repository} must be based on an approved golden image`)]);
  expect(await tagsOf(repository)).toEqual(before);
  // Where nobody asks for it, the same way leads there.
  const taken = await way.go(free);
  expect([taken.status < 300, taken.text]).toEqual([true, taken.text]);
  // And it leads there again when nobody asks any more.
  await ask('DELETE', `${at(repository)}/golden-policy`);
  expect((await way.go(repository)).status).toBeLessThan(300);
});

test('a repository that comes from where nobody asked', async () => {
  for (const name of ['elsewhere/good', 'elsewhere/bad']) await client.pushImage(name, name.endsWith('good') ? good : bad, 'v1');
  await ask('PUT', 'namespaces/guarded/golden-policy', { from: ['company'] });
  const rename = (name: string, to: string) => ask('POST', `${at(name)}/rename`, { to });
  const refused = await rename('elsewhere/bad', 'guarded/bad');
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('an image in guarded/bad must be based on')]);
  expect(Object.keys(await tagsOf('elsewhere/bad'))).toEqual(['v1']);
  expect((await rename('elsewhere/good', 'guarded/good')).status).toBeLessThan(300);
});

test('an alias goes to the highest release that may be there, and is nowhere when none may', async () => {
  const name = 'strict/aliases';
  for (const image of [good, bad, moved]) await client.pushImage(name, image);
  await put(bad.manifest, `${name}/manifests/1.0.0`);
  await put(moved.manifest, `${name}/manifests/0.9.0`);
  await put(good.manifest, `${name}/manifests/0.8.0`);
  await ask('PUT', `${at(name)}/golden-policy`, { from: ['company'] });
  expect((await ask('PUT', `${at(name)}/tag-rules`, { aliases: ['latest', 'major'] })).status).toBe(200);
  expect((await tagsOf(name))['latest']).toBe(good.manifest.digest);
  expect((await ask('POST', `${at(name)}/delete-tags`, { tags: ['0.8.0'] })).status).toBe(200);
  expect(Object.keys(await tagsOf(name))).toEqual(['0.9.0', '1.0.0']);
});
