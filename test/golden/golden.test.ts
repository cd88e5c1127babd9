/** Golden images over HTTP and the command line, against the real program. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { descriptorOf, type Image, jsonContent, makeImage, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);

type Json = Readonly<Record<string, unknown>>;
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${server.url}/api/v1/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}

function onTopOf(base: Image, seed: string, labels?: Json): Image {
  const own = makeImage({ seed });
  const config = labels === undefined ? own.config : jsonContent(mediaTypes.config, { architecture: 'amd64', os: 'linux', config: { Labels: labels } });
  return makeManifest({ config, layers: [...base.layers, ...own.layers] });
}

/** What docker prints behind `denied:`, or `pushed`. */
async function push(repository: string, image: Image, tag: string): Promise<string> {
  for (const blob of image.blobs) await client.pushBlob(repository, blob);
  return putManifest(repository, image.manifest, tag);
}

async function putManifest(repository: string, { mediaType, bytes }: Image['manifest'], tag: string): Promise<string> {
  const response = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`, { method: 'PUT', headers: { 'content-type': mediaType }, body: bytes });
  return response.ok
    ? 'pushed'
    : `${response.status} ${(await response.text())
        .match(/"code":"(\w+)","message":"([^"]*)"/)
        ?.slice(1)
        .join(': ')}`;
}

async function goldenOf(repository: string, tag: string): Promise<Json[]> {
  return ((await ask('GET', `repositories/${repository}/-/images/${tag}/lineage`)).body as { images: { golden: Json[] }[] }).images[0]?.golden ?? [];
}

/** Reads the live stream until it has seen so many. */
async function collect(path: string, count: number): Promise<Json[]> {
  const stop = new AbortController();
  const response = await fetch(`${server.url}${path}`, { signal: stop.signal });
  const seen: Json[] = [];
  let text = '';
  for await (const part of response.body ?? []) {
    text += new TextDecoder().decode(part);
    seen.splice(0, seen.length, ...[...text.matchAll(/^data: (\{.+\})$/gm)].map(([, json]) => JSON.parse(json ?? '') as Json));
    if (seen.length >= count) break;
  }
  stop.abort();
  return seen;
}

const labels = { framework: 'aspnet', owner: 'golden-images@example.org' };

test('a project that asks for golden images: what stands on one is taken, what copies its labels is not', async () => {
  const golden = onTopOf(makeImage({ seed: 'aspnet' }), 'golden aspnet', labels);
  const nginx = makeImage({ seed: 'nginx' });
  await push('company/aspnet-core', golden, '3.0');
  expect((await ask('PUT', 'namespaces/shop/golden-policy', { from: ['company'] })).status).toBe(409);
  const approved = await ask('POST', 'namespaces/company/golden-images', { repository: 'company/aspnet-core', tags: '3.*', reason: 'reviewed' });
  expect(approved).toMatchObject({
    status: 201,
    body: { tags: '3.*', reason: 'reviewed', isExpired: false, versions: [{ tag: '3.0', digest: golden.manifest.digest }] },
  });
  expect(await push('shop/old', onTopOf(nginx, 'old'), 'v1')).toBe('pushed');
  expect((await ask('POST', 'namespaces/shop/golden-policy/preview', { from: ['company'] })).body).toMatchObject({
    refused: [{ repository: 'shop/old', tag: 'v1' }],
    tags: 1,
  });
  const set = await runNaru(['golden', 'require', 'shop', '--from', 'company', '--server', server.url]);
  expect(set).toMatchObject({ exitCode: 0, stderr: '' });

  const refused = 'must be based on an approved golden image, one of company/aspnet-core:3.*';
  const app = onTopOf(golden, 'myapp');
  expect(await push('shop/myapp', app, '1.0.0')).toBe('pushed');
  expect(await push('shop/myapp', golden, 'as-it-is')).toBe('pushed');
  expect(await push('shop/myapp', onTopOf(nginx, 'on nginx'), '1.0.1')).toBe(`403 DENIED: an image in shop/myapp ${refused}`);
  expect(await push('shop/myapp', onTopOf(nginx, 'copied labels', labels), '1.0.1')).toBe(`403 DENIED: an image in shop/myapp ${refused}`);
  expect((await fetch(`${server.url}/v2/shop/myapp/manifests/1.0.1`)).status).toBe(404);
  expect(await goldenOf('shop/myapp', '1.0.0')).toEqual([
    { namespace: 'company', repository: 'company/aspnet-core', tag: '3.0', digest: golden.manifest.digest, state: 'current' },
  ]);
  // Signatures and the like are no images.
  const signature = makeManifest({ config: jsonContent(mediaTypes.empty, {}), layers: [jsonContent('a/b', {})], artifactType: 'a/b', subject: app.manifest });
  expect(await push('shop/myapp', signature, 'signature')).toBe('pushed');
});

test('an index is refused with the image of it that stands on nothing golden', async () => {
  const golden = makeImage({ seed: 'index golden' });
  await push('company/index-base', golden, 'v1');
  await ask('POST', 'namespaces/company/golden-images', { repository: 'company/index-base', tags: 'v1', reason: 'x' });
  const [good, bad] = [onTopOf(golden, 'index good'), makeImage({ seed: 'index bad' })];
  // Pushed before anybody asked.
  for (const image of [good, bad]) await client.pushImage('shop-index/app', image);
  await ask('PUT', 'repositories/shop-index/app/-/golden-policy', { from: ['company'] });
  const indexOf = (...images: Image[]) =>
    jsonContent(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests: images.map(({ manifest }) => descriptorOf(manifest)) });
  expect(await putManifest('shop-index/app', indexOf(good), 'good')).toBe('pushed');
  expect(await putManifest('shop-index/app', indexOf(good, bad), 'bad')).toEndWith(`${bad.manifest.digest} is not`);
  expect((await runNaru(['golden', 'unrequire', 'shop-index/app', '--server', server.url])).exitCode).toBe(0);
  expect(await putManifest('shop-index/app', indexOf(good, bad), 'bad')).toBe('pushed');
});

test('a base that moved marks what stands on it, lists it, and says so once to whoever listens', async () => {
  const [old, next] = [makeImage({ seed: 'moving base' }), makeImage({ seed: 'moved base' })];
  await push('company/moving', old, '3.0');
  const { id } = (await ask('POST', 'namespaces/company/golden-images', { repository: 'company/moving', tags: '3.0', reason: 'x' })).body;
  const [app, untagged] = [onTopOf(old, 'moving app'), onTopOf(old, 'untagged app')];
  await push('team/moving', app, '1.0.0');
  await push('team/moving', app, 'latest');
  await client.pushImage('team/moving', untagged);
  const told = collect('/api/v1/events?kinds=base.updated,base.deleted&after=0', 2);
  await push('company/moving', next, '3.0');
  const event = { kind: 'base.updated', repository: 'team/moving', digest: app.manifest.digest, from: 'company/moving' };
  expect((await told).toSorted((a, b) => String(a['tag']).localeCompare(String(b['tag'])))).toMatchObject([
    { ...event, tag: '1.0.0', message: `company/moving:3.0, which it was built on, is ${next.manifest.digest} now` },
    { ...event, tag: 'latest' },
  ]);
  expect((await ask('GET', `namespaces/company/golden-images/${String(id)}/outdated`)).body).toEqual({
    items: [
      {
        repository: 'team/moving',
        tags: ['1.0.0', 'latest'],
        digest: app.manifest.digest,
        tag: '3.0',
        standsOn: old.manifest.digest,
        now: next.manifest.digest,
      },
    ],
  });
  expect(await goldenOf('team/moving', 'latest')).toMatchObject([{ state: 'outdated', digest: old.manifest.digest, now: next.manifest.digest }]);
  const printed = await runNaru(['lineage', 'team/moving', '--server', server.url]);
  expect(printed.stdout).toContain(`golden image of company: company/moving:3.0, outdated: it is ${next.manifest.digest} now`);

  // Built again on what it is now.
  await push('team/moving', onTopOf(next, 'rebuilt app'), 'latest');
  expect(await goldenOf('team/moving', 'latest')).toMatchObject([{ state: 'current' }]);
  const ended = collect('/api/v1/events?kinds=base.deleted&after=0', 2);
  await client.deleteManifest('company/moving', next.manifest.digest);
  expect((await ended).map(({ tag }) => String(tag)).toSorted()).toEqual(['1.0.0', 'latest']);
  expect(await goldenOf('team/moving', '1.0.0')).toMatchObject([{ state: 'deleted' }]);
  // It stays in the catalogue, without an image.
  expect((await ask('GET', 'namespaces/company/golden-images')).body['items']).toContainEqual(expect.objectContaining({ id, versions: [] }));
  expect((await runNaru(['golden', 'rm', 'company', String(id), '--server', server.url])).exitCode).toBe(0);
  expect(await goldenOf('team/moving', '1.0.0')).toEqual([]);
});

test('a base whose repository is deleted: what stands on it is told why, and another of its name is not approved', async () => {
  const base = makeImage({ seed: 'gone base' });
  await push('company/gone', base, '1');
  const wanted = { repository: 'company/gone', tags: '1', reason: 'x' };
  const { id } = (await ask('POST', 'namespaces/company/golden-images', wanted)).body;
  const app = onTopOf(base, 'gone app');
  await push('team/gone', app, 'v1');
  const seen = (await collect('/api/v1/events?kinds=base.deleted&after=0', 2)).length;
  const told = collect('/api/v1/events?kinds=base.deleted&after=0', seen + 1);
  expect((await ask('DELETE', 'repositories/company/gone')).status).toBe(204);
  expect((await told).at(-1)).toMatchObject({
    repository: 'team/gone',
    tag: 'v1',
    digest: app.manifest.digest,
    from: 'company/gone',
    message: 'company/gone:1, which it was built on, was deleted with its repository',
  });
  expect(await goldenOf('team/gone', 'v1')).toMatchObject([{ state: 'deleted', repository: 'company/gone' }]);
  expect((await ask('GET', `namespaces/company/golden-images/${String(id)}/outdated`)).body['items']).toMatchObject([{ repository: 'team/gone' }]);
  // Whoever makes one of its name has approved nothing; whoever approves it takes the place of what was.
  await push('company/gone', base, '1');
  expect(await goldenOf('team/gone', 'v1')).toMatchObject([{ state: 'deleted' }]);
  await ask('PUT', 'namespaces/gone-shop/golden-policy', { from: ['company'] });
  expect(await push('gone-shop/app', app, 'v1')).toStartWith('403 DENIED');
  const again = (await ask('POST', 'namespaces/company/golden-images', wanted)).body;
  expect(again['goneAt']).toBeUndefined();
  expect(await push('gone-shop/app', app, 'v1')).toBe('pushed');
  const listed = (await ask('GET', 'namespaces/company/golden-images')).body['items'] as Json[];
  expect(listed.filter(({ repository }) => repository === 'company/gone').map((one) => one['id'])).toEqual([again['id']]);
});

test('what is not understood is an error that says why', async () => {
  await push('company/known', makeImage({ seed: 'known' }), 'v1');
  const good = { repository: 'company/known', tags: 'v1', reason: 'x' };
  for (const [bad, status] of [
    [{ ...good, repository: 'company/unknown' }, 404],
    [{ ...good, repository: 'Not A Name' }, 400],
    [{ ...good, tags: '^v' }, 400],
    [{ ...good, reason: '' }, 400],
    [{ ...good, until: 1 }, 400],
  ] as const)
    expect([bad, (await ask('POST', 'namespaces/company/golden-images', bad)).status]).toEqual([bad, status]);
  expect([(await ask('POST', 'namespaces/company/golden-images', good)).status, (await ask('POST', 'namespaces/company/golden-images', good)).status]).toEqual([
    201, 409,
  ]);
  for (const [path, status] of [
    ['namespaces/company/golden-images/none/outdated', 404],
    ['repositories/company/known/-/golden-policy', 404],
    ['namespaces/company/golden-policy', 404],
  ] as const)
    expect([path, (await ask('GET', path)).status]).toEqual([path, status]);
  expect((await ask('PUT', 'repositories/company/known/-/golden-policy', { mode: 'sometimes' })).status).toBe(400);
  expect((await ask('PUT', 'repositories/company/known/-/golden-policy', { from: [] })).status).toBe(400);
  expect((await ask('DELETE', 'repositories/company/known/-/golden-policy')).status).toBe(404);
});
