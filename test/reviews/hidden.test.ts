/**
 * What is staged is told to nobody outside, by no route: every GET of the route table is asked by an
 * outsider, a reviewer and a member, before and after the approval, and what comes is searched for all
 * that could give the image away. A route that is new is asked, too.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { routes } from '@naru/server/hub-api/routes';
import { password, type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { attach, until } from '../gate/fixture.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { makeTar } from '../support/tar.ts';

setDefaultTimeout(120_000);

const repository = 'kim/app';
/** The outsider's own, with an image that was built on what is staged. */
const built = 'lee/built';
let world: World;
let people: Record<'owner' | 'member' | 'reviewer' | 'outsider', Person>;

const layerOf = (name: string, content: string) => {
  const tar = makeTar([{ name, content }]);
  return { content: contentOf(new Uint8Array(gzipSync(tar)), mediaTypes.layer), diffId: digestOf(tar) };
};
function imageOf(architecture: string, layers: readonly ReturnType<typeof layerOf>[], labels = {}): Image {
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture,
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  return makeManifest({ config, layers: layers.map(({ content }) => content) });
}

const said = { 'org.opencontainers.image.licenses': 'Whispered-1.0', 'io.naru.image.readme': '# Whispered text' };
const stagedLayer = layerOf('app/node_modules/whispered-package/package.json', '{"name":"whispered-package","version":"1.0.0"}');
const old = imageOf('amd64', [layerOf('app/old', 'old')], { 'org.opencontainers.image.licenses': 'Known-1.0' });
const staged = imageOf('riscv64', [stagedLayer], said);
const onTop = imageOf('riscv64', [stagedLayer, layerOf('own', 'own')]);
const later = attach(old.manifest, 'application/spdx+json', { spdxVersion: 'SPDX-2.3', name: 'whispered-document', packages: [] });

/** Whatever gives it away. */
const traces = {
  manifest: staged.manifest.digest,
  config: staged.config.digest,
  layer: stagedLayer.content.digest,
  referrer: later.manifest.digest,
  tag: 'whispered-tag',
  words: 'Whispered-1.0',
  readme: 'Whispered text',
  platform: 'riscv64',
  package: 'whispered-package',
  pusher: '"wren"',
};
type Trace = keyof typeof traces;

async function push(person: Person, name: string, image: Image, ...tags: string[]): Promise<void> {
  const scopes = [`repository:${name}:pull,push`];
  for (const blob of image.blobs)
    await person.v2('POST', `${name}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
  for (const reference of tags.length === 0 ? [image.manifest.digest] : tags) {
    const { status } = await person.v2('PUT', `${name}/manifests/${reference}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
    expect(status).toBe(201);
  }
}

beforeAll(async () => {
  world = await startWorld();
  const [owner, member, reviewer, outsider] = (await Promise.all(['kim', 'wren', 'rae', 'lee'].map((name) => world.person(name)))) as [
    Person,
    Person,
    Person,
    Person,
  ];
  people = { owner, member, reviewer, outsider };
  await owner.api('POST', '/namespaces/kim/grants', { subject: { kind: 'user', name: 'wren' }, role: 'write' });
  await owner.api('POST', '/namespaces/kim/grants', { subject: { kind: 'user', name: 'rae' }, actions: ['review'] });
  await push(owner, repository, old, 'v1');
  await owner.api('PUT', `/repositories/${repository}/-/review`, { required: true });
  await owner.api('POST', '/namespaces/kim/golden-images', { repository, tags: '*', reason: 'ours' });
  await push(member, repository, staged, 'v1', 'whispered-tag');
  await push(member, repository, later);
  await push(outsider, built, onTop, 'own');
  const environment = {};
  expect((await owner.api('PUT', `/repositories/${repository}/-/environments/prod`, environment)).status).toBe(200);
  expect((await owner.api('POST', `/repositories/${repository}/-/environments/prod/releases`, { digest: staged.manifest.digest })).status).toBe(201);
  const at = Date.now() + 3600e3;
  const exception = { target: { digest: staged.manifest.digest }, reason: 'for now', endsAt: at };
  expect((await owner.api('POST', `/repositories/${repository}/-/policy/exceptions`, exception)).status).toBe(201);
  // What follows from a push has been done when the image is read and the repository described.
  await until(
    () => member.api('GET', `/repositories/${repository}/-/images/${staged.manifest.digest}/packages`),
    ({ body }) => body['state'] === 'done',
  );
  await until(
    () => outsider.api('GET', `/repositories/${built}/-/images/own/packages`),
    ({ body }) => body['state'] === 'done',
  );
  await until(
    () => owner.api('GET', `/repositories/${repository}`),
    ({ body }) => body['licenses'] === 'Known-1.0',
  );
});
afterAll(() => world[Symbol.asyncDispose]());

/** What the routes need, beside a repository and a reference. */
const queries: Readonly<Record<string, readonly string[]>> = {
  getTag: ['', `?at=${Date.now() + 3600e3}`],
  listPulls: ['', '?tag=whispered-tag'],
  compareImages: [`?with=${old.manifest.digest}`],
  compareFindings: [`?with=${old.manifest.digest}`],
  getFile: ['?path=app/node_modules/whispered-package/package.json'],
  listFiles: ['?path=app/node_modules'],
  getSbom: ['', '?attached=true'],
  findPackage: ['?name=whispered-package'],
  searchRepositories: ['?q=whispered', '?q=app', '?platform=linux/riscv64'],
  suggestRepositories: ['?q=whispered', '?q=app'],
};
const values: Readonly<Record<string, readonly string[]>> = {
  repository: [repository, built],
  reference: ['v1', 'whispered-tag', staged.manifest.digest, old.manifest.digest, 'own'],
  tag: ['v1', 'whispered-tag'],
  namespace: ['kim', 'lee'],
  environment: ['prod'],
  name: ['kim'],
  organisation: ['kim'],
};
/** They never end, and are read by themselves. */
const streams = new Set(['streamEvents', 'awaitWishes']);

function addressesOf(path: string): string[] {
  const [, name] = /\{(\w+)\}/.exec(path) ?? [];
  if (name === undefined) return [path];
  const given = values[name] ?? ['none'];
  return given.flatMap((value) => addressesOf(path.replace(`{${name}}`, value)));
}

function headersOf({ name }: Person): Record<string, string> {
  return name === '' ? {} : { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

async function read(person: Person, address: string): Promise<{ status: number; text: string }> {
  const response = await fetch(world.server.url + address, { headers: headersOf(person) });
  return { status: response.status, text: [...response.headers].flat().join(' ') + (await response.text()) };
}

/** In the outsider's own image there is what it was built on. */
function tracesIn(text: string, address: string): Trace[] {
  const own: readonly Trace[] =
    address.includes(built) || address.includes('search/packages') || address.includes('/lee') ? ['layer', 'package', 'platform'] : [];
  return (Object.keys(traces) as Trace[]) // its own keys
    .filter((name) => text.includes(traces[name]) && !decodeURIComponent(address).includes(traces[name]) && !own.includes(name));
}

async function seenBy(person: Person): Promise<Map<string, Trace[]>> {
  const seen = new Map<string, Trace[]>();
  for (const { operation, method, path } of routes) {
    if (method !== 'GET' || streams.has(operation)) continue;
    for (const one of addressesOf(path)) {
      for (const query of queries[operation] ?? ['']) {
        const address = `/api/v1${one}${query}`;
        const { status, text } = await read(person, address);
        expect([address, status < 500]).toEqual([address, true]);
        const found = tracesIn(text, address);
        if (found.length > 0) seen.set(`${operation} ${one}${query}`, found);
      }
    }
  }
  const events = await readEvents(person);
  const told = tracesIn(events, '');
  if (told.length > 0) seen.set('streamEvents', told);
  return seen;
}

/** From the first on, until the last that everybody may hear. */
async function readEvents(person: Person): Promise<string> {
  const end = `end-${person.name}-${Date.now()}`;
  await pushImage(people.outsider, 'lee/end', end);
  const response = await fetch(`${world.server.url}/api/v1/events?after=0`, { headers: headersOf(person) });
  let text = '';
  for await (const part of response.body ?? []) {
    text += new TextDecoder().decode(part);
    if (text.includes(end)) break;
  }
  // The outsider's own is theirs.
  return text
    .split('\n')
    .filter((line) => !line.includes('"repository":"lee/'))
    .join('\n');
}

const v2 = async (person: Person): Promise<string> => {
  const texts = [];
  for (const path of ['tags/list', 'manifests/v1', `referrers/${old.manifest.digest}`, `referrers/${staged.manifest.digest}`]) {
    const response = await person.v2('GET', `${repository}/${path}`, [`repository:${repository}:pull`]);
    texts.push([...response.headers].flat().join(' ') + (await response.text()));
  }
  return texts.join('\n');
};

test('staged: no route tells an outsider anything, and those inside are told', async () => {
  expect([...(await seenBy(people.outsider))]).toEqual([]);
  expect([...(await seenBy(world.anonymous))]).toEqual([]);
  expect(tracesIn(await v2(people.outsider), '')).toEqual([]);
  for (const insider of [people.member, people.reviewer]) {
    const seen = await seenBy(insider);
    expect([...new Set([...seen.values()].flat())].toSorted()).toEqual(Object.keys(traces).toSorted() as Trace[]);
    const operations = new Set([...seen.keys()].map((key) => key.split(' ')[0]));
    const telling = ['getImage', 'listTags', 'listTagHistory', 'getTag', 'listReleases', 'getLineage', 'findPackage', 'listFindingCounts', 'streamEvents'];
    expect(telling.filter((one) => !operations.has(one))).toEqual([]);
  }
  // Facts that the whole server is told are nobody's to see before.
  const { body } = await people.member.api('GET', `/repositories/${repository}`);
  expect(body).toMatchObject({ licenses: 'Known-1.0', tags: 2 });
  expect((await people.outsider.api('GET', `/repositories/${repository}`)).body).toMatchObject({ licenses: 'Known-1.0', tags: 1 });
});

test('approved: the outsider is told by the same routes', async () => {
  const before = await seenBy(people.member);
  const decide = (reference: string) => people.reviewer.api('POST', `/repositories/${repository}/-/images/${reference}/review`, { decision: 'approve' });
  for (const reference of [staged.manifest.digest, later.manifest.digest]) {
    await until(
      () => decide(reference),
      ({ status }) => status === 200,
    );
  }
  await until(
    () => people.outsider.api('GET', `/repositories/${repository}`),
    ({ body }) => body['licenses'] === 'Whispered-1.0',
  );
  const after = await seenBy(people.outsider);
  const insidersOnly = /^(listRepositoryReviews|listReviews|getSelf|streamEvents) ?/;
  const untold = [...before.keys()].filter((key) => !after.has(key) && !insidersOnly.test(key));
  expect(untold).toEqual([]);
  expect([...after.values()].flat()).toEqual(expect.arrayContaining(['manifest', 'tag', 'words', 'readme', 'platform', 'package', 'referrer']));
  const { body } = await people.outsider.api('GET', `/repositories/${repository}/-/tags/v1/history`);
  expect((body['items'] as { digest: string; previous?: string }[]).map(({ digest, previous }) => [digest, previous])).toEqual([
    [staged.manifest.digest, old.manifest.digest],
    [old.manifest.digest, undefined],
  ]);
});
