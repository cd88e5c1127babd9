/** The files of images over /api/v1: layers over each other, single files, comparisons, and layers that mean no good. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { startWorld } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { type Content, contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';
import { makeTar, type TarItem } from '../support/tar.ts';

setDefaultTimeout(30_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);

function imageOf(layers: readonly (readonly TarItem[])[], environment: readonly string[] = []): Image {
  const tars = layers.map((items) => makeTar(items));
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    config: { Env: environment },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
  });
  return makeManifest({ config, layers: tars.map((tar) => contentOf(new Uint8Array(gzipSync(tar)), mediaTypes.layer)) });
}

const base: TarItem[] = [
  { name: 'etc/' },
  { name: 'etc/passwd', content: 'root\n' },
  { name: 'etc/old', content: 'old' },
  { name: 'lib/a', content: 'a' },
  { name: 'lib/deep/b', content: 'b' },
  { name: 'opt/x', content: 'x' },
  { name: 'srv/page', content: 'page' },
];
const above: TarItem[] = [
  { name: 'etc/.wh.old' },
  { name: 'etc/passwd', content: 'root\nkim\n' },
  { name: 'lib/.wh..wh..opq' },
  { name: 'lib/new', content: 'new' },
  { name: '.wh.opt' },
  { name: 'srv', content: 'a file now' },
  { name: 'link', type: '2', target: '/etc' },
  { name: 'loop', type: '2', target: 'loop' },
  { name: 'round', type: '2', target: 'link/../round' },
  { name: 'up', type: '2', target: '../../../etc/passwd' },
  { name: 'passwd', type: '1', target: 'etc/passwd' },
  { name: 'evil"\r\n<script>.txt', content: '<script>alert(1)</script>' },
];
const one = imageOf([base]);
const two = imageOf([base, above], ['A=1']);

beforeAll(async () => {
  await client.pushImage('team/app', one, '1');
  await client.pushImage('team/app', two, '2');
});

type Answer = { state: string; reason?: string; items: { name: string; path: string; change: string; kind: string; sizeBytes: number }[]; next?: string };
async function ask(path: string): Promise<Answer> {
  for (;;) {
    const response = await fetch(`${server.url}/api/v1/repositories/team/app/-/images/${path}`);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    const answer = (await response.json()) as Answer;
    if (answer.state !== 'indexing') return answer; // a job does it, a moment after the first look
  }
}
const names = async (path: string) => (await ask(path)).items.map(({ name }) => name);
const get = async (path: string, tag = '2') => fetch(`${server.url}/api/v1/repositories/team/app/-/images/${tag}/file?path=${encodeURIComponent(path)}`);

test('folders: whiteouts, opaque folders, files over folders, links', async () => {
  expect(await names('1/files')).toEqual(['etc', 'lib', 'opt', 'srv']);
  expect(await names('2/files')).toEqual(['etc', 'evil"\r\n<script>.txt', 'lib', 'link', 'loop', 'passwd', 'round', 'srv', 'up']);
  expect(await names('2/files?path=etc')).toEqual(['passwd']);
  expect(await names('2/files?path=/link/')).toEqual(['passwd']);
  expect(await names('2/files?path=lib')).toEqual(['new']);
  expect(await names(`2/files?path=lib&layer=${one.layers[0]?.digest}`)).toEqual(['a', 'deep']);
  expect(await names('2/files?limit=1')).toEqual(['etc']);
  expect(await names('2/files?limit=1&after=etc')).toEqual(['evil"\r\n<script>.txt']);
  for (const path of ['opt', 'opt/x', 'lib/deep', 'srv', 'srv/page', 'loop', 'round', 'nothing', 'etc/passwd/x', '%00']) {
    const { status } = await fetch(`${server.url}/api/v1/repositories/team/app/-/images/2/files?path=${path}`);
    expect({ path, status }).toEqual({ path, status: 404 });
  }
});

test('single files, never as a page', async () => {
  await ask('2/files');
  for (const path of ['etc/passwd', 'link/passwd', 'passwd', 'up', './etc/../etc/passwd']) expect(await (await get(path)).text()).toBe('root\nkim\n');
  const evil = await get('evil"\r\n<script>.txt');
  expect(
    Object.fromEntries(
      ['content-type', 'content-disposition', 'x-content-type-options', 'content-security-policy'].map((name) => [name, evil.headers.get(name)]),
    ),
  ).toEqual({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''evil%22%0D%0A%3Cscript%3E.txt`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  expect(await evil.text()).toBe('<script>alert(1)</script>');
  for (const path of ['etc', 'opt/x', 'lib/a', 'loop', 'nothing']) expect([path, (await get(path)).status]).toEqual([path, 404]);
});

test('comparing', async () => {
  const found = await ask('1/compare?with=2');
  expect(found.items.map(({ path, change }) => [path, change])).toEqual([
    ['etc/old', 'removed'],
    ['etc/passwd', 'changed'],
    ['evil"\r\n<script>.txt', 'added'],
    ['lib/a', 'removed'],
    ['lib/deep', 'removed'],
    ['lib/deep/b', 'removed'],
    ['lib/new', 'added'],
    ['link', 'added'],
    ['loop', 'added'],
    ['opt', 'removed'],
    ['opt/x', 'removed'],
    ['passwd', 'added'],
    ['round', 'added'],
    ['srv', 'changed'],
    ['srv/page', 'removed'],
    ['up', 'added'],
  ]);
  expect(found).toMatchObject({
    layers: { shared: [one.layers[0]?.digest], removed: [], added: [two.layers[1]?.digest] },
    config: [{ field: 'environment', before: [], after: ['A=1'] }],
    counts: { added: 7, removed: 7, changed: 2 },
  });
  const first = await ask('1/compare?with=2&limit=3');
  expect((await ask(`1/compare?with=2&limit=2&after=${encodeURIComponent(first.next ?? '')}`)).items.map(({ path }) => path)).toEqual(['lib/a', 'lib/deep']);
  expect((await ask('1/compare?with=1')).items).toEqual([]);
});

test('what cannot be shown says why; an index must name its image', async () => {
  const broken: Content = contentOf(new Uint8Array(gzipSync(Buffer.alloc(2048, 7))), mediaTypes.layer);
  await client.pushImage('team/app', makeManifest({ config: one.config, layers: [broken] }), 'broken');
  expect(await ask('broken/files')).toMatchObject({ state: 'refused', items: [] });
  expect((await get('x', 'broken')).status).toBe(409);
  await client.pushManifest('team/app', jsonContent(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] }), 'index');
  expect((await fetch(`${server.url}/api/v1/repositories/team/app/-/images/index/files`)).status).toBe(400);
});

test('another repository only when the caller may pull it', async () => {
  await using world = await startWorld();
  const [kim, lee] = await Promise.all([world.person('kim'), world.person('lee')]);
  await pushImage(kim, 'kim/secret', '1');
  await pushImage(lee, 'lee/app', '1');
  await kim.api('PATCH', '/repositories/kim/secret', { visibility: 'private' });
  const compare = '/repositories/lee/app/-/images/1/compare?with=1&repository=';
  expect((await lee.api('GET', `${compare}kim/secret`)).status).toBe(404);
  expect((await lee.api('GET', `${compare}kim/absent`)).status).toBe(404);
  expect((await kim.api('GET', `${compare}kim/secret`)).status).toBe(200);
});
