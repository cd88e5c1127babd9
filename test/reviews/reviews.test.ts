/** What is pushed to a reviewed repository: who sees it by which route before and after a person has decided, also with stock clients. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminName, password, type Person, personAt, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { createContainersTools } from '../clients/support/containers-tools.ts';
import { attach, indexOf, until } from '../gate/fixture.ts';
import { type Content, type Image, makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { runNaru, startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

let world: World;
let owner: Person;
let writer: Person;
let reviewer: Person;
let reader: Person;
const repository = 'kim/app';

beforeAll(async () => {
  world = await startWorld();
  [owner, writer, reviewer, reader] = (await Promise.all(['kim', 'wren', 'rae', 'lee'].map((name) => world.person(name)))) as [Person, Person, Person, Person];
  await owner.api('POST', '/namespaces/kim/grants', { subject: { kind: 'user', name: 'wren' }, role: 'write' });
  await owner.api('POST', '/namespaces/kim/grants', { subject: { kind: 'user', name: 'rae' }, actions: ['review'] });
});
afterAll(() => world[Symbol.asyncDispose]());

describe('every route × every state × everybody', () => {
  const old = makeImage({ seed: 'what was there', layers: 1 });
  const image = makeImage({ seed: 'what is new', layers: 1 });
  const index = indexOf([image]);
  const signature = attach(image.manifest, 'application/vnd.example+json', { of: 'it' });
  const manifests = { index: index.digest, member: image.manifest.digest, referrer: signature.manifest.digest };

  beforeAll(async () => {
    await push(writer, old, 'latest');
    expect((await owner.api('PUT', `/repositories/${repository}/-/review`, { required: true })).body).toMatchObject({ required: true, by: 'kim' });
    await push(writer, image);
    await push(writer, signature);
    for (const tag of ['latest', 'new']) await putManifest(writer, index, tag);
  });

  async function seenBy(person: Person): Promise<unknown> {
    const status = async (path: string, method = 'GET') => (await person.v2(method, `${repository}/${path}`, [`repository:${repository}:pull`])).status;
    const digestOf = async (tag: string) => {
      const answer = await person.v2('HEAD', `${repository}/manifests/${tag}`, [`repository:${repository}:pull`]);
      return answer.status === 200 ? answer.headers.get('docker-content-digest') : answer.status;
    };
    const json = async (path: string) =>
      (await person.v2('GET', `${repository}/${path}`, [`repository:${repository}:pull`])).json() as Promise<Record<string, unknown[]>>;
    const [layer = { digest: '' }] = image.layers;
    const api = async (path: string) => (await person.api('GET', `/repositories/${repository}/-/${path}`)).status;
    const found: Record<string, unknown> = {
      latest: await digestOf('latest'),
      new: await digestOf('new'),
      old: await status(`manifests/${old.manifest.digest}`),
    };
    for (const [name, digest] of Object.entries(manifests)) found[name] = await status(`manifests/${digest}`);
    found['blobs'] = [await status(`blobs/${layer.digest}`), await status(`blobs/${layer.digest}`, 'HEAD'), await status(`blobs/${image.config.digest}`)];
    found['tags'] = (await json('tags/list'))['tags'];
    found['referrers'] = (await json(`referrers/${image.manifest.digest}`))['manifests']?.length;
    found['pages'] = [
      await api('images/new'),
      await api(`images/${image.manifest.digest}`),
      await api('tags/new'),
      await api(`images/${image.manifest.digest}/files`),
    ].map((code) => code !== 404);
    const tags = (await person.api('GET', `/repositories/${repository}/-/tags`)).body['items'] as { tag: string; digest: string }[];
    found['listed'] = tags.map(({ tag, digest }) => [tag, digest]);
    const target = `${person.name}/mounted`;
    const mount = await person.v2('POST', `${target}/blobs/uploads/?mount=${layer.digest}&from=${repository}`, [
      `repository:${target}:pull,push`,
      `repository:${repository}:pull`,
    ]);
    found['mount'] = mount.status;
    return found;
  }

  const all = {
    latest: index.digest,
    new: index.digest,
    old: 200,
    index: 200,
    member: 200,
    referrer: 200,
    blobs: [200, 200, 200],
    tags: ['latest', 'new'],
    referrers: 1,
    pages: [true, true, true, true],
    listed: [
      ['latest', index.digest],
      ['new', index.digest],
    ],
    mount: 201,
  };
  const before = {
    latest: old.manifest.digest,
    new: 404,
    old: 200,
    index: 404,
    member: 404,
    referrer: 404,
    blobs: [404, 404, 404],
    tags: ['latest'],
    referrers: 0,
    pages: [false, false, false, false],
    listed: [['latest', old.manifest.digest]],
    mount: 202,
  };

  test('staged: for those who push and review, and for nobody else', async () => {
    for (const insider of [owner, writer, reviewer])
      expect({ who: insider.name, ...((await seenBy(insider)) as object) }).toMatchObject({ who: insider.name, ...all });
    expect(await seenBy(reader)).toEqual(before);
    const { items } = (await writer.api('GET', `/repositories/${repository}/-/tags`)).body as { items: unknown[] };
    expect(items[0]).toMatchObject({ tag: 'latest', review: { state: 'staged', shown: old.manifest.digest } });
  });

  test('what waits is one entry, for those whom it concerns', async () => {
    const waiting = [{ repository, digest: index.digest, state: 'staged', stagedBy: 'wren', tags: ['latest', 'new'] }];
    expect((await reviewer.api('GET', '/reviews')).body).toMatchObject({ items: waiting });
    expect((await writer.api('GET', `/repositories/${repository}/-/reviews`)).body).toMatchObject({ items: waiting });
    expect([(await writer.api('GET', '/reviews')).body['items'], (await reader.api('GET', `/repositories/${repository}/-/reviews`)).body['items']]).toEqual([
      [],
      [],
    ]);
  });

  test('who may not decide, and what cannot be decided', async () => {
    const digest = index.digest;
    for (const person of [owner, writer, reader]) expect((await decide(person, 'new', 'approve')).status).toBe(403);
    expect((await decide(reviewer, 'new', 'refuse')).body).toMatchObject({ errors: [{ code: 'REQUEST_INVALID' }] });
    expect((await decide(reviewer, old.manifest.digest, 'approve')).status).toBe(404);
    expect((await reviewer.api('GET', `/repositories/${repository}/-/reviews?after=nonsense`)).status).toBe(400);
    await owner.api('PUT', `/repositories/${repository}/-/policy`, { require: ['provenance'] });
    const blocked = await decide(reviewer, digest, 'approve');
    expect([blocked.status, JSON.stringify(blocked.body)]).toEqual([409, expect.stringContaining('without provenance')]);
    await owner.api('DELETE', `/repositories/${repository}/-/policy`);
  });

  test('refused: as if it was not there, and the reason is said', async () => {
    expect((await decide(reviewer, 'new', 'refuse', 'no source')).body).toMatchObject({ state: 'refused', reason: 'no source', decidedBy: 'rae' });
    expect(await seenBy(reader)).toEqual({ ...before });
    expect((await writer.api('GET', `/repositories/${repository}/-/tags/new`)).body).toMatchObject({ review: { state: 'refused', reason: 'no source' } });
    expect((await decide(reviewer, 'new', 'refuse', 'again')).status).toBe(409);
  });

  test('approved: for everybody, with what it holds and what is said of it', async () => {
    await until(
      () => decide(reviewer, 'new', 'approve', 'well built'),
      ({ status }) => status === 200,
    );
    // Bytes that somebody has mounted elsewhere are there already.
    expect(await seenBy(reader)).toEqual(all);
    expect((await reviewer.api('GET', '/reviews')).body['items']).toEqual([]);
    const audited = (await world.admin.api('GET', '/audit?limit=1000')).body['items'] as { action: string }[];
    const actions = audited.map(({ action }) => action);
    expect(actions).toContain('reviews.required');
    expect(actions.filter((action) => action === 'image.refused' || action === 'image.approved')).toEqual(['image.approved', 'image.refused']);
  });

  test('taken back: a tag that shows it shows nothing', async () => {
    await decide(reviewer, index.digest, 'refuse', 'it has a hole');
    expect(await seenBy(reader)).toMatchObject({ latest: 404, new: 404, index: 404, member: 404, tags: [] });
    await owner.api('PUT', `/repositories/${repository}/-/review`, { required: false });
    expect(await seenBy(reader)).toEqual(all);
  });
});

test('nobody approves what is theirs, not even an administrator, and a robot nothing', async () => {
  await pushImage(owner, 'kim/own', 'old');
  await owner.api('PUT', '/repositories/kim/own/-/review', { required: true });
  await pushImage(world.admin, 'kim/own', 'mine');
  const own = await world.admin.api('POST', '/repositories/kim/own/-/images/mine/review', { decision: 'approve' });
  expect([own.status, JSON.stringify(own.body)]).toEqual([403, expect.stringContaining('cannot approve')]);
  await owner.api('POST', '/namespaces/kim/robots', { name: 'bot' });
  await owner.api('POST', '/namespaces/kim/grants', { subject: { kind: 'robot', name: 'bot' }, actions: ['pull', 'review'] });
  const { secret } = (await owner.api('POST', '/namespaces/kim/robots/bot/tokens', { name: 'x' })).body;
  const robot = world.as('kim+bot', String(secret));
  expect((await robot.api('POST', '/repositories/kim/own/-/images/mine/review', { decision: 'approve' })).status).toBe(403);
  const approved = () => reviewer.api('POST', '/repositories/kim/own/-/images/mine/review', { decision: 'approve' });
  expect((await until(approved, ({ status }) => status !== 409)).status).toBe(200);
});

test('an official repository is reviewed by the server’s reviewers, as long as it has the badge', async () => {
  await pushImage(owner, 'kim/official', 'old');
  const { id } = (await owner.api('POST', '/repositories/kim/official/-/badge-requests', {})).body;
  await world.admin.api('POST', `/badge-requests/${String(id)}/decision`, { decision: 'grant' });
  expect((await reader.api('GET', '/repositories/kim/official/-/review')).body).toMatchObject({ required: true, by: 'chief' });
  expect((await owner.api('PUT', '/repositories/kim/official/-/review', { required: false })).status).toBe(409);
  await pushImage(owner, 'kim/official', 'new');
  expect((await reader.v2('GET', 'kim/official/manifests/new', ['repository:kim/official:pull'])).status).toBe(404);
  const decision = (person: Person) => person.api('POST', '/repositories/kim/official/-/images/new/review', { decision: 'approve' });
  expect((await decision(reviewer)).status).toBe(403);
  expect(
    (
      await until(
        () => decision(world.admin),
        ({ status }) => status !== 409,
      )
    ).status,
  ).toBe(200);
  expect((await reader.v2('GET', 'kim/official/manifests/new', ['repository:kim/official:pull'])).status).toBe(200);
});

test.skipIf(!needs('skopeo'))('skopeo: a reader sees what was approved before, until the new one is', async () => {
  const { host } = new URL(world.server.url);
  await using tools = await createContainersTools(host);
  await pushImage(owner, 'kim/skopeo', 'v1', 'one');
  await owner.api('PUT', '/repositories/kim/skopeo/-/review', { required: true });
  const { digest } = await pushImage(owner, 'kim/skopeo', 'v1', 'two');
  await pushImage(owner, 'kim/skopeo', 'v2', 'three');
  const copy = (reference: string, to: string) => tools.tryRun('skopeo', ['copy', `docker://${host}/kim/skopeo${reference}`, `dir:${tools.folder}/${to}`]);
  const configOf = (to: string) => Bun.file(`${tools.folder}/${to}/manifest.json`).text();
  const { digest: newConfig } = makeImage({ seed: 'two', layers: 1 }).config;
  expect(await copy(':v1', 'before')).toMatchObject({ exitCode: 0 });
  expect(await configOf('before')).not.toContain(newConfig);
  for (const reference of [':v2', `@${digest}`]) {
    const refused = await copy(reference, 'refused');
    expect([refused.exitCode === 0, refused.stderr]).toEqual([false, expect.stringContaining('manifest unknown')]);
  }
  const approve = () => reviewer.api('POST', '/repositories/kim/skopeo/-/images/v1/review', { decision: 'approve' });
  expect((await until(approve, ({ status }) => status !== 409)).status).toBe(200);
  expect(await copy(':v1', 'after')).toMatchObject({ exitCode: 0 });
  expect(await configOf('after')).toContain(newConfig);
});

test('kill -9 between a push and a decision: what was staged is staged, and what was shown is shown', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-reviews-'));
  const start = () => startServer({ data, flags: ['--profile', 'hub'], env: { NARU_ADMIN_USER: adminName, NARU_ADMIN_PASSWORD: password } });
  let server = await start();
  try {
    const chief = () => personAt(server.url, adminName, password);
    const nobody = () => personAt(server.url, '', '');
    await chief().api('POST', '/users', { name: 'kim', email: 'kim@example.org', password });
    const kim = () => personAt(server.url, 'kim', password);
    await pushImage(kim(), 'kim/app', 'v1', 'first');
    await kim().api('PUT', '/repositories/kim/app/-/review', { required: true });
    const status = async (reference: string) => (await nobody().v2('GET', `kim/app/manifests/${reference}`, ['repository:kim/app:pull'])).status;
    const { digest } = await pushImage(kim(), 'kim/app', 'v1', 'second');
    await server.kill();
    server = await start();
    expect([await status('v1'), await status(digest)]).toEqual([200, 404]);
    const approve = () => chief().api('POST', '/repositories/kim/app/-/images/v1/review', { decision: 'approve' });
    expect((await until(approve, ({ status: code }) => code !== 409)).status).toBe(200);
    await server.kill();
    server = await start();
    expect([await status('v1'), await status(digest)]).toEqual([200, 200]);
  } finally {
    await server[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  }
});

test('the same from the command line, as the operator of the server', async () => {
  const naru = (...words: string[]) => runNaru(['review', ...words, '--data', world.server.data]);
  await pushImage(owner, 'kim/verbs', 'old');
  expect(await naru('require', 'kim/verbs')).toMatchObject({ exitCode: 0 });
  const { digest } = await pushImage(owner, 'kim/verbs', 'new');
  expect((await naru('list', 'kim/verbs')).stdout).toContain(digest);
  expect(await naru('refuse', 'kim/verbs', 'new')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('say why') });
  expect(await naru('refuse', 'kim/verbs', 'new', '--reason', 'no source')).toMatchObject({ exitCode: 0 });
  expect((await naru('list', '--state', 'refused')).stdout).toContain('no source');
  await until(
    () => naru('approve', 'kim/verbs', 'new'),
    ({ exitCode }) => exitCode === 0,
  );
  expect((await reader.v2('GET', 'kim/verbs/manifests/new', ['repository:kim/verbs:pull'])).status).toBe(200);
  expect((await naru('show', 'kim/verbs')).stdout).toContain('operator');
  expect(await naru('end', 'kim/verbs')).toMatchObject({ exitCode: 0 });
}, 60_000);

function decide(person: Person, reference: string, decision: 'approve' | 'refuse', reason = '') {
  return person.api('POST', `/repositories/${repository}/-/images/${reference}/review`, { decision, reason });
}

async function push(person: Person, { blobs, manifest }: Image, tag: string = manifest.digest): Promise<void> {
  const scopes = [`repository:${repository}:pull,push`];
  for (const blob of blobs)
    await person.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
  await putManifest(person, manifest, tag);
}

async function putManifest(person: Person, manifest: Content, reference: string): Promise<void> {
  const answer = await person.v2('PUT', `${repository}/manifests/${reference}`, [`repository:${repository}:pull,push`], {
    body: manifest.bytes,
    type: manifest.mediaType,
  });
  expect(answer.status).toBe(201);
}
