/**
 * From a push to what answers people, line by line of the scenario "push → notification → automatic
 * deployment": one repository, docker as it is, real receivers, a real engine, the real agent.
 */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { adminName, password, type Person, personAt } from '../accounts/support/accounts.ts';
import { type DockerEngine, startDockerEngine } from '../clients/support/docker-engine.ts';
import { run, tryRun } from '../clients/support/run.ts';
import { type MailSink, startMailSink } from '../support/mail-sink.ts';
import { needs } from '../support/needs.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startReceiver, type Taken, type TestReceiver } from '../webhooks/support/receiver.ts';
import { type AgentProcess, startAgent } from './support/agent-process.ts';

setDefaultTimeout(180_000);

type Json = Readonly<Record<string, unknown>>;

/** Of this run alone: another may be under way on the machine. */
const bridge = `narup${process.pid}`;
const repository = 'gallery/ui';
const engine = needs('dockerd', 'docker', 'busybox', 'ip') ? await startEngine() : undefined;
if (engine === undefined) test.skip('from a push to what answers, with docker', () => {});
else defineTests(engine, await startMailSink());

async function startEngine(): Promise<DockerEngine | undefined> {
  await run(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  await run(['ip', 'address', 'add', `10.98.${process.pid % 250}.1/24`, 'dev', bridge]);
  await run(['ip', 'link', 'set', bridge, 'up']);
  return startDockerEngine('deploy/pipeline.test.ts', { bridge });
}

function defineTests(docker: DockerEngine, mails: MailSink): void {
  const agents: AgentProcess[] = [];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  let owner: Person;
  let robot: { name: string; secret: string };
  let testPort: number;
  let productionPort: number;

  afterAll(async () => {
    for (const agent of agents) await agent[Symbol.asyncDispose]();
    await tryRun(['pkill', '-f', `agent-forward ${docker.folder}`]);
    const left = (await docker.docker(['ps', '-aq'])).split('\n').filter(Boolean);
    if (left.length > 0) await docker.docker(['rm', '-f', ...left]);
    await docker[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    await mails[Symbol.asyncDispose]();
    await run(['ip', 'link', 'delete', bridge]);
  });

  const start = (port = 0) =>
    startServer({
      data: folder.path,
      // prettier-ignore
      flags: ['--profile', 'hub', '--port', String(port), '--mail-smtp-url', `smtp://127.0.0.1:${mails.port}`, '--mail-link-url', 'https://registry.example.com'],
      env: { NARU_ADMIN_USER: adminName, NARU_ADMIN_PASSWORD: password },
    });
  const at = (path = '') => `/repositories/${repository}/-${path}`;
  const itemsOf = async (path: string) => (await owner.api('GET', path)).body['items'] as Json[];

  async function ok(method: string, path: string, body?: unknown, person = owner): Promise<Json> {
    const answer = await person.api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  let contexts = 0;
  /** Builds and pushes as people do. Gives the digest that docker prints. */
  async function push(version: string, tag: string, { broken = false } = {}): Promise<string> {
    const context = join(docker.folder, `context-${contexts++}`);
    await mkdir(join(context, 'root/bin'), { recursive: true });
    await mkdir(join(context, 'root/srv'));
    await cp('/bin/busybox', join(context, 'root/bin/busybox'));
    for (const applet of ['sh', 'httpd', 'cat']) await symlink('busybox', join(context, 'root/bin', applet));
    await writeFile(join(context, 'root/srv', broken ? 'other.html' : 'index.html'), `${version}\n`);
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY root /\nCMD ["/bin/httpd", "-f", "-p", "80", "-h", "/srv"]\n');
    const name = `127.0.0.1:${server.port}/${repository}:${tag}`;
    await docker.docker(['build', '--quiet', '--tag', name, context]);
    const printed = await docker.docker(['push', name]);
    return /digest: (sha256:[0-9a-f]{64})/.exec(printed)?.[1] ?? printed;
  }

  function agent(environment: string, flags: readonly string[]): AgentProcess {
    const started = startAgent(
      // prettier-ignore
      ['--server', server.url, '--user', robot.name, '--repository', repository, '--env', environment, '--target', 'here',
        '--engine', docker.socket, '--state', join(docker.folder, 'state'), '--health-http', '/', '--health-timeout', '6', '--settle', '1', '--drain', '1', ...flags],
      { NARU_TOKEN: robot.secret },
    );
    agents.push(started);
    return started;
  }

  const releases = (environment: string) => itemsOf(at(`/environments/${environment}/releases`));

  async function page(port: number): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
    return (await response.text()).trim();
  }

  async function until<Value>(what: () => Promise<Value>, isWanted: (value: Value) => boolean, withinMs = 60_000): Promise<Value> {
    const endsAt = Date.now() + withinMs;
    for (;;) {
      const value = await what().catch((error: unknown) => error as Value);
      if (isWanted(value)) return value;
      if (Date.now() > endsAt) throw new Error(`${JSON.stringify(value)} at the end; the agents said:\n${agents.map(({ output }) => output.text).join('\n')}`);
      await sleep(50);
    }
  }
  const answers = (port: number, text: string) =>
    until(
      () => page(port),
      (seen) => seen === text,
    );
  const newest = async (environment: string, tag: string, state: string) =>
    (
      await until(
        () => releases(environment),
        ([first]) => first?.['tag'] === tag && first['state'] === state,
      )
    )[0] ?? {};

  async function hook(receiver: TestReceiver, events: readonly string[]): Promise<{ id: string; secret: string }> {
    // Only who runs the server lets a receiver stand in its own network.
    const made = await ok('POST', at('/webhooks'), { url: receiver.url, events, allowPrivateAddress: true }, personAt(server.url, adminName, password));
    return { id: String(made['id']), secret: String(made['secret']) };
  }
  const bodyOf = ({ body }: Taken) => JSON.parse(body) as { type: string; data: Json };
  const deliveries = (id: string) => itemsOf(at(`/webhooks/${id}/deliveries`));

  test('1: a push of v2 is one POST, signed, that names the repository, the tag, the digest and who pushed', async () => {
    folder = await temporaryFolder('naru-pipeline-');
    server = await start();
    const admin = personAt(server.url, adminName, password);
    await ok('POST', '/users', { name: 'soonyong', email: 'soonyong@example.org', password }, admin);
    owner = personAt(server.url, 'soonyong', password);
    await ok('POST', '/organisations', { name: 'gallery' });
    await ok('POST', '/namespaces/gallery/robots', { name: 'deploy' });
    await ok('POST', '/namespaces/gallery/grants', { subject: { kind: 'robot', name: 'deploy' }, role: 'read' });
    robot = { name: 'gallery+deploy', secret: String((await ok('POST', '/namespaces/gallery/robots/deploy/tokens', { name: 'agent' }))['secret']) };
    await docker.docker(['login', '--username', 'soonyong', '--password-stdin', `127.0.0.1:${server.port}`], { stdin: password });
    await push('one', 'v1');
    // The agents have to log in to pull.
    await ok('PATCH', `/repositories/${repository}`, { visibility: 'private' });

    await using receiver = await startReceiver();
    const { id, secret } = await hook(receiver, ['pushed']);
    const digest = await push('one and a half', 'v2');
    const [taken] = await receiver.come(1);
    if (taken === undefined) throw new Error('nothing came');
    new Webhook(secret).verify(taken.body, taken.headers);
    expect(bodyOf(taken)).toMatchObject({ type: 'tag.moved', data: { repository, tag: 'v2', digest, actor: 'soonyong' } });
    await until(
      () => deliveries(id),
      ([first]) => first?.['state'] === 'delivered',
    );
    expect(receiver.taken).toHaveLength(1);
    await ok('DELETE', at(`/webhooks/${id}`));
  });

  test('2: a receiver that was down gets it once when it is up; the log shows each try; it is delivered again when asked', async () => {
    const { port } = await usedPort();
    const down = await startReceiver(undefined, port);
    const { id } = await hook(down, ['pushed']);
    await down[Symbol.asyncDispose]();
    await push('two', 'v2-again');
    await until(
      () => deliveries(id),
      ([first]) => Number(first?.['attempts']) >= 1,
    );
    await using up = await startReceiver(undefined, port);
    await up.come(1);
    const [delivery] = await until(
      () => deliveries(id),
      ([first]) => first?.['state'] === 'delivered',
    );
    const { log } = await ok('GET', at(`/webhooks/${id}/deliveries/${String(delivery?.['id'])}`));
    const tries = log as { status?: number; error?: string }[];
    expect([tries.length >= 2, tries.filter(({ error }) => error !== undefined).length, tries.filter(({ status }) => status === 200).length]).toEqual([
      true,
      tries.length - 1,
      1,
    ]);
    expect(up.taken).toHaveLength(1);
    await ok('POST', at(`/webhooks/${id}/deliveries/${String(delivery?.['id'])}/redeliver`));
    const [first, second] = await up.come(2);
    expect([second?.headers['webhook-id'], second?.body]).toEqual([first?.headers['webhook-id'], first?.body]);
    await ok('DELETE', at(`/webhooks/${id}`));
  });

  test('3 and 4: test takes what is pushed, production what is promoted: the same digest', async () => {
    await ok('PUT', at('/environments/test'), { follows: { kind: 'tags', pattern: 'v*' }, agents: [robot.name] });
    await ok('PUT', at('/environments/production'), { after: 'test', agents: [robot.name] });
    [testPort, productionPort] = [(await usedPort()).port, (await usedPort()).port];
    agent('test', ['-p', `127.0.0.1:${testPort}:80`]);
    agent('production', ['-p', `127.0.0.1:${productionPort}:80`]);
    const first = await push('one', 'v1.1');
    await newest('test', 'v1.1', 'running');
    await promote();
    await answers(productionPort, 'one');
    const digest = await push('two', 'v2');
    await answers(testPort, 'two');
    expect((await newest('test', 'v2', 'running'))['digest']).toBe(digest);
    // Production is as it was.
    expect([await page(productionPort), (await releases('production')).map((one) => one['digest'])]).toEqual(['one', [first]]);

    await promote();
    await answers(productionPort, 'two');
    const [running] = await until(
      () => releases('production'),
      ([now]) => now?.['state'] === 'running',
    );
    expect(running?.['digest']).toBe(digest);
    const [container = ''] = (await docker.docker(['ps', '-q', '--filter', `label=dev.naru.target=${repository}/production/here`])).split('\n');
    const image = (await docker.docker(['inspect', '--format', '{{.Image}}', container])).trim();
    expect(await docker.docker(['image', 'inspect', '--format', '{{.RepoDigests}}', image])).toContain(digest);
  });

  const promote = async () =>
    expect(await runNaru(['promote', repository, 'test', 'production', '--server', server.url], { NARU_TOKEN: await secretOf() })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  let ownSecret: string | undefined;
  async function secretOf(): Promise<string> {
    ownSecret ??= String((await ok('POST', '/user/tokens', { name: 'command line' }))['secret']);
    return ownSecret;
  }

  test('5: what fails its health check leaves v2 serving, with an event and a mail', async () => {
    await ok('POST', at('/webhooks'), { url: 'mailto:team@example.org', events: ['deploy.rolled_back'] }, personAt(server.url, adminName, password));
    await using receiver = await startReceiver();
    const { id } = await hook(receiver, ['deploy.rolled_back']);
    const digest = await push('three', 'v3', { broken: true });
    const failed = await newest('test', 'v3', 'failed');
    expect(failed['message']).toStartWith('here: GET / answered 404');
    expect(await page(testPort)).toBe('two');
    const [taken] = await receiver.come(1);
    expect(taken && bodyOf(taken)).toMatchObject({ type: 'deploy.rolled_back', data: { repository, tag: 'v3', digest } });
    const mail = await mails.take('team@example.org');
    const text = mail.raw.replaceAll(/=\r?\n/g, '');
    expect([text.includes(`${repository}:v3`), text.includes('GET / answered 404')]).toEqual([true, true]);
    await ok('DELETE', at(`/webhooks/${id}`));
  });

  test('6: a tag of a pull request gets an environment on the fly with its address, until its time is over', async () => {
    await ok('PUT', at('/environments/review'), { follows: { kind: 'tags', pattern: 'pr-*' }, perTag: true, ttlMs: 60_000, agents: [robot.name] });
    const reviewing = agent('review', ['-p', '80', '--host-name', '127.0.0.1']);
    await push('seventeen', 'pr-17');
    const reports = async () => {
      const { targets } = (await ok('GET', at('/environments/review'))) as { targets: { reports: { instance: string; url?: string }[] }[] };
      return targets[0]?.reports ?? [];
    };
    const [shown] = await until(reports, ([first]) => first?.url !== undefined);
    expect(shown?.instance).toBe('pr-17');
    expect(await page(Number(new URL(shown?.url ?? '').port))).toBe('seventeen');
    const own = async () => (await docker.docker(['ps', '-aq', '--filter', `label=dev.naru.target=${repository}/review/here`])).trim();
    await until(own, (ids) => ids === '', 150_000);
    expect(await reports()).toEqual([]);
    await reviewing.stop();
  });

  test('7: the server is killed between the push and its news: the news comes, once', async () => {
    let isUp = false;
    await using receiver = await startReceiver((_, response) => (isUp ? void response.end('ok') : void response.socket?.destroy()));
    const { id } = await hook(receiver, ['pushed']);
    const digest = await push('killed', 'killed');
    await server.kill();
    isUp = true;
    const before = receiver.taken.length;
    server = await start(server.port);
    await until(
      async () => receiver.taken.length,
      (count) => count > before,
      120_000,
    );
    await until(
      () => deliveries(id),
      ([first]) => first?.['state'] === 'delivered',
    );
    const answered = receiver.taken.slice(before);
    expect(answered.map((taken) => bodyOf(taken).data)).toMatchObject([{ tag: 'killed', digest }]);
    await ok('DELETE', at(`/webhooks/${id}`));
  });

  test('8: where only what is signed and checked may run, an unsigned push is not deployed and says why; signed, it is', async () => {
    const key = join(docker.folder, 'release');
    const environment = { COSIGN_PASSWORD: 'tall grass' };
    expect(await runNaru(['sign', '--generate-key', '--output', key], environment)).toMatchObject({ exitCode: 0 });
    await ok('PUT', at('/signers/release'), { kind: 'key', publicKey: await Bun.file(`${key}.pub`).text() });
    await ok('PUT', at('/policy'), { quarantine: true, signedBy: ['release'] });
    await push('eight', 'v8');
    // First it is not checked yet, and then it is.
    await until(
      () => releases('test'),
      ([first]) => first?.['tag'] === 'v8' && first['state'] === 'refused' && String(first['message']).includes('not signed by release'),
    );
    expect(await page(testPort)).toBe('two');
    const login = { DOCKER_CONFIG: docker.environment['DOCKER_CONFIG'] ?? '' };
    expect(await runNaru(['sign', `127.0.0.1:${server.port}/${repository}:v8`, '--key', `${key}.key`], { ...environment, ...login })).toMatchObject({
      exitCode: 0,
    });
    await answers(testPort, 'eight');
    await newest('test', 'v8', 'running');
  });
}

function usedPort(): Promise<{ port: number }> {
  return new Promise((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => {
      const address = listening.address();
      listening.close(() => resolve({ port: typeof address === 'object' && address !== null ? address.port : 0 }));
    });
  });
}
