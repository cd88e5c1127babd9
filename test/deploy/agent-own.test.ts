/** Deployments where there is no engine: the agent runs containers by `naru run`, and people are answered all the time. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld } from '../accounts/support/accounts.ts';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { tryRun } from '../clients/support/run.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type AgentProcess, startAgent } from './support/agent-process.ts';
import { environmentsAt } from './support/environments.ts';
import { makeWebImage } from './support/web-image.ts';

setDefaultTimeout(120_000);

const repository = 'gallery/own';
const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'agent-own.test.ts');

describe.if(isRoot && needs('runc', 'conmon', 'slirp4netns', 'busybox'))('an agent without an engine', () => {
  let folder: Folder;
  let server: TestServer;
  let naru: Naru;
  let agent: AgentProcess;
  let port: number;
  beforeAll(async () => {
    [folder, server, port] = await Promise.all([createFolder(), startServer(), freePort()]);
    naru = naruOn(join(folder.path, 'store'));
    await push('seed', 'seed');
    await api('PUT', '/test', { follows: { kind: 'tags', pattern: 'v*' } });
  });
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await tryRun(['pkill', '-f', `agent-forward ${folder.path}`]);
    for (const id of (await naru.ok(['ps', '-aq'])).split('\n').filter(Boolean)) await naru.ok(['rm', '-f', id]);
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const api: ReturnType<typeof environmentsAt> = (...asked) => environmentsAt(server.url, repository)(...asked);

  const start = () =>
    startAgent(
      // prettier-ignore
      ['--server', server.url, '--repository', repository, '--env', 'test', '--target', 'here', '--own', '--state', join(folder.path, 'state'),
        '-p', `127.0.0.1:${port}:80`, '--health-http', '/', '--health-timeout', '10', '--settle', '1', '--drain', '1'],
      { NARU_DATA_ROOT: naru.root },
    );

  const push = async (version: string, tag: string, options: Parameters<typeof makeWebImage>[1] = {}) =>
    createRegistryClient(server.url).pushImage(repository, await makeWebImage(version, options), tag);

  async function page(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
    return (await response.text()).trim();
  }

  async function until<Value>(what: () => Promise<Value>, isWanted: (value: Value) => boolean): Promise<void> {
    const endsAt = Date.now() + 60_000;
    for (;;) {
      const value = await what().catch((error: unknown) => error as Value);
      if (isWanted(value)) return;
      if (Date.now() > endsAt) throw new Error(`${JSON.stringify(value)} after a minute; the agent said:\n${agent.output.text}`);
      await sleep(50);
    }
  }
  const pageIs = (wanted: string) => until(page, (text) => text === wanted);
  const newestIs = (state: string, tag: string) =>
    until(
      async () => ((await api('GET', '/test/releases'))['items'] as { state: string; tag: string; message?: string }[])[0],
      (newest) => newest?.state === state && newest.tag === tag,
    );

  test('serves what was pushed, goes on when the agent is killed, and leaves alone what does not come up', async () => {
    agent = start();
    await push('one', 'v1');
    await pageIs('one');
    await newestIs('running', 'v1');

    await agent.kill();
    expect(await page()).toBe('one');
    await push('two', 'v2');
    let isAnswered = true;
    const watched = new AbortController();
    const watching = (async () => {
      while (!watched.signal.aborted) {
        isAnswered &&= ['one', 'two'].includes(await page().catch(String));
        await sleep(20);
      }
    })();
    agent = start();
    await pageIs('two');
    await newestIs('running', 'v2');

    await push('broken', 'v3', { broken: true });
    await newestIs('failed', 'v3');
    await push('dead', 'v4', { dies: true });
    await newestIs('failed', 'v4');
    watched.abort();
    await watching;
    expect({ isAnswered, page: await page() }).toEqual({ isAnswered: true, page: 'two' });
    // What failed and what was replaced is gone.
    await until(
      async () => (await naru.ok(['ps', '-a', '--format', '{{.State}} {{.Labels}}'])).split('\n').filter(Boolean),
      ([only, ...more]) => more.length === 0 && only?.startsWith('running') === true && only.includes('dev.naru.release=2'),
    );
  });

  test('pulls from a private repository with the account that it was given', async () => {
    await using world = await startWorld();
    const owner = await world.person('olli');
    await owner.api('POST', '/namespaces/olli/robots', { name: 'deploy' });
    await owner.api('POST', '/namespaces/olli/grants', { subject: { kind: 'robot', name: 'deploy' }, role: 'read' });
    const { secret } = (await owner.api('POST', '/namespaces/olli/robots/deploy/tokens', { name: 'x' })).body;
    await owner.api('PUT', '/repositories/olli/app', { visibility: 'private' });
    const image = await makeWebImage('private');
    const scopes = ['repository:olli/app:pull,push'];
    for (const blob of image.blobs)
      await owner.v2('POST', `olli/app/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
    expect((await owner.v2('PUT', 'olli/app/manifests/v1', scopes, { body: image.manifest.bytes, type: image.manifest.mediaType })).status).toBe(201);
    const at = '/repositories/olli/app/-/environments/test';
    await owner.api('PUT', at, { agents: ['olli+deploy'] });
    await owner.api('POST', `${at}/releases`, { tag: 'v1' });
    const privatePort = await freePort();
    await using own = startAgent(
      // prettier-ignore
      ['--server', world.server.url, '--user', 'olli+deploy', '--repository', 'olli/app', '--env', 'test', '--target', 'here', '--own', '--state', join(folder.path, 'state'),
        '-p', `127.0.0.1:${privatePort}:80`, '--health-tcp', '--settle', '0', '--drain', '0'],
      { NARU_DATA_ROOT: naru.root, NARU_TOKEN: String(secret) },
    );
    await until(
      async () => ((await owner.api('GET', `${at}/releases`)).body['items'] as { state: string; message?: string }[])[0],
      (newest) => newest?.state !== 'pending',
    );
    expect([(await owner.api('GET', `${at}/releases`)).body['items'], own.output.text]).toMatchObject([[{ state: 'running' }], expect.any(String)]);
    expect(await (await fetch(`http://127.0.0.1:${privatePort}/`, { headers: { connection: 'close' } })).text()).toBe('private\n');
  });

  test('one of the targets, and no more', async () => {
    const other = startAgent(['--server', server.url, '--repository', repository, '--env', 'test', '--own', '--engine', '/x', '--state', folder.path]);
    await until(
      async () => other.output.text,
      (text) => text.includes('give one of --own, --engine, --command and --kubernetes'),
    );
    expect(await other.stop()).toBe(2);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => {
      const address = listening.address();
      listening.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
