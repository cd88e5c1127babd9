/** Every kind of event that the documentation promises is really told, to whoever may pull and to nobody else. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { osv } from '../advisories/files.ts';
import type { Json } from '../gate/fixture.ts';
import { contentOf, digestOf, type Image, jsonContent, makeImage, makeManifest, mediaTypes } from '../support/image.ts';
import { runNaru } from '../support/server.ts';
import { makeTar } from '../support/tar.ts';

setDefaultTimeout(120_000);

let world: World;
let owner: Person;
let files = '';
beforeAll(async () => {
  world = await startWorld();
  owner = await world.person('olli');
  files = await mkdtemp(join(tmpdir(), 'naru-kinds-'));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

/** All that somebody is told from the first event on. */
function listen(person: Person): { readonly seen: Json[]; stop(): void } {
  const stop = new AbortController();
  const seen: Json[] = [];
  void (async () => {
    const headers = person.basic === '' ? {} : { authorization: person.basic };
    const response = await fetch(`${world.server.url}/api/v1/events?after=0`, { headers, signal: stop.signal });
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: {"id"')) seen.push(JSON.parse(line.slice('data: '.length)) as Json);
    }
  })().catch(() => undefined); // it was stopped
  return { seen, stop: () => stop.abort() };
}

async function comes(seen: readonly Json[], kind: string, wanted: Json = {}): Promise<void> {
  for (const until = Date.now() + 60_000; ;) {
    const found = seen.find((event) => event['kind'] === kind && Object.entries(wanted).every(([name, value]) => event[name] === value));
    if (found !== undefined) return;
    if (Date.now() > until) throw new Error(`no ${kind} ${JSON.stringify(wanted)} in ${JSON.stringify(seen.map((event) => event['kind']))}`);
    await Bun.sleep(50);
  }
}

async function push(repository: string, image: Image, tag: string): Promise<number> {
  const scopes = [`repository:${repository}:pull,push`];
  for (const blob of image.blobs) {
    const answer = await owner.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
    if (answer.status !== 201) return answer.status;
  }
  return (await owner.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType })).status;
}

function vulnerable(): Image {
  const tar = makeTar([{ name: 'app/node_modules/left-pad/package.json', content: '{"name":"left-pad","version":"1.3.0"}' }]);
  const layer = contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar');
  const config = jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } });
  return makeManifest({ config, layers: [layer] });
}

test('pushed, pulled, deleted, moved, created, checked, blocked, deployed, out of room, base updated: told to whoever may pull, and to nobody else', async () => {
  await owner.api('POST', '/organisations', { name: 'quiet' });
  await owner.api('POST', '/namespaces/quiet/robots', { name: 'agent' });
  await owner.api('POST', '/namespaces/quiet/grants', { subject: { kind: 'robot', name: 'agent' }, role: 'read' });
  const token = (await owner.api('POST', '/namespaces/quiet/robots/agent/tokens', { name: 'x' })).body['secret'];
  const agent = world.as('quiet+agent', String(token));
  const repository = 'quiet/app';
  const at = (path: string) => `/repositories/${repository}/-${path}`;
  for (const name of ['app', 'base']) await owner.api('PUT', `/repositories/quiet/${name}`, { visibility: 'private' });
  const [mine, other, nobody] = [listen(owner), listen(await world.person('otto')), listen(world.anonymous)];
  const seen = mine.seen;
  await comes(seen, 'repository.created', { repository });

  const path = join(files, 'a.json');
  const affected = [{ package: { ecosystem: 'npm', name: 'left-pad' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.1' }] }] }];
  await writeFile(path, osv('GHSA-1', { affected, modified: '2026-03-01T00:00:00Z' }));
  expect(await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', world.server.data])).toMatchObject({ exitCode: 0 });

  const image = vulnerable();
  const { digest } = image.manifest;
  expect(await push(repository, image, 'v1')).toBe(201);
  await comes(seen, 'blob.pushed', { repository });
  await comes(seen, 'manifest.pushed', { repository, digest });
  await comes(seen, 'tag.moved', { repository, tag: 'v1', digest, actor: 'olli' });
  // Nobody demands a check, and whoever waits for one is told.
  await comes(seen, 'image.checked', { repository, digest });
  expect((await owner.v2('GET', `${repository}/manifests/v1`, [`repository:${repository}:pull`])).status).toBe(200);
  await comes(seen, 'repository.pulled', { repository });

  await owner.api('PUT', at('/policy'), { block: [{ severity: 'high' }] });
  await comes(seen, 'image.blocked', { repository, digest });
  await owner.api('DELETE', at('/policy'));

  await owner.api('PUT', at('/environments/test'), { follows: { kind: 'tags', pattern: 'd*' }, agents: [agent.name] });
  const hear = async () => {
    for (;;) {
      const { body } = await agent.api('GET', at('/environments/test/wishes?target=web&agent=agent-0001&waitMs=200'));
      const [wish] = body['wishes'] as Json[];
      if (wish !== undefined) return wish;
    }
  };
  const say = (wish: Json, state: string) =>
    agent.api('POST', at('/environments/test/reports'), { target: 'web', agent: 'agent-0001', instance: '', release: wish['release'], state });
  await pushImage(owner, repository, 'd1');
  await comes(seen, 'deploy.requested', { repository, tag: 'd1', environment: 'test' });
  await say(await hear(), 'running');
  await comes(seen, 'deploy.running', { repository, tag: 'd1' });

  const base = makeImage({ seed: 'kinds base' });
  expect(await push('quiet/base', base, '1')).toBe(201);
  expect((await owner.api('POST', '/namespaces/quiet/golden-images', { repository: 'quiet/base', tags: '1', reason: 'x' })).status).toBe(201);
  const own = makeImage({ seed: 'kinds own' });
  expect(await push(repository, makeManifest({ config: own.config, layers: [...base.layers, ...own.layers] }), 'built')).toBe(201);
  expect(await push('quiet/base', makeImage({ seed: 'kinds next base' }), '1')).toBe(201);
  await comes(seen, 'base.updated', { repository, tag: 'built', from: 'quiet/base' });

  await owner.api('POST', at('/delete-tags'), { tags: ['built'] });
  await comes(seen, 'tag.deleted', { repository, tag: 'built' });
  await owner.v2('DELETE', `${repository}/manifests/${digest}`, [`repository:${repository}:delete`]);
  await comes(seen, 'manifest.deleted', { repository, digest });

  expect((await world.admin.api('PUT', '/namespaces/quiet/quota', { maxBytes: 1 })).status).toBeLessThan(300);
  expect(await push(repository, makeImage({ seed: 'too much' }), 'big')).toBe(403);
  await comes(seen, 'quota.reached', { repository });

  await owner.api('POST', at('/rename'), { to: 'quiet/renamed' });
  await comes(seen, 'repository.renamed', { repository: 'quiet/renamed', from: repository });
  await owner.api('DELETE', '/repositories/quiet/renamed/-/environments/test');
  expect(await owner.api('DELETE', '/repositories/quiet/renamed')).toMatchObject({ status: 204 });
  await comes(seen, 'repository.deleted', { repository: 'quiet/renamed' });

  for (const outsider of [other, nobody]) expect(outsider.seen.filter((event) => String(event['repository']).startsWith('quiet/'))).toEqual([]);
  for (const listener of [mine, other, nobody]) listener.stop();
});
