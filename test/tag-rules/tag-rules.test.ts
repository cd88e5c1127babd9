/** Rules for tags, against the real program, over both APIs. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { startWorld } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { type Image, makeImage } from '../support/image.ts';
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

async function put(repository: string, image: Image, tag: string): Promise<string> {
  const { mediaType, bytes } = image.manifest;
  const response = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`, { method: 'PUT', headers: { 'content-type': mediaType }, body: bytes });
  return response.ok
    ? 'pushed'
    : `${response.status} ${(await response.text())
        .match(/"code":"(\w+)","message":"([^"]*)"/)
        ?.slice(1)
        .join(': ')}`;
}

/** A repository that holds these images, without tags. */
async function hold(repository: string, ...images: Image[]): Promise<void> {
  for (const image of images) await client.pushImage(repository, image);
}

async function tagsOf(repository: string): Promise<Record<string, string>> {
  const { items } = (await ask('GET', `${repository}/-/tags`)).body as { items: { tag: string; digest: string }[] };
  return Object.fromEntries(items.map(({ tag, digest }) => [tag, digest]));
}

const [a, b, c] = ['a', 'b', 'c'].map((seed) => makeImage({ seed: `tag rules ${seed}` })) as [Image, Image, Image];

test('names: versions only, no latest, and the reason', async () => {
  const repository = 'team/names';
  await hold(repository, a, b);
  expect(await put(repository, a, 'old-name')).toBe('pushed');
  expect((await ask('PUT', `${repository}/-/tag-rules`, { allowed: ['{semver}'], forbidden: ['*-dev'] })).status).toBe(200);
  expect(await put(repository, a, '1.0.0')).toBe('pushed');
  expect(await put(repository, a, 'latest')).toBe('403 DENIED: latest is not allowed here: tags must be like {semver}');
  expect(await put(repository, a, '1.0.0-dev')).toBe('403 DENIED: 1.0.0-dev is not allowed here: tags like *-dev are forbidden');
  // What is there already, and stays, is no business of a later rule.
  expect(await put(repository, a, 'old-name')).toBe('pushed');
  expect((await put(repository, b, 'old-name')).slice(0, 10)).toBe('403 DENIED');
  expect((await ask('POST', `${repository}/-/place-tags`, { tags: [{ tag: 'edge', digest: a.manifest.digest }] })).status).toBe(403);
  expect(Object.keys(await tagsOf(repository))).toEqual(['1.0.0', 'old-name']);
});

test('immutable: the same again is accepted, another is not, and nothing takes it away', async () => {
  const repository = 'team/immutable';
  await hold(repository, a, b);
  await ask('PUT', `${repository}/-/tag-rules`, { immutable: ['{release}'] });
  expect([await put(repository, a, '1.2.0'), await put(repository, a, '1.2.0')]).toEqual(['pushed', 'pushed']);
  expect(await put(repository, b, '1.2.0')).toBe('403 DENIED: 1.2.0 is immutable here, and is another image already: push a new tag');
  expect((await ask('POST', `${repository}/-/place-tags`, { tags: [{ tag: '1.2.0', digest: b.manifest.digest }] })).status).toBe(403);
  expect((await ask('POST', `${repository}/-/delete-tags`, { tags: ['1.2.0'] })).status).toBe(403);
  for (const reference of ['1.2.0', a.manifest.digest])
    expect((await fetch(`${server.url}/v2/${repository}/manifests/${reference}`, { method: 'DELETE' })).status).toBe(403);
  expect(await tagsOf(repository)).toEqual({ '1.2.0': a.manifest.digest });
  await ask('DELETE', `${repository}/-/tag-rules`);
  expect(await put(repository, b, '1.2.0')).toBe('pushed');
});

test('two different pushes of one immutable tag at once: one of them wins for good', async () => {
  const repository = 'team/race';
  const images = Array.from({ length: 8 }, (_, index) => makeImage({ seed: `race ${index}` }));
  await hold(repository, ...images);
  await ask('PUT', `${repository}/-/tag-rules`, { immutable: ['*'] });
  const outcomes = await Promise.all(images.map((image) => put(repository, image, 'v1')));
  expect(outcomes.filter((outcome) => outcome === 'pushed')).toHaveLength(1);
  expect((await tagsOf(repository))['v1']).toBe(images[outcomes.indexOf('pushed')]?.manifest.digest ?? '');
});

test('aliases follow the highest release, with history and events, and fall back when it goes', async () => {
  const repository = 'team/aliases';
  await hold(repository, a, b, c);
  await put(repository, a, '1.2.9');
  await put(repository, b, 'latest');
  await ask('PUT', `${repository}/-/tag-rules`, { aliases: ['major', 'minor', 'latest'] });
  expect(await tagsOf(repository)).toMatchObject({ '1': a.manifest.digest, '1.2': a.manifest.digest, latest: a.manifest.digest });
  await put(repository, b, '1.2.10');
  await put(repository, c, '2.0.0-rc.1');
  await put(repository, c, '1.1.0');
  const both = { '1': b.manifest.digest, '1.1': c.manifest.digest, '1.2': b.manifest.digest, latest: b.manifest.digest };
  expect(await tagsOf(repository)).toMatchObject(both);
  expect(await put(repository, c, 'latest')).toBe('403 DENIED: the server keeps latest here: it follows the highest release');
  expect(await put(repository, b, 'latest')).toBe('pushed'); // it is there already
  const { items } = (await ask('GET', `${repository}/-/tags/latest/history`)).body as { items: Json[] };
  expect(items.map(({ digest }) => digest)).toEqual([b.manifest.digest, a.manifest.digest, b.manifest.digest]);

  expect((await ask('POST', `${repository}/-/delete-tags`, { tags: ['latest'] })).status).toBe(403);
  await ask('POST', `${repository}/-/delete-tags`, { tags: ['1.2.10'] });
  expect(await tagsOf(repository)).toMatchObject({ '1': a.manifest.digest, '1.2': a.manifest.digest, latest: a.manifest.digest });
  await ask('POST', `${repository}/-/delete-tags`, { tags: ['1.2.9', '1.1.0'] });
  expect(Object.keys(await tagsOf(repository))).toEqual(['2.0.0-rc.1']);
});

test('rules that contradict, and what is no rule', async () => {
  await hold('team/bad', a);
  for (const body of [
    { forbidden: ['latest'], aliases: ['latest'] },
    { allowed: ['v*'], forbidden: ['v*'] },
    { allowed: ['^v[0-9]+$'] },
    { allowed: ['{regex}'] },
    { allowed: Array.from({ length: 51 }, (_, index) => `v${index}`) },
    { aliases: ['patch'] },
  ])
    expect([body, (await ask('PUT', 'team/bad/-/tag-rules', body)).status]).toEqual([body, 400]);
  expect(await ask('GET', 'team/bad/-/tag-rules')).toEqual({ status: 200, body: {} });
});

/** Of notices, from the live stream. */
async function told(repository: string, count: number): Promise<unknown[]> {
  const stop = new AbortController();
  const query = `repository=${repository}&kinds=tag.deprecated,tag.end_of_life,tag.notice_ended&after=0`;
  const response = await fetch(`${server.url}/api/v1/events?${query}`, { signal: stop.signal });
  let text = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.split('\ndata: {"id"').length > count) break;
  }
  stop.abort();
  return [...text.matchAll(/^data: (\{"id".+\})$/gm)].map(([, json]) => JSON.parse(json ?? '') as Json).map(({ kind, tag, message }) => [kind, tag, message]);
}

test('a notice reaches whoever pulls the tag, in the words of its author', async () => {
  const repository = 'team/notices';
  await hold(repository, a);
  await put(repository, a, '1.0.0');
  await put(repository, a, '2.0.0');
  const naru = (...words: string[]) => runNaru([...words, '--server', server.url]);
  expect(await naru('deprecate', `${repository}:1.*`, 'use "2" 그리고 \\', '--end-of-life')).toMatchObject({ exitCode: 0, stderr: '' });
  const warningFor = async (tag: string, method = 'GET') => {
    const { headers } = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`, { method });
    return Buffer.from(headers.get('warning') ?? '', 'latin1').toString();
  };
  expect(await warningFor('1.0.0')).toBe('299 - "1.0.0 has reached its end of life: use \\"2\\" 그리고 \\\\"');
  expect(await warningFor('1.0.0', 'HEAD')).toBe(await warningFor('1.0.0'));
  expect(await warningFor('2.0.0')).toBe('');
  // The pages show it beside the tag and on its image.
  const { items } = (await ask('GET', `${repository}/-/tags`)).body as { items: Json[] };
  expect(items.map(({ tag, notice }) => [tag, notice])).toEqual([
    ['1.0.0', { kind: 'end-of-life', message: 'use "2" 그리고 \\' }],
    ['2.0.0', undefined],
  ]);
  expect((await ask('GET', `${repository}/-/images/1.0.0`)).body['notices']).toMatchObject([{ tag: '1.0.0', kind: 'end-of-life' }]);
  // Rules and notices are set apart from each other.
  expect(await naru('tag-rule', 'set', repository, '--immutable', '{release}', '--keep', 'latest')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse((await naru('tag-rule', 'show', repository, '--json')).stdout)).toMatchObject({
    immutable: ['{release}'],
    aliases: ['latest'],
    notices: [{ tags: '1.*' }],
  });
  expect((await naru('deprecate', `${repository}:2.0.0`, 'soon')).exitCode).toBe(0);
  expect((await naru('deprecate', `${repository}:1.*`, '--undo')).exitCode).toBe(0);
  expect(await told(repository, 3)).toEqual([
    ['tag.end_of_life', undefined, '1.*: use "2" 그리고 \\'],
    ['tag.deprecated', '2.0.0', '2.0.0: soon'],
    ['tag.notice_ended', undefined, '1.*: use "2" 그리고 \\'],
  ]);
  expect(await warningFor('1.0.0')).toBe('');
});

test('rules go with a renamed repository, and are for who manages it', async () => {
  await using world = await startWorld();
  const [kim, lee] = [await world.person('kim'), await world.person('lee')];
  await pushImage(kim, 'kim/app', '1.0.0');
  expect((await kim.api('PUT', '/repositories/kim/app/-/tag-rules', { immutable: ['*'] })).status).toBe(200);
  expect((await lee.api('PUT', '/repositories/kim/app/-/tag-rules', {})).status).toBe(403);
  await kim.api('POST', '/repositories/kim/app/-/rename', { to: 'kim/renamed' });
  expect((await pushImage(kim, 'kim/renamed', '1.0.0', 'another')).status).toBe(403);
});
