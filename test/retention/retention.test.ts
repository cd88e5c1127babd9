/** How long tags stay, and how what was deleted comes back, against the real program. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { jsonContent, makeImage, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);

type Json = Readonly<Record<string, unknown>>;
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${server.url}/api/v1/repositories/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}
const tagsIn = ({ body }: { body: Json }, list = 'tags') => (body[list] as { tag: string }[]).map(({ tag }) => tag);

test('a policy says what it would take, takes that and no more, and what it took comes back whole', async () => {
  const repository = 'team/retained';
  const [amd, arm, extra] = ['amd', 'arm', 'extra'].map((seed) => makeImage({ seed: `retained ${seed}` }));
  if (!amd || !arm || !extra) throw new Error('images are missing');
  for (const image of [amd, arm, extra]) await client.pushImage(repository, image);
  const index = jsonContent(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [amd, arm].map(({ manifest }) => ({ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length })),
  });
  await client.pushManifest(repository, index, 'pr-1');
  for (const tag of ['1.0.0', '1.0.1', 'edge']) await client.pushImage(repository, extra, tag);
  const policy = { tags: ['pr-*', '{semver}'], keep: { patches: 1 } };
  expect(tagsIn(await ask('POST', `${repository}/-/retention/preview`, policy))).toEqual(['1.0.0', 'pr-1']);
  expect(tagsIn(await ask('GET', `${repository}/-/tags`), 'items')).toEqual(['1.0.0', '1.0.1', 'edge', 'pr-1']);
  expect((await ask('PUT', `${repository}/-/retention`, policy)).status).toBe(200);
  expect((await ask('GET', `${repository}/-/retention`)).body).toEqual(policy);
  expect(tagsIn(await ask('POST', `${repository}/-/retention/run`))).toEqual(['1.0.0', 'pr-1']);
  expect(tagsIn(await ask('GET', `${repository}/-/tags`), 'items')).toEqual(['1.0.1', 'edge']);

  const naru = (...words: string[]) => runNaru([...words, '--server', server.url]);
  const { items } = (await ask('GET', `${repository}/-/trash`)).body as { items: { tag: string; digest: string }[] };
  expect(items.map(({ tag, digest }) => [tag, digest])).toEqual([
    ['pr-1', index.digest],
    ['1.0.0', extra.manifest.digest],
  ]);
  expect(await naru('trash', 'restore', repository, 'pr-1', index.digest)).toMatchObject({ exitCode: 0, stderr: '' });
  for (const reference of ['pr-1', amd.manifest.digest, arm.manifest.digest])
    expect((await fetch(`${server.url}/v2/${repository}/manifests/${reference}`)).status).toBe(200);
  expect(((await ask('GET', `${repository}/-/trash`)).body['items'] as Json[]).map(({ tag }) => tag)).toEqual(['1.0.0']);
});

test('an image that was deleted by its digest comes back with its tags, unless it is given up', async () => {
  const repository = 'team/trashed';
  const [image, next] = ['trashed', 'next'].map((seed) => makeImage({ seed }));
  if (!image || !next) throw new Error('images are missing');
  for (const tag of ['1.0', 'latest']) await client.pushImage(repository, image, tag);
  const status = async (reference: string) => (await fetch(`${server.url}/v2/${repository}/manifests/${reference}`)).status;
  const remove = (digest: string) => fetch(`${server.url}/v2/${repository}/manifests/${digest}`, { method: 'DELETE' });
  const { digest } = image.manifest;
  expect((await remove(digest)).status).toBe(202);
  expect([await status(digest), await status('1.0')]).toEqual([404, 404]);
  const listed = (await ask('GET', `${repository}/-/trash/images`)).body['items'] as Json[];
  expect(listed).toMatchObject([{ digest, tags: ['1.0', 'latest'] }]);
  expect(Number(listed[0]?.['until']) - Number(listed[0]?.['deletedAt'])).toBe(7 * 86_400e3);

  await client.pushImage(repository, next, 'latest');
  const naru = (...words: string[]) => runNaru([...words, '--server', server.url]);
  expect((await naru('trash', 'images', repository)).stdout).toContain(new Date(Number(listed[0]?.['until'])).toISOString());
  expect(await naru('trash', 'restore-image', repository, digest)).toMatchObject({ exitCode: 0, stderr: '' });
  expect([await status(digest), await status('1.0')]).toEqual([200, 200]);
  expect((await fetch(`${server.url}/v2/${repository}/manifests/latest`)).headers.get('docker-content-digest')).toBe(next.manifest.digest);
  expect((await ask('GET', `${repository}/-/trash/images`)).body).toEqual({ items: [] });

  await remove(digest);
  expect(await naru('trash', 'empty', repository, digest)).toMatchObject({ exitCode: 0 });
  const gone = await naru('trash', 'restore-image', repository, digest);
  expect(gone.exitCode).not.toBe(0);
  expect(gone.stderr).toContain('there is no such image in the trash');
  for (const bad of ['sha256:0', digest.slice(0, -1)]) expect((await ask('POST', `${repository}/-/trash/images/${bad}/restore`, {})).status).toBe(400);
  expect((await ask('DELETE', `${repository}/-/trash/images/${digest}`)).status).toBe(404);
});

test('a collection behind the deletion takes nothing of it: an index comes back with its platforms, their layers and what refers to it', async () => {
  await using own = await startServer({ flags: ['--collection-grace', '0s', '--collection-untagged-after', '0s'] });
  const pusher = createRegistryClient(own.url);
  const repository = 'team/whole';
  const images = ['amd', 'arm'].map((seed) => makeImage({ seed: `whole ${seed}` }));
  for (const image of images) await pusher.pushImage(repository, image);
  const index = jsonContent(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ manifest }) => ({ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length })),
  });
  await pusher.pushManifest(repository, index, 'v1');
  const signature = makeManifest({
    config: jsonContent(mediaTypes.empty, {}),
    layers: [jsonContent('a/b', { of: 'the index' })],
    artifactType: 'a/b',
    subject: index,
  });
  await pusher.pushImage(repository, signature);
  const stray = makeImage({ seed: 'whole stray' });
  await pusher.pushImage(repository, stray);
  const at = `${own.url}/v2/${repository}`;
  const statusOf = async (path: string, method = 'GET') => (await fetch(`${at}/${path}`, { method })).status;
  const naru = (...words: string[]) => runNaru([...words, '--server', own.url]);
  const collect = async () => expect(await runNaru(['admin', 'gc', '--data', own.data])).toMatchObject({ exitCode: 0 });

  expect(await statusOf(`manifests/${index.digest}`, 'DELETE')).toBe(202);
  // And one of its platforms by itself, since nothing that is shown holds it.
  expect(await statusOf(`manifests/${images[0]?.manifest.digest ?? ''}`, 'DELETE')).toBe(202);
  await collect();
  // It takes what nobody needs.
  expect(await statusOf(`manifests/${stray.manifest.digest}`)).toBe(404);
  expect(await naru('trash', 'restore-image', repository, index.digest)).toMatchObject({ exitCode: 0, stderr: '' });
  await collect();
  const parts = [
    `manifests/v1`,
    ...images.map(({ manifest }) => `manifests/${manifest.digest}`),
    ...images.flatMap(({ blobs }) => blobs.map(({ digest }) => `blobs/${digest}`)),
    `manifests/${signature.manifest.digest}`,
  ];
  for (const part of parts) expect([part, await statusOf(part)]).toEqual([part, 200]);
  const referrers = (await (await fetch(`${at}/referrers/${index.digest}`)).json()) as { manifests: { digest: string }[] };
  expect(referrers.manifests.map(({ digest }) => digest)).toEqual([signature.manifest.digest]);
  expect(Buffer.from(await (await fetch(`${at}/manifests/v1`)).arrayBuffer())).toEqual(Buffer.from(index.bytes));
});

test('what would leave nothing is refused until somebody confirms it', async () => {
  const repository = 'team/all';
  await client.pushImage(repository, makeImage({ seed: 'all' }), 'only');
  const policy = { keep: { pulledWithinDays: 1 } };
  expect((await ask('POST', `${repository}/-/retention/preview`, policy)).body).toMatchObject({ refused: true, kept: 0 });
  expect((await ask('PUT', `${repository}/-/retention`, policy)).status).toBe(409);
  expect((await ask('GET', `${repository}/-/retention`)).status).toBe(404);
  for (const bad of [{}, { keep: {} }, { keep: { newest: 0 } }, { keep: { movedWithinDays: -1 } }, { tags: ['^a'], keep: { newest: 1 } }])
    expect([bad, (await ask('PUT', `${repository}/-/retention`, bad)).status]).toEqual([bad, 400]);
  // Nor later, when what kept the others is gone.
  await client.pushImage(repository, makeImage({ seed: 'all, kept' }), 'kept');
  expect((await ask('PUT', `${repository}/-/retention`, { keep: { tags: ['kept'] } })).status).toBe(200);
  await ask('POST', `${repository}/-/delete-tags`, { tags: ['kept'] });
  const refused = await ask('POST', `${repository}/-/retention/run`);
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([
    409,
    expect.stringContaining('this would delete every tag of team/all: confirm it with mayEmpty'),
  ]);
  expect(tagsIn(await ask('GET', `${repository}/-/tags`), 'items')).toEqual(['only']);
  expect((await ask('PUT', `${repository}/-/retention`, { ...policy, mayEmpty: true })).status).toBe(200);
  expect(tagsIn(await ask('POST', `${repository}/-/retention/run`))).toEqual(['only']);
});

test('where a tag was at a time', async () => {
  const repository = 'team/then';
  const [one, two] = ['one', 'two'].map((seed) => makeImage({ seed: `then ${seed}` }));
  if (!one || !two) throw new Error('images are missing');
  const before = Date.now() - 60_000;
  await client.pushImage(repository, one, 'v1');
  const { movedAt } = (await ask('GET', `${repository}/-/tags/v1`)).body;
  await client.pushImage(repository, two, 'v1');
  const at = async (time: unknown) => (await ask('GET', `${repository}/-/tags/v1?at=${encodeURIComponent(String(time))}`)).body['digest'];
  expect(await at(movedAt)).toBe(one.manifest.digest);
  expect(await at(new Date(Number(movedAt)).toISOString())).toBe(one.manifest.digest);
  expect(await at(Date.now())).toBe(two.manifest.digest);
  expect((await ask('GET', `${repository}/-/tags/v1?at=${before}`)).status).toBe(404);
  expect((await ask('GET', `${repository}/-/tags/v1?at=yesterday`)).status).toBe(400);
});

test('any client pulls a tag as it was at a time, by a tag that says so', async () => {
  const repository = 'team/as-of';
  const [one, two] = ['one', 'two'].map((seed) => makeImage({ seed: `as of ${seed}` }));
  if (!one || !two) throw new Error('images are missing');
  await client.pushImage(repository, one, 'v1');
  await Bun.sleep(1100); // a tag names whole seconds
  const between = `${new Date()
    .toISOString()
    .slice(0, 19)
    .replaceAll(/(?<=T.*):/g, '')}Z`;
  await client.pushImage(repository, two, 'v1');
  const digestOf = async (tag: string) => {
    const { status, headers } = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`);
    return status === 200 ? headers.get('docker-content-digest') : status;
  };
  const today = new Date().toISOString().slice(0, 10);
  expect(await digestOf(`v1.at-${between}`)).toBe(one.manifest.digest);
  expect(await digestOf(`v1.at-${today}`)).toBe(two.manifest.digest);
  expect([await digestOf('v1.at-2020-01-01'), await digestOf('v2.at-2099-01-01'), await digestOf('v1.at-2099-13-01')]).toEqual([404, 404, 404]);
  const inspected = await runNaru(['remote', 'inspect', `${new URL(server.url).host}/${repository}:v1.at-${between}`, '--raw']);
  expect(inspected.stdout).toBe(Buffer.from(one.manifest.bytes).toString());
  // Neither a tag of the list, nor one whose pulls are counted; and one that was really pushed comes first.
  expect(tagsIn(await ask('GET', `${repository}/-/tags`), 'items')).toEqual(['v1']);
  await client.pushImage(repository, two, `v1.at-${between}`);
  expect(await digestOf(`v1.at-${between}`)).toBe(two.manifest.digest);
});

test('what runs in an environment, or is to run there, stays, with all its tags', async () => {
  const repository = 'team/deployed';
  const images = ['one', 'two', 'three'].map((seed) => makeImage({ seed: `deployed ${seed}` }));
  for (const [at, image] of images.entries()) await client.pushImage(repository, image, `v${at + 1}`);
  await client.pushManifest(repository, (images[0] as (typeof images)[number]).manifest, 'also-v1');
  expect((await ask('PUT', `${repository}/-/environments/production`, {})).status).toBe(200);
  expect((await ask('POST', `${repository}/-/environments/production/releases`, { tag: 'v1' })).status).toBe(201);
  const policy = { keep: { newest: 1, tags: ['v3'] } };
  const { body } = await ask('POST', `${repository}/-/retention/preview`, policy);
  expect({ taken: tagsIn({ body }), kept: body['kept'] }).toEqual({ taken: ['v2'], kept: 3 });
  expect((await ask('DELETE', `${repository}/-/environments/production`)).status).toBe(204);
  expect(tagsIn(await ask('POST', `${repository}/-/retention/preview`, policy))).toContain('v1');
});
