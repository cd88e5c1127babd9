/**
 * Deployments with a real dockerd and the real agent: a push is served, a broken one is not, and
 * whatever is killed when, people are always answered by the old or the new one.
 */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { createServer as createHttpServer, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DockerEngine, startDockerEngine } from '../clients/support/docker-engine.ts';
import { createFolder } from '../clients/support/folder.ts';
import { run, tryRun } from '../clients/support/run.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type AgentProcess, startAgent } from './support/agent-process.ts';
import { makeWebImage } from './support/web-image.ts';

setDefaultTimeout(120_000);

/** Of this run alone: another may be under way on the machine. */
const bridge = `naru${process.pid}`;
const bridgeAddress = `10.97.${process.pid % 250}.1/24`;
const repository = 'gallery/ui';
const engine = needs('dockerd', 'docker', 'busybox', 'ip') ? await startEngine() : undefined;
if (engine === undefined) test.skip('agent with docker', () => {});
else defineTests(engine, await startServer());

async function startEngine(): Promise<DockerEngine | undefined> {
  await run(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  // Of its own, as dockerd gives one to its bridge: else it changes with the containers, and nobody is reached for seconds.
  await run(['ip', 'link', 'set', bridge, 'address', '02:42:0a:61:00:01']);
  await run(['ip', 'address', 'add', bridgeAddress, 'dev', bridge]);
  await run(['ip', 'link', 'set', bridge, 'up']);
  return startDockerEngine('deploy/agent.test.ts', { bridge });
}

function defineTests(docker: DockerEngine, server: TestServer): void {
  const client = createRegistryClient(server.url);
  const agents: AgentProcess[] = [];

  afterAll(async () => {
    for (const agent of agents) await agent[Symbol.asyncDispose]();
    await tryRun(['pkill', '-f', `agent-forward ${docker.folder}`]);
    const left = (await docker.docker(['ps', '-aq'])).split('\n').filter(Boolean);
    if (left.length > 0) await docker.docker(['rm', '-f', ...left]);
    await docker[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await run(['ip', 'link', 'delete', bridge]);
  });

  const environments = `/repositories/${repository}/-/environments`;
  async function api(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${server.url}/api/v1${environments}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  async function push(version: string, tag: string, options: Parameters<typeof makeWebImage>[1] = {}): Promise<string> {
    const image = await makeWebImage(version, options);
    await client.pushImage(repository, image, tag);
    return image.manifest.digest;
  }

  function agent(environment: string, flags: readonly string[], socket = docker.socket): AgentProcess {
    const started = startAgent([
      '--server',
      server.url,
      '--repository',
      repository,
      '--env',
      environment,
      '--target',
      'here',
      '--engine',
      socket,
      '--state',
      join(docker.folder, 'state'),
      '--health-http',
      '/',
      '--health-timeout',
      '6',
      '--settle',
      '1',
      '--drain',
      '1',
      ...flags,
    ]);
    agents.push(started);
    return started;
  }

  async function releases(environment: string): Promise<{ tag?: string; state: string; digest: string; message?: string; id: number }[]> {
    return (await api('GET', `/${environment}/releases`))['items'] as never; // as the schema says
  }

  async function page(port: number): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
    return (await response.text()).trim();
  }

  async function until<Value>(what: () => Promise<Value>, isWanted: (value: Value) => boolean, who: AgentProcess): Promise<Value> {
    const endsAt = Date.now() + 60_000;
    for (;;) {
      const value = await what().catch((error: unknown) => error as Value);
      if (isWanted(value)) return value;
      if (Date.now() > endsAt) throw new Error(`${String(value)} after a minute; the agent said:\n${who.output.text}`);
      await sleep(50);
    }
  }

  test('a push is served, promoted as the same digest; a broken one is rolled back while the old one answers', async () => {
    await push('seed', 'seed');
    await api('PUT', '/test', { follows: { kind: 'tags', pattern: 'v*' } });
    await api('PUT', '/production', { after: 'test' });
    const [testPort, productionPort] = [await freePort(), await freePort()];
    const inTest = agent('test', ['-p', `127.0.0.1:${testPort}:80`]);
    const inProduction = agent('production', ['-p', `127.0.0.1:${productionPort}:80`]);

    const first = await push('one', 'v1');
    await until(
      () => page(testPort),
      (text) => text === 'one',
      inTest,
    );
    await until(
      () => releases('test'),
      ([newest]) => newest?.state === 'running',
      inTest,
    );
    await push('two', 'v2');
    await until(
      () => page(testPort),
      (text) => text === 'two',
      inTest,
    );
    expect(await releases('production')).toEqual([]);
    await until(
      () => releases('test'),
      ([newest]) => newest?.state === 'running',
      inTest,
    );

    await api('POST', '/production/releases', { from: 'test' });
    await until(
      () => page(productionPort),
      (text) => text === 'two',
      inProduction,
    );
    const running = await until(
      () => releases('production'),
      ([newest]) => newest?.state === 'running',
      inProduction,
    );
    expect(running[0]?.digest).toBe((await releases('test'))[0]?.digest ?? '');

    const watching = watch(testPort);
    await push('three', 'v3', { broken: true });
    const failed = await until(
      () => releases('test'),
      ([newest]) => newest?.state === 'failed',
      inTest,
    );
    expect(failed[0]).toMatchObject({ tag: 'v3', message: expect.stringMatching(/^here: GET \/ answered 404/) });
    await push('four', 'v4', { dies: true });
    const dead = await until(
      () => releases('test'),
      ([newest]) => newest?.tag === 'v4' && newest.state === 'failed',
      inTest,
    );
    expect(dead[0]?.message).toMatch(/^here: it ended( with exit code 3)?$/);
    expect(new Set(await watching.end())).toEqual(new Set(['two']));

    await api('POST', '/test/rollback', {});
    await until(
      () => page(testPort),
      (text) => text === 'one',
      inTest,
    );
    expect((await releases('test'))[0]).toMatchObject({ digest: first });
    await until(
      () => releases('test'),
      ([newest]) => newest?.state === 'running',
      inTest,
    );
    expect(await inTest.stop()).toBe(0);
    // What serves goes on serving.
    expect(await page(testPort)).toBe('one');
    await inProduction.stop();
  });

  test('kill -9 of the agent before and behind each thing that it has the engine do: the old or the new answers, and the next agent ends what was begun', async () => {
    await api('PUT', '/steps', { follows: { kind: 'tags', pattern: 's*' } });
    const port = await freePort();
    const flags = ['-p', `127.0.0.1:${port}:80`];
    await using engineDoor = await startDoor(join(docker.folder, 'door.sock'), docker.socket);
    let current = agent('steps', flags, engineDoor.socket);
    await push('s0', 's0');
    await until(
      () => page(port),
      (text) => text === 's0',
      current,
    );
    await until(
      () => releases('steps'),
      ([newest]) => newest?.state === 'running',
      current,
    );
    const steps = [/^POST \/images\/create/, /^POST \/containers\/create/, /^POST \/containers\/\w+\/start/, /^POST \/containers\/\w+\/stop/, /^DELETE /];
    for (const [at, [when, step]] of (['before', 'behind'] as const).flatMap((side) => steps.map((each) => [side, each] as const)).entries()) {
      const [before, after] = [`s${at}`, `s${at + 1}`];
      const watching = watch(port);
      const reached = engineDoor.holdAt(step, when);
      await push(after, after);
      await reached;
      await current.kill();
      engineDoor.release();
      current = agent('steps', flags, engineDoor.socket);
      await until(
        () => releases('steps'),
        ([newest]) => newest?.tag === after && newest.state === 'running',
        current,
      );
      const seen = await watching.end();
      expect([step.source, when, seen.filter((text) => text !== before && text !== after)]).toEqual([step.source, when, []]);
      expect(await page(port)).toBe(after);
    }
    await until(
      () => own('steps'),
      (names) => names.length === 1,
      current,
    );
    await current.stop();
  });

  test('kill -9 of the agent at any moment of a switch: the old or the new answers, and the next agent ends what was begun', async () => {
    await api('PUT', '/crash', { follows: { kind: 'tags', pattern: 'c*' } });
    const port = await freePort();
    const flags = ['-p', `127.0.0.1:${port}:80`];
    let current = agent('crash', flags);
    await push('c0', 'c0');
    await until(
      () => page(port),
      (text) => text === 'c0',
      current,
    );

    // While it is asked whether it is healthy, and behind the switch.
    for (const [at, afterMs] of [0, 1200, 2500, 4000].entries()) {
      const [before, after] = [`c${at}`, `c${at + 1}`];
      const watching = watch(port);
      await push(after, after);
      await sleep(afterMs);
      await current.kill();
      await sleep(200);
      current = agent('crash', flags);
      await until(
        () => releases('crash'),
        ([newest]) => newest?.tag === after && newest.state === 'running',
        current,
      );
      const seen = await watching.end();
      expect(seen.filter((text) => text !== before && text !== after)).toEqual([]);
      expect(await page(port)).toBe(after);
    }
    await until(
      () => own('crash'),
      (names) => names.length === 1,
      current,
    );
    await current.stop();
  });

  test('an instance for each tag, on a port of its own, until the tag is deleted', async () => {
    await api('PUT', '/review', { follows: { kind: 'tags', pattern: 'pr-*' }, perTag: true, ttlMs: 3600e3 });
    const current = agent('review', ['-p', '80', '--host-name', '127.0.0.1']);
    await push('seventeen', 'pr-17');
    await push('eighteen', 'pr-18');
    const urls = await until(
      async () => ((await api('GET', '/review'))['targets'] as { reports: { instance: string; url?: string }[] }[])[0]?.reports ?? [],
      (reports) => reports.filter(({ url }) => url !== undefined).length === 2,
      current,
    );
    const pages = await Promise.all(urls.map(async ({ instance, url }) => [instance, await page(Number(new URL(url ?? '').port))]));
    expect(pages).toEqual([
      ['pr-17', 'seventeen'],
      ['pr-18', 'eighteen'],
    ]);
    await fetch(`${server.url}/api/v1/repositories/${repository}/-/delete-tags`, { method: 'POST', body: '{"tags":["pr-17"]}' });
    await until(
      () => own('review'),
      (names) => names.length === 1,
      current,
    );
    await current.stop();
  });

  test('the server goes away and comes back: what runs goes on, and the newest is heard of', async () => {
    const port = await freePort();
    const data = await createFolder();
    const first = await startServer({ data: data.path });
    const at = (url: string, path: string) => `${url}/api/v1${environments}${path}`;
    await createRegistryClient(first.url).pushImage(repository, await makeWebImage('before'), 'seed');
    await fetch(at(first.url, '/away'), { method: 'PUT', body: JSON.stringify({ follows: { kind: 'tags', pattern: 'a*' } }) });
    const current = startAgent([
      '--server',
      first.url,
      '--repository',
      repository,
      '--env',
      'away',
      '--target',
      'here',
      '--engine',
      docker.socket,
      '-p',
      `127.0.0.1:${port}:80`,
      '--state',
      join(docker.folder, 'state'),
      '--health-command',
      'test -e /bin/httpd',
      '--settle',
      '0',
      '--drain',
      '0',
    ]);
    agents.push(current);
    await createRegistryClient(first.url).pushImage(repository, await makeWebImage('a1'), 'a1');
    await until(
      () => page(port),
      (text) => text === 'a1',
      current,
    );
    await createRegistryClient(first.url).pushImage(repository, await makeWebImage('a2'), 'a2');
    await first.kill();
    expect(['a1', 'a2']).toContain(await page(port));
    const second = await startServer({ data: data.path, flags: ['--port', String(first.port)] });
    await until(
      () => page(port),
      (text) => text === 'a2',
      current,
    );
    await current.stop();
    await second[Symbol.asyncDispose]();
    await data[Symbol.asyncDispose]();
  });

  /** Names of the containers of an environment, whatever state they are in. */
  async function own(environment: string): Promise<string[]> {
    const label = `label=dev.naru.target=${repository}/${environment}/here`;
    return (await docker.docker(['ps', '-a', '--filter', label, '--format', '{{.Names}}'])).split('\n').filter(Boolean);
  }

  /** Asks for the page all the time; whatever is answered, or why nothing was. */
  function watch(port: number): { end(): Promise<string[]> } {
    const answers: string[] = [];
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) {
        answers.push(await page(port).catch((error: unknown) => `nothing: ${String(error)}`));
        await sleep(20);
      }
    })();
    return {
      async end() {
        over.abort();
        await asking;
        return answers;
      },
    };
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

type Door = AsyncDisposable & {
  readonly socket: string;
  /** Resolves when the request comes, which is held there: before the engine hears of it, or before its answer is told. */
  holdAt(step: RegExp, when: 'before' | 'behind'): Promise<void>;
  release(): void;
};

/** Stands before the engine's socket. */
async function startDoor(socket: string, engineSocket: string): Promise<Door> {
  let held: { readonly step: RegExp; readonly when: 'before' | 'behind'; readonly reached: () => void; readonly released: Promise<void> } | undefined;
  let release = (): void => undefined;
  const server = createHttpServer((asked, answered) => {
    void (async () => {
      const hold = held !== undefined && held.step.test(`${asked.method} ${asked.url}`) ? held : undefined;
      if (hold !== undefined) held = undefined;
      if (hold?.when === 'before') {
        hold.reached();
        await hold.released;
        return void answered.destroy(); // whoever asked is dead
      }
      const onward = request({ socketPath: engineSocket, method: asked.method, path: asked.url, headers: asked.headers }, (answer) => {
        if (hold === undefined) {
          answered.writeHead(answer.statusCode ?? 502, answer.headers);
          return void answer.pipe(answered);
        }
        answer.resume().on('end', () => {
          hold.reached();
          answered.destroy();
        });
      });
      onward.on('error', () => answered.destroy());
      asked.pipe(onward);
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    socket,
    holdAt(step, when) {
      const [arrival, leave] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      held = { step, when, reached: arrival.resolve, released: leave.promise };
      release = leave.resolve;
      return arrival.promise;
    },
    release: () => release(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
