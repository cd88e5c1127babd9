/** What stands on a repository's page: README, what images say of themselves, badges. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { contentOf, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';

setDefaultTimeout(30_000);

let world: World;
let kim: Person;
beforeAll(async () => {
  world = await startWorld();
  kim = await world.person('kim');
  await pushImage(kim, 'kim/app', '1');
});
afterAll(() => world[Symbol.asyncDispose]());

const page = '/api/v1/repositories/kim/app/-/readme';
async function put(text: string, ifMatch?: string): Promise<Response> {
  const headers = { authorization: kim.basic, ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
  return fetch(`${world.server.url}${page}`, { method: 'PUT', headers, body: JSON.stringify({ text }) });
}

test('two people who edit the README: the second is told, and nothing is lost', async () => {
  const read = await fetch(`${world.server.url}${page}`);
  expect(await read.json()).toEqual({ text: '', origin: 'none' });
  const etag = read.headers.get('etag') ?? '';
  const first = await put('# Kim’s', etag);
  expect([first.status, (await first.json()) as unknown]).toEqual([
    200,
    { text: '# Kim’s', origin: 'edited', changedAt: expect.any(Number), changedBy: 'kim' },
  ]);
  expect((await put('# Lee’s', etag)).status).toBe(412);
  const again = await fetch(`${world.server.url}${page}`);
  expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(((await again.json()) as { text: string }).text).toBe('# Kim’s');
  expect((await put('', again.headers.get('etag') ?? '')).status).toBe(200);
  expect((await put('x'.repeat(50_001))).status).toBe(400);
});

test('what the newest image says, its platforms in the filters of a search, and its README', async () => {
  const labels = {
    'org.opencontainers.image.source': 'https://example.org/kim/app',
    'org.opencontainers.image.licenses': 'MIT',
    'org.opencontainers.image.description': '배를 띄웁니다',
    'io.naru.image.readme': '# From the label',
  };
  const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'riscv64', config: { Labels: labels }, rootfs: { type: 'layers', diff_ids: [] } });
  const image = makeManifest({ config, layers: [contentOf(Buffer.from('layer'), mediaTypes.layer)] });
  const scopes = ['repository:kim/app:pull,push'];
  for (const blob of image.blobs)
    await kim.v2('POST', `kim/app/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
  expect((await kim.v2('PUT', 'kim/app/manifests/2', scopes, { body: image.manifest.bytes, type: image.manifest.mediaType })).status).toBe(201);
  const found = async () => (await kim.api('GET', '/search?platform=linux/riscv64')).body['items'] as unknown[];
  while ((await found()).length === 0) await fetch(`${world.server.url}/healthz`); // a job does it, a moment after the push
  expect(await found()).toMatchObject([{ name: 'kim/app', description: '배를 띄웁니다' }]);
  expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({
    sourceUrl: 'https://example.org/kim/app',
    licenses: 'MIT',
    description: '배를 띄웁니다',
  });
  expect((await kim.api('GET', '/repositories/kim/app/-/readme')).body).toMatchObject({ text: '# From the label', origin: 'image' });
});

test('a badge: asked for, granted, shown to docker, taken back', async () => {
  const official = async () => {
    const { results } = (await (await fetch(`${world.server.url}/v1/search?q=kim/app`)).json()) as { results: { is_official: boolean }[] };
    return results[0]?.is_official;
  };
  const asked = await kim.api('POST', '/repositories/kim/app/-/badge-requests', { note: 'we build it' });
  expect(asked).toMatchObject({ status: 201, body: { badge: 'official', subject: 'kim/app', state: 'applied', note: 'we build it', appliedBy: 'kim' } });
  expect((await kim.api('POST', '/repositories/kim/app/-/badge-requests', {})).status).toBe(409);
  const decision = `/badge-requests/${String(asked.body['id'])}/decision`;
  expect((await kim.api('POST', decision, { decision: 'grant' })).status).toBe(403);
  expect((await world.admin.api('GET', '/badge-requests')).body).toMatchObject({ items: [{ subject: 'kim/app' }] });
  expect((await world.admin.api('POST', decision, { decision: 'revoke' })).status).toBe(409);
  expect((await world.admin.api('POST', decision, { decision: 'grant', reason: 'so it is' })).body).toMatchObject({ state: 'granted', decidedBy: 'chief' });
  expect(await official()).toBe(true);
  expect((await world.admin.api('POST', decision, { decision: 'revoke', reason: 'no more' })).body).toMatchObject({ state: 'revoked' });
  expect(await official()).toBe(false);

  const verified = await kim.api('POST', '/namespaces/kim/badge-requests', {});
  await world.admin.api('POST', `/badge-requests/${String(verified.body['id'])}/decision`, { decision: 'grant' });
  expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({ verified: true, official: false });
  expect((await kim.api('GET', '/namespaces/kim/badge-requests')).body).toMatchObject({ items: [{ badge: 'verified', state: 'granted' }] });
});
