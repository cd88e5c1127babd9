/** The real agent with targets that are no engine: a command, and a Deployment of Kubernetes. Killed at each step, and two of them for one target. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryRun } from '../clients/support/run.ts';
import { makeImage } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type AgentProcess, startAgent } from './support/agent-process.ts';
import { environmentsAt } from './support/environments.ts';
import { startCluster } from './support/kubernetes-cluster.ts';

setDefaultTimeout(180_000);

type Release = { readonly tag?: string; readonly state: string; readonly digest: string; readonly message?: string };

const repository = 'shop/ui';
let server: TestServer;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let pages: Server;
const agents: AgentProcess[] = [];

beforeAll(async () => {
  [server, folder] = await Promise.all([startServer(), temporaryFolder('naru-targets-')]);
  await push('seed');
  await writeFile(join(folder.path, 'current'), 'nothing\n');
  await writeFile(join(folder.path, 'log'), '');
  // What the command brings to a version: people are answered by what the file says.
  pages = createServer((_, response) => void readFile(join(folder.path, 'current'), 'utf8').then((text) => response.end(text)));
  await new Promise<void>((resolve) => {
    pages.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(async () => {
  for (const agent of agents) await agent[Symbol.asyncDispose]();
  await tryRun(['pkill', '-f', `agent-forward ${folder.path}`]);
  pages.close();
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function push(tag: string): Promise<string> {
  const image = makeImage({ seed: `target ${tag}` });
  await createRegistryClient(server.url).pushImage(repository, image, tag);
  return image.manifest.digest;
}

const api: ReturnType<typeof environmentsAt> = (...asked) => environmentsAt(server.url, repository)(...asked);

async function until<Value>(what: () => Value | Promise<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  for (const endsAt = Date.now() + 60_000; ;) {
    const value = await what();
    if (isWanted(value)) return value;
    if (Date.now() > endsAt)
      throw new Error(`${JSON.stringify(value)} after a minute; the agents said:\n${agents.map(({ output }) => output.text).join('\n')}`);
    await sleep(20);
  }
}

const newest = async (environment: string) => ((await api('GET', `/${environment}/releases`))['items'] as Release[])[0];
const settled = (environment: string, tag: string, state: string) =>
  until(
    () => newest(environment),
    (one) => one?.tag === tag && one.state === state,
  );

function agent(environment: string, state: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}): AgentProcess {
  const started = startAgent(
    // prettier-ignore
    ['--server', server.url, '--repository', repository, '--env', environment, '--target', 'here', '--state', join(folder.path, state),
      '--settle', '0', '--drain', '0', ...flags],
    env,
  );
  agents.push(started);
  return started;
}

/** In three steps, each of which says that it was reached. */
const script = (at: string) => `
  [ "$NARU_ACTION" = remove ] && exit 0
  mark() { echo "$NARU_TAG $1" >> ${at}/log; sleep 0.3; }
  mark begun
  case "$NARU_TAG" in *bad*) echo 'no room for it' >&2; exit 7;; esac
  echo "$NARU_TAG" > ${at}/next.$$
  mark made
  mv ${at}/next.$$ ${at}/current
  mark switched`;

const byCommand = (state: string, environment = 'command') => agent(environment, state, ['--command', script(folder.path)]);

async function page(): Promise<string> {
  const { port } = pages.address() as AddressInfo; // it listens on a port
  return (await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()).trim();
}

test('a command: kill -9 of the agent at each step leaves the old or the new version answering, and the next agent ends what was begun', async () => {
  await api('PUT', '/command', { follows: { kind: 'tags', pattern: 'c*' } });
  let current = byCommand('one');
  await push('c0');
  await settled('command', 'c0', 'running');
  expect(await page()).toBe('c0');
  const log = () => readFile(join(folder.path, 'log'), 'utf8');
  const steps = [
    () =>
      until(
        () => current.output.text,
        (text) => text.includes(`c1 starting`),
      ),
    () => until(log, (text) => text.includes('c2 begun')),
    () => until(log, (text) => text.includes('c3 made')),
    () => until(log, (text) => text.includes('c4 switched')),
    () => settled('command', 'c5', 'running'),
  ];
  for (const [at, step] of steps.entries()) {
    const [before, after] = [`c${at}`, `c${at + 1}`];
    const seen = new Set<string>();
    const over = new AbortController();
    const watching = (async () => {
      for (; !over.signal.aborted; await sleep(5)) seen.add(await page());
    })();
    await push(after);
    await step();
    await current.kill();
    current = byCommand('one');
    await settled('command', after, 'running');
    expect(await page()).toBe(after);
    over.abort();
    await watching;
    expect([...seen].filter((text) => text !== before && text !== after)).toEqual([]);
  }
  await push('c-bad');
  expect((await settled('command', 'c-bad', 'failed'))?.message).toBe('here: the command ended with 7: no room for it');
  expect(await page()).toBe('c5');
  await current.stop();
});

test('two agents for one target: one stands by, and takes over when the other has gone', async () => {
  await api('PUT', '/twins', { follows: { kind: 'tags', pattern: 't*' } });
  const first = byCommand('first', 'twins');
  await push('t1');
  await settled('twins', 't1', 'running');
  const second = byCommand('second', 'twins');
  await until(
    () => second.output.text,
    (text) => text.includes('standing by: another agent serves the target here'),
  );
  await push('t2');
  await settled('twins', 't2', 'running');
  expect(second.output.text).not.toContain('t2');
  expect(await first.stop()).toBe(0);
  await until(
    () => second.output.text,
    (text) => text.includes('connected'),
  );
  await push('t3');
  await settled('twins', 't3', 'running');
  expect(await page()).toBe('t3');
  // Nor do two work with one folder.
  const third = byCommand('second', 'twins');
  await until(
    () => third.output.text,
    (text) => text.includes('another agent works with'),
  );
  expect(await third.stop()).toBe(2);
  await second.stop();
});

test('Kubernetes: a push is rolled out by its digest, one that does not come up is taken back, and an agent that was killed is followed by another', async () => {
  const broken = new Set<string>();
  await using cluster = await startCluster({ isBroken: (image) => [...broken].some((digest) => image.endsWith(digest)) });
  const account = join(folder.path, 'account');
  await mkdir(account);
  await writeFile(join(account, 'token'), 'cluster-token\n');
  const { hostname, port } = new URL(cluster.url);
  const start = () =>
    agent('kubernetes', 'kubernetes', ['--kubernetes', 'shop/ui/web', '--registry', 'registry.example:5000'], {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      NARU_KUBERNETES_SCHEME: 'http',
      NARU_KUBERNETES_ACCOUNT: account,
    });
  await api('PUT', '/kubernetes', { follows: { kind: 'versions', range: '1.x' } });
  let current = start();
  const first = await push('1.0.0');
  await settled('kubernetes', '1.0.0', 'running');
  expect([cluster.answering(), [...cluster.authorizations]]).toEqual([[`registry.example:5000/${repository}@${first}`], ['Bearer cluster-token']]);

  const second = await push('1.1.0');
  await until(
    () => cluster.containers[1]?.image ?? '',
    (image) => image.endsWith(second),
  );
  await current.kill();
  expect(cluster.answering().every((image) => image.endsWith(first) || image.endsWith(second))).toBe(true);
  current = start();
  await settled('kubernetes', '1.1.0', 'running');
  expect(cluster.answering()).toEqual([`registry.example:5000/${repository}@${second}`]);

  const image = makeImage({ seed: 'target 1.2.0' });
  broken.add(image.manifest.digest);
  await push('1.2.0');
  expect((await settled('kubernetes', '1.2.0', 'failed'))?.message).toBe('here: ReplicaSet "ui-2" has timed out progressing.');
  expect(cluster.answering()).toEqual([`registry.example:5000/${repository}@${second}`]);
  expect(cluster.faults).toEqual([]);
  await current.stop();
});
