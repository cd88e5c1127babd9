/** Tags and images over /api/v1, as pages and scripts read and change them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { type Content, contentOf, type Image, jsonContent, makeImage, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';

setDefaultTimeout(30_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);
const app = 'team/deep/app';

type Json = Readonly<Record<string, unknown>>;
async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${server.url}/api/v1${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}
const at = (path: string) => `/repositories/${app}${path}`;
const itemsOf = ({ body }: { body: Json }) => body['items'] as Json[];
const sizeOf = (...parts: readonly Content[]) => parts.reduce((sum, { bytes }) => sum + bytes.length, 0);

const one = makeImage({ seed: 'one', layers: 2 });
const two = makeImage({ seed: 'two', architecture: 'arm64' });
const built = withHistory();
const index = jsonContent(mediaTypes.index, {
  schemaVersion: 2,
  mediaType: mediaTypes.index,
  manifests: [
    { ...descriptorOf(one.manifest), platform: { os: 'linux', architecture: 'amd64' } },
    { ...descriptorOf(two.manifest), platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    { ...descriptorOf(built.manifest), platform: { os: 'unknown', architecture: 'unknown' } },
  ],
});
const signature = makeManifest({
  config: contentOf(Buffer.from('{}'), mediaTypes.empty),
  layers: [],
  artifactType: 'application/x-signature',
  subject: one.manifest,
});

beforeAll(async () => {
  await client.pushImage(app, one, '1.0');
  await client.pushImage(app, two, 'latest');
  await client.pushImage(app, built, 'built');
  await client.pushManifest(app, index, 'multi');
  await client.pushImage(app, signature);
});

describe('reading', () => {
  test('a repository with names of three parts, and what it holds', async () => {
    const { status, body } = await ask('GET', at(''));
    const blobs = new Map([one, two, built, signature].flatMap((image) => image.blobs).map((blob) => [blob.digest, blob]));
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: app, visibility: 'public', tags: 4, sizeBytes: sizeOf(...blobs.values()) });
    expect(Number(body['taggedAt'])).toBeGreaterThanOrEqual(Number(body['createdAt']));
    expect(itemsOf(await ask('GET', '/repositories'))).toEqual([{ name: app, visibility: 'public' }]);
  });

  test('tags with digest, platforms and the size of a pull', async () => {
    const found = itemsOf(await ask('GET', at('/-/tags'))).map(({ movedAt: _at, ...entry }) => entry);
    const whole = (image: Image) => sizeOf(image.manifest, ...image.blobs);
    const common = { movedBy: 'anonymous', pulls: 0, mediaType: mediaTypes.manifest, artifactType: mediaTypes.config };
    expect(found).toEqual([
      { tag: '1.0', digest: one.manifest.digest, ...common, sizeBytes: whole(one), platforms: ['linux/amd64'] },
      { tag: 'built', digest: built.manifest.digest, ...common, sizeBytes: whole(built), platforms: ['linux/amd64'] },
      { tag: 'latest', digest: two.manifest.digest, ...common, sizeBytes: whole(two), platforms: ['linux/arm64'] },
      {
        tag: 'multi',
        digest: index.digest,
        movedBy: 'anonymous',
        pulls: 0,
        mediaType: mediaTypes.index,
        sizeBytes: sizeOf(index) + whole(one) + whole(two) + whole(built),
        platforms: ['linux/amd64', 'linux/arm64'],
      },
    ]);
    const first = await ask('GET', at('/-/tags?limit=3'));
    expect([itemsOf(first).length, first.body['next']]).toEqual([3, 'latest']);
    expect(itemsOf(await ask('GET', at('/-/tags?limit=3&after=latest'))).map(({ tag }) => tag)).toEqual(['multi']);
    expect((await ask('GET', at('/-/tags/latest'))).body).toMatchObject({ tag: 'latest', digest: two.manifest.digest });
  });

  test('an image by tag and by digest, each layer with the step that made it', async () => {
    const byTag = await ask('GET', at('/-/images/built'));
    expect(byTag).toEqual(await ask('GET', at(`/-/images/${built.manifest.digest}`)));
    const layer = { digest: built.layers[0]?.digest, mediaType: mediaTypes.layer, sizeBytes: built.layers[0]?.bytes.length };
    expect(byTag.body).toMatchObject({
      kind: 'image',
      tags: ['built'],
      platforms: ['linux/amd64'],
      config: { platform: 'linux/amd64', user: 'web', entrypoint: ['/app'], command: ['--port', '80'], ports: ['80/tcp'], labels: { good: 'yes' } },
      layers: [layer],
      steps: [{ createdBy: 'ENV A=b' }, { createdBy: 'COPY . /', layer }],
    });
    expect((await ask('GET', at('/-/images/1.0'))).body).toMatchObject({ steps: [], layers: [{}, {}] });
  });

  test('an index shows its platforms, and an artifact has no configuration', async () => {
    const members = (await ask('GET', at('/-/images/multi'))).body['manifests'] as Json[];
    expect(members.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64', undefined]);
    const artifact = (await ask('GET', at(`/-/images/${signature.manifest.digest}`))).body;
    expect([artifact['config'], artifact['artifactType'], artifact['subject'], artifact['platforms']]).toEqual([
      undefined,
      'application/x-signature',
      one.manifest.digest,
      [],
    ]);
  });

  test('what refers to an image', async () => {
    const sizeBytes = signature.manifest.bytes.length;
    const described = { digest: signature.manifest.digest, mediaType: mediaTypes.manifest, artifactType: 'application/x-signature' };
    const expected = [{ ...described, sizeBytes, generated: false }];
    expect(itemsOf(await ask('GET', at('/-/images/1.0/referrers')))).toEqual(expected);
    expect(itemsOf(await ask('GET', at('/-/images/1.0/referrers?artifactType=application/x-other')))).toEqual([]);
    expect(itemsOf(await ask('GET', at('/-/images/latest/referrers')))).toEqual([]);
  });

  test('who watches is told cheaply that nothing has changed, and what has', async () => {
    const address = `${server.url}/api/v1/repositories/watched/-/tags`;
    await client.pushImage('watched', one, 'a');
    const etag = (await fetch(address)).headers.get('etag') ?? '';
    const again = () => fetch(address, { headers: { 'if-none-match': etag } });
    expect([(await again()).status, await (await again()).text()]).toEqual([304, '']);
    await client.pushManifest('watched', one.manifest, 'b');
    const changed = await again();
    expect([changed.status, ((await changed.json()) as { items: Json[] }).items.map(({ tag }) => tag)]).toEqual([200, ['a', 'b']]);
  });

  test.each([
    ['/repositories/nowhere', 404, 'NAME_UNKNOWN'],
    ['/repositories/nowhere/-/tags', 404, 'NAME_UNKNOWN'],
    [at('/-/tags/nothing'), 404, 'MANIFEST_UNKNOWN'],
    [at('/-/tags/-bad'), 400, 'TAG_INVALID'],
    [at('/-/images/sha256:00'), 400, 'DIGEST_INVALID'],
    [at(`/-/images/sha256:${'0'.repeat(64)}`), 404, 'MANIFEST_UNKNOWN'],
    [at('/-/tags?limit=1001'), 400, 'REQUEST_INVALID'],
    [at('/-/images/1.0/referrers?after=x'), 400, 'REQUEST_INVALID'],
  ])('%s is refused clearly', async (path, status, code) => {
    const answer = await ask('GET', path);
    expect([answer.status, (answer.body['errors'] as Json[])[0]?.['code']]).toEqual([status, code]);
  });
});

describe('changing', () => {
  test('deleted tags are put back by the answer to their deletion', async () => {
    for (const tag of ['x', 'y']) await client.pushManifest(app, one.manifest, tag);
    const { status, body } = await ask('POST', at('/-/delete-tags'), { tags: ['x', 'never', 'y'] });
    const expected = ['x', 'y'].map((tag) => ({ tag, digest: one.manifest.digest, expected: null }));
    expect([status, body]).toEqual([200, { deleted: expected }]);
    expect(await client.listTags(app)).not.toContain('x');
    expect((await ask('POST', at('/-/place-tags'), { tags: body['deleted'] })).status).toBe(204);
    expect((await client.pullManifest(app, 'y'))?.digest).toBe(one.manifest.digest);
    // Once more, and somebody has pushed meanwhile: theirs stays.
    expect((await ask('POST', at('/-/place-tags'), { tags: body['deleted'] })).status).toBe(412);
  });

  test('a tag goes back to where its history says that it was, unless it moved meanwhile', async () => {
    for (const image of [one, two]) await client.pushManifest(app, image.manifest, 'moving');
    const history = () => ask('GET', at('/-/tags/moving/history'));
    const [now, before] = itemsOf(await history());
    expect([now?.['digest'], now?.['previous'], before?.['digest']]).toEqual([two.manifest.digest, one.manifest.digest, one.manifest.digest]);
    const restore = { tag: 'moving', digest: before?.['digest'], expected: now?.['digest'] };
    expect((await ask('POST', at('/-/place-tags'), { tags: [restore] })).status).toBe(204);
    expect((await client.pullManifest(app, 'moving'))?.digest).toBe(one.manifest.digest);
    expect(itemsOf(await history())).toHaveLength(3);
    expect((await ask('POST', at('/-/place-tags'), { tags: [restore] })).status).toBe(412);
    const absent = { tag: 'moving', digest: `sha256:${'0'.repeat(64)}` };
    expect((await ask('POST', at('/-/place-tags'), { tags: [absent] })).status).toBe(404);
    expect(itemsOf(await history())).toHaveLength(3);
  });

  test.each([[{}], [{ tags: [] }], [{ tags: ['a b'] }], [{ tags: Array.from({ length: 101 }, (_, n) => `t${n}`) }], [[]]])('%p is refused', async (body) => {
    expect((await ask('POST', at('/-/delete-tags'), body)).status).toBe(400);
  });
});

describe('rights', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('a grant for some tags moves those, all or none', async () => {
    const [owner, helper] = [await world.person('olga'), await world.person('hana')];
    const { digest } = await pushImage(owner, 'olga/app', 'v1');
    await owner.api('POST', '/namespaces/olga/grants', { subject: { kind: 'user', name: 'hana' }, actions: ['tag:move'], conditions: { tags: ['dev-*'] } });
    const place = (...tags: string[]) => helper.api('POST', '/repositories/olga/app/-/place-tags', { tags: tags.map((tag) => ({ tag, digest })) });
    const listed = async () => ((await owner.api('GET', '/repositories/olga/app/-/tags')).body['items'] as Json[]).map(({ tag }) => tag);
    expect((await place('dev-1', 'v2')).status).toBe(403);
    expect(await listed()).toEqual(['v1']);
    expect((await place('dev-1')).status).toBe(204);
    expect(await listed()).toEqual(['dev-1', 'v1']);
    const erase = async (who: Person, name: string) => (await who.api('POST', '/repositories/olga/app/-/delete-tags', { tags: [name] })).status;
    expect([await erase(helper, 'dev-1'), await erase(world.anonymous, 'dev-1')]).toEqual([403, 401]);
    await owner.api('POST', '/namespaces/olga/grants', { subject: { kind: 'user', name: 'hana' }, actions: ['delete'], conditions: { tags: ['dev-*'] } });
    expect([await erase(helper, 'v1'), await erase(helper, 'dev-1')]).toEqual([403, 200]);
    expect(await listed()).toEqual(['v1']);
  });
});

function descriptorOf({ mediaType, digest, bytes }: Content): Json {
  return { mediaType, digest, size: bytes.length };
}

/** With the history of a build, and labels that mean no good: what is no text is left out. */
function withHistory(): Image {
  const { layers } = makeImage({ seed: 'built' });
  const config = jsonContent(mediaTypes.config, {
    architecture: 'x86_64',
    os: 'linux',
    config: {
      User: 'web',
      Entrypoint: ['/app'],
      Cmd: ['--port', '80'],
      ExposedPorts: { '80/tcp': {} },
      Env: 'no list',
      Labels: { good: 'yes', bad: { toString: 1 } },
    },
    history: [{ created_by: 'ENV A=b', empty_layer: true }, 'no entry', { created_by: 'COPY . /' }],
  });
  return makeManifest({ config, layers });
}
