/** Which image stands on which, over HTTP and the command line, against the real program. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { startWorld } from '../accounts/support/accounts.ts';
import { descriptorOf, type Image, jsonContent, makeImage, makeManifest, mediaTypes } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);

/** An image of its own on the layers of another. */
function onTopOf(base: Image, seed: string, annotations?: Readonly<Record<string, string>>): Image {
  const own = makeImage({ seed, layers: 1 });
  return makeManifest({ config: own.config, layers: [...base.layers, ...own.layers], ...(annotations && { annotations }) });
}

type Relative = { digest: string; layers: number; witness: string; places: { repository: string; tags: string[] }[] };
type Lineage = { digest: string; layers: number; base?: object; builtOn: Relative[]; usedBy: Relative[]; golden?: object[]; next?: number };

async function lineageOf(repository: string, reference: string, query = ''): Promise<Lineage[]> {
  const response = await fetch(`${server.url}/api/v1/repositories/${repository}/-/images/${reference}/lineage${query}`);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { images: Lineage[] }).images;
}

test('by layers: built on the nearest first, used by whoever has all of its layers below its own', async () => {
  const base = makeImage({ seed: 'base', layers: 2 });
  const middle = onTopOf(base, 'middle');
  const top = onTopOf(middle, 'top');
  // It says the same of itself, and has none of the layers.
  const pretender = makeImage({ seed: 'pretender', annotations: { 'org.opencontainers.image.base.name': 'golden/base:1' } });
  await client.pushImage('golden/base', base, '1');
  await client.pushImage('team/middle', middle, 'v1');
  await client.pushImage('team/top', top, 'v1');
  await client.pushImage('team/pretender', pretender, 'v1');
  const place = (repository: string, tag: string) => [{ repository, tags: [tag] }];
  const asBase = { digest: base.manifest.digest, layers: 2, witness: 'layers', places: place('golden/base', '1') };
  const asMiddle = { digest: middle.manifest.digest, layers: 3, witness: 'layers', places: place('team/middle', 'v1') };
  const asTop = { digest: top.manifest.digest, layers: 4, witness: 'layers', places: place('team/top', 'v1') };
  expect(await lineageOf('team/middle', 'v1')).toEqual([{ digest: middle.manifest.digest, layers: 3, builtOn: [asBase], usedBy: [asTop], golden: [] }]);
  expect((await lineageOf('team/top', 'v1'))[0]?.builtOn).toEqual([asMiddle, asBase]);
  expect((await lineageOf('golden/base', base.manifest.digest))[0]?.usedBy).toEqual([asMiddle, asTop]);
  const [first] = await lineageOf('golden/base', '1', '?limit=1');
  expect(first?.usedBy).toEqual([asMiddle]);
  expect((await lineageOf('golden/base', '1', `?limit=1&after=${first?.next}`))[0]?.usedBy).toEqual([asTop]);
  expect((await lineageOf('team/pretender', 'v1'))[0]).toMatchObject({ builtOn: [], base: { name: 'golden/base:1', confirmed: false } });
  const printed = await runNaru(['lineage', 'team/middle:v1', '--server', server.url]);
  expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(printed.stdout).toBe(
    [
      `${middle.manifest.digest} (3 layers)`,
      'built on:',
      `  golden/base:1@${base.manifest.digest}`,
      'used by:',
      `  team/top:v1@${top.manifest.digest}`,
      '',
    ].join('\n'),
  );
});

test('an annotation is a second witness: it confirms what the layers say, and is told apart where they do not', async () => {
  const base = makeImage({ seed: 'annotated base' });
  await client.pushImage('golden/annotated', base, '1');
  const says = { 'org.opencontainers.image.base.digest': base.manifest.digest, 'org.opencontainers.image.base.name': 'golden/annotated:1' };
  const honest = onTopOf(base, 'honest', says);
  const squashed = makeImage({ seed: 'squashed', annotations: says });
  const broken = makeImage({ seed: 'broken', annotations: { 'org.opencontainers.image.base.digest': 'sha256:none' } });
  for (const [name, image] of Object.entries({ honest, squashed, broken })) await client.pushImage(`team/${name}`, image, 'v1');
  expect((await lineageOf('team/honest', 'v1'))[0]).toMatchObject({ base: { confirmed: true }, builtOn: [{ witness: 'layers' }] });
  expect((await lineageOf('team/squashed', 'v1'))[0]).toMatchObject({
    base: { digest: base.manifest.digest, confirmed: false },
    builtOn: [{ digest: base.manifest.digest, witness: 'annotation' }],
  });
  expect((await lineageOf('team/broken', 'v1'))[0]).toMatchObject({ builtOn: [] });
  const used = (await lineageOf('golden/annotated', '1'))[0]?.usedBy.map(({ digest, witness }) => [digest, witness]);
  expect(used).toEqual([
    [honest.manifest.digest, 'layers'],
    [squashed.manifest.digest, 'annotation'],
  ]);
});

test('an index is its images, and what is no image has no lineage', async () => {
  const bases = ['amd64', 'arm64'].map((architecture) => makeImage({ seed: `index base ${architecture}`, architecture }));
  const tops = bases.map((base, at) => onTopOf(base, `index top ${at}`));
  const indexOf = (images: readonly Image[]) =>
    jsonContent(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests: images.map(({ manifest }) => descriptorOf(manifest)) });
  for (const [repository, images] of [
    ['golden/multi', bases],
    ['team/multi', tops],
  ] as const) {
    for (const image of images) await client.pushImage(repository, image);
    await client.pushManifest(repository, indexOf(images), 'v1');
  }
  const found = await lineageOf('team/multi', 'v1');
  const byDigest = new Map(found.map((image) => [image.digest, image.builtOn]));
  expect(tops.map(({ manifest }) => byDigest.get(manifest.digest)?.map(({ digest, places }) => [digest, places]))).toEqual(
    bases.map(({ manifest }) => [[manifest.digest, [{ repository: 'golden/multi', tags: ['v1'] }]]]),
  );
  const attestation = makeManifest({ config: jsonContent(mediaTypes.config, {}), layers: [jsonContent('application/vnd.in-toto+json', { a: 1 })] });
  await client.pushImage('team/multi', attestation, 'attestation');
  expect(await lineageOf('team/multi', 'attestation')).toEqual([]);
  for (const [path, status] of [
    ['team/multi/-/images/nothing/lineage', 404],
    [`team/multi/-/images/${bases[0]?.manifest.digest}/lineage`, 404],
    ['team/multi/-/images/v1/lineage?limit=0', 400],
  ] as const)
    expect([path, (await fetch(`${server.url}/api/v1/repositories/${path}`)).status]).toEqual([path, status]);
});

test('whoever may not pull an image does not find it as a base or a dependant', async () => {
  await using world = await startWorld();
  const [owner, outsider] = [await world.person('the-owner'), await world.person('the-outsider')];
  await owner.api('POST', '/organisations', { name: 'acme' });
  const base = makeImage({ seed: 'seen base' });
  const top = onTopOf(base, 'unseen top');
  for (const [repository, image] of [
    ['acme/base', base],
    ['acme/secret', top],
  ] as const) {
    const scopes = [`repository:${repository}:pull,push`];
    for (const blob of image.blobs)
      await owner.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
    const { status } = await owner.v2('PUT', `${repository}/manifests/v1`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
    expect(status).toBe(201);
  }
  await owner.api('PATCH', '/repositories/acme/secret', { visibility: 'private' });
  await owner.api('PATCH', '/repositories/acme/base', { visibility: 'public' });
  const used = async (person: typeof owner) =>
    ((await person.api('GET', '/repositories/acme/base/-/images/v1/lineage')).body as { images: Lineage[] }).images[0]?.usedBy.map(({ digest }) => digest);
  expect([await used(owner), await used(outsider)]).toEqual([[top.manifest.digest], []]);
});
