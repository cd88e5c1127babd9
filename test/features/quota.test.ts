/** How much a namespace may hold, against the real program: a push of more than fits says so and leaves no image. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolder } from '../clients/support/folder.ts';
import { tryRun } from '../clients/support/run.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';

setDefaultTimeout(60_000);

const server = await startServer({ flags: ['--repositories-quota', '1MB'] });
afterAll(() => server[Symbol.asyncDispose]());
const naru = (...words: string[]) => runNaru([...words, '--server', server.url]);
const usage = async (namespace: string) => (await (await fetch(`${server.url}/api/v1/namespaces/${namespace}/usage`)).json()) as object;

test('what fits comes in and is counted; what does not is refused, and its session with it', async () => {
  const client = createRegistryClient(server.url);
  const image = makeImage({ seed: 'small' });
  await client.pushImage('team/app', image, 'v1');
  await client.pushImage('team/copy', image, 'v1');
  const bytes = image.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
  expect(await usage('team')).toEqual({ namespace: 'team', bytes, repositories: 2, maxBytes: 1e6, isOwn: false });

  const big = new Uint8Array(1_000_001 - bytes);
  const digest = `sha256:${new Bun.CryptoHasher('sha256').update(big).digest('hex')}`;
  const begun = await fetch(`${server.url}/v2/team/app/blobs/uploads/`, { method: 'POST' });
  const session = new URL(begun.headers.get('location') ?? '', server.url);
  const url = new URL(session);
  url.searchParams.set('digest', digest);
  const refused = await fetch(url, { method: 'PUT', body: big });
  expect([refused.status, await refused.json()]).toMatchObject([
    403,
    { errors: [{ code: 'DENIED', message: 'quota exceeded: team may hold 1000000 bytes and would hold 1000001', detail: { usedBytes: bytes } }] },
  ]);
  expect((await fetch(session)).status).toBe(404);
  expect((await fetch(`${server.url}/v2/team/app/blobs/${digest}`)).status).toBe(404);
  expect((await fetch(`${server.url}/v2/team/app/blobs/uploads/?digest=${digest}`, { method: 'POST', body: big })).status).toBe(403);

  expect(await naru('admin', 'quota', 'set', 'team', '2MB')).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await fetch(`${server.url}/v2/team/app/blobs/uploads/?digest=${digest}`, { method: 'POST', body: big })).status).toBe(201);
  expect((await naru('admin', 'usage', 'ls')).stdout).toContain('team');
  expect((await naru('admin', 'quota', 'set', 'team', 'much')).stderr).toContain('maxBytes');
  expect(await naru('admin', 'quota', 'rm', 'team')).toMatchObject({ exitCode: 0 });
  expect(await usage('team')).toMatchObject({ bytes: 1_000_001, maxBytes: 1e6, isOwn: false });
});

test.if(needs('skopeo'))('skopeo prints why', async () => {
  await using folder = await createFolder();
  const source = join(folder.path, 'image');
  await mkdir(source);
  const image = makeImage({ seed: 'skopeo', bytes: 1_500_000 });
  await writeFile(join(source, 'version'), 'Directory Transport Version: 1.1\n');
  await writeFile(join(source, 'manifest.json'), image.manifest.bytes);
  for (const blob of image.blobs) await writeFile(join(source, blob.digest.replace('sha256:', '')), blob.bytes);
  const target = `docker://${new URL(server.url).host}/other/app:1`;
  const pushed = await tryRun(['skopeo', '--insecure-policy', 'copy', '--dest-tls-verify=false', `dir:${source}`, target]);
  expect(pushed.stderr).toContain('quota exceeded: other may hold 1000000 bytes and would hold');
  expect((await fetch(`${server.url}/v2/other/app/tags/list`)).status).toBe(404);
});
