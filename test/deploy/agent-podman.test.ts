/** Deployments with a real Podman behind its Docker-compatible socket, from a private repository: what is pushed is served, and what does not come up is not. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { type ContainersTools, createContainersTools } from '../clients/support/containers-tools.ts';
import { tryRun } from '../clients/support/run.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { type AgentProcess, startAgent } from './support/agent-process.ts';
import { makeWebImage } from './support/web-image.ts';

setDefaultTimeout(180_000);

type Release = { readonly tag?: string; readonly state: string; readonly message?: string };

const repository = 'pia/podman';
const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers with networks need root', 'agent-podman.test.ts');

describe.if(isRoot && needs('podman', 'runc', 'busybox'))('an agent with podman', () => {
  let world: World;
  let owner: Person;
  let tools: ContainersTools;
  let service: ChildProcess;
  let agent: AgentProcess;
  let port: number;
  beforeAll(async () => {
    world = await startWorld();
    owner = await world.person('pia');
    await owner.api('POST', '/namespaces/pia/robots', { name: 'deploy' });
    await owner.api('POST', '/namespaces/pia/grants', { subject: { kind: 'robot', name: 'deploy' }, role: 'read' });
    const { secret } = (await owner.api('POST', '/namespaces/pia/robots/deploy/tokens', { name: 'x' })).body;
    await owner.api('PUT', `/repositories/${repository}`, { visibility: 'private' });
    tools = await createContainersTools(`127.0.0.1:${world.server.port}`);
    const socket = join(tools.folder, 'podman.sock');
    service = tools.start('podman', ['system', 'service', '--time', '0', `unix://${socket}`]);
    while (!existsSync(socket)) await sleep(50);
    port = await freePort();
    await push('seed', 'seed');
    await api('PUT', '/test', { follows: { kind: 'tags', pattern: 'v*' }, agents: ['pia+deploy'] });
    agent = startAgent(
      // prettier-ignore
      ['--server', world.server.url, '--user', 'pia+deploy', '--repository', repository, '--env', 'test', '--target', 'here', '--engine', socket,
        '--state', join(tools.folder, 'state'), '-p', `127.0.0.1:${port}:80`, '--health-command', 'test -e /bin/httpd', '--health-timeout', '10', '--settle', '1', '--drain', '1'],
      { NARU_TOKEN: String(secret) },
    );
  });
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await tryRun(['pkill', '-f', `agent-forward ${tools.folder}`]);
    await tools.tryRun('podman', ['rm', '--all', '--force', '--time', '0']);
    service?.kill('SIGTERM');
    await tools[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  async function push(version: string, tag: string, options: Parameters<typeof makeWebImage>[1] = {}): Promise<void> {
    const image = await makeWebImage(version, options);
    const scopes = [`repository:${repository}:pull,push`];
    for (const blob of image.blobs)
      await owner.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, { body: blob.bytes, type: 'application/octet-stream' });
    const pushed = await owner.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
    expect(pushed.status).toBe(201);
  }

  async function api(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const answer = await owner.api(method, `/repositories/${repository}/-/environments${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  }

  async function settled(tag: string, state: string): Promise<Release> {
    for (const endsAt = Date.now() + 90_000; ; await sleep(100)) {
      const [newest] = (await api('GET', '/test/releases'))['items'] as Release[];
      if (newest?.tag === tag && newest.state === state) return newest;
      if (Date.now() > endsAt) throw new Error(`${JSON.stringify(newest)} in the end; the agent said:\n${agent.output.text}`);
    }
  }

  async function page(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
    return (await response.text()).trim();
  }

  test('serves what was pushed, switches, and leaves alone what does not come up', async () => {
    await push('one', 'v1');
    await settled('v1', 'running');
    expect(await page()).toBe('one');
    await push('two', 'v2');
    await settled('v2', 'running');
    expect(await page()).toBe('two');
    await push('dead', 'v3', { dies: true });
    expect((await settled('v3', 'failed')).message).toMatch(/^here: it ended/);
    expect(await page()).toBe('two');
    // Of those that went nothing is left.
    const left = async () => (await tools.run('podman', ['ps', '--all', '--format', '{{.Names}}'])).split('\n').filter(Boolean);
    for (const endsAt = Date.now() + 60_000; (await left()).length !== 1 && Date.now() < endsAt;) await sleep(200);
    expect(await left()).toHaveLength(1);
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
