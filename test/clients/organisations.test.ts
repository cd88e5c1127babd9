/**
 * An organisation's repository as people with stock clients meet it: roles of teams, robots, what is
 * private, networks, and rights that are taken back in the middle of a push. podman and skopeo speak TLS
 * with the server's own authority; docker speaks HTTP to this computer, as it does by itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, password, startWorld, type World } from '../accounts/support/accounts.ts';
import { needs } from '../support/needs.ts';
import { type ContainersTools, createContainersTools } from './support/containers-tools.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { type ImageLayout, writeImageLayout } from './support/image-layout.ts';
import { startWatchedWay, type WatchedWay } from './support/watched-way.ts';

const slow = 120_000;
const denied = 'denied: requested access to the resource is denied';

if (needs('skopeo', 'podman', 'busybox')) {
  describe('podman and skopeo over TLS', defineRoleTests);
  describe('skopeo, when a right is taken back', defineRevocationTests);
} else test.skip('an organisation with podman and skopeo', () => {});

const engine = needs('dockerd', 'docker', 'busybox') ? await startDockerEngine('clients/organisations.test.ts') : undefined;
if (engine === undefined) test.skip('an organisation with docker', () => {});
else describe('docker', () => defineDockerTests(engine));

type Company = { owner: Person; reader: Person; writer: Person; keeper: Person; head: Person; member: Person; outsider: Person };

/** `diamol`, with a team for each role on `diamol/golang`, and a member who is in none. Members may do nothing by being members. */
async function found(world: World): Promise<Company> {
  const [owner, reader, writer, keeper, head, member, outsider] = await Promise.all(
    ['owner', 'reader', 'writer', 'keeper', 'head', 'member', 'outsider'].map((name) => world.person(name)),
  );
  if (!owner || !reader || !writer || !keeper || !head || !member || !outsider) throw new Error('people are missing');
  await owner.api('POST', '/organisations', { name: 'diamol' });
  await owner.api('PATCH', '/organisations/diamol', { memberRole: 'none' });
  const roles = [
    ['readers', 'read', reader],
    ['writers', 'write', writer],
    ['keepers', 'maintain', keeper],
    ['heads', 'admin', head],
  ] as const;
  for (const [team, role, person] of roles) {
    await owner.api('POST', '/organisations/diamol/teams', { name: team });
    await owner.api('POST', '/namespaces/diamol/grants', { subject: { kind: 'team', name: team }, role, repositories: 'diamol/golang' });
    const { secret } = (await owner.api('POST', '/organisations/diamol/invitations', { email: `${person.name}@example.org`, team })).body;
    expect((await person.api('POST', '/invitations/accept', { secret })).status).toBe(200);
  }
  const { secret } = (await owner.api('POST', '/organisations/diamol/invitations', { email: 'member@example.org' })).body;
  expect((await member.api('POST', '/invitations/accept', { secret })).status).toBe(200);
  return { owner, reader, writer, keeper, head, member, outsider };
}

function defineRoleTests(): void {
  let world: World;
  let tools: ContainersTools;
  let layout: ImageLayout;
  let people: Company;
  let image = '';

  beforeAll(async () => {
    world = await startWorld({ flags: ['--tls', 'self-signed'] });
    const { host } = new URL(world.server.url);
    image = `${host}/diamol/golang`;
    tools = await createContainersTools(host, { ca: join(world.server.data, 'tls/ca.crt') });
    layout = await writeImageLayout(join(tools.folder, 'image'));
    people = await found(world);
  }, slow);
  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  }, slow);

  const push = (who: string, tag: string, { path } = layout) =>
    tools.tryRun('skopeo', ['copy', '--quiet', '--dest-creds', who, `oci:${path}`, `docker://${image}:${tag}`]);
  const pull = (who: string, reference: string) =>
    tools.tryRun('skopeo', ['inspect', ...(who === '' ? ['--no-creds'] : ['--creds', who]), '--format', '{{.Digest}}', `docker://${image}${reference}`]);
  const remove = (who: string, tag: string) => tools.tryRun('skopeo', ['delete', '--creds', who, `docker://${image}:${tag}`]);
  const withPassword = ({ name }: Person) => `${name}:${password}`;

  test(
    'who is in a team does what the team may, in public and in private',
    async () => {
      expect(await push(withPassword(people.writer), 'latest')).toMatchObject({ exitCode: 0 });
      for (const visibility of ['public', 'private'] as const) {
        await people.owner.api('PATCH', '/repositories/diamol/golang', { visibility });
        const outcomes: Record<string, string> = {};
        for (const [role, person] of Object.entries(people)) {
          const pushed = await push(withPassword(person), `by-${role}`);
          if (pushed.exitCode !== 0) expect(pushed.stderr).toContain(denied);
          const pulled = await pull(withPassword(person), ':latest');
          if (pulled.exitCode !== 0) expect(pulled.stderr).toContain(denied);
          // skopeo deletes the manifest, and with it every tag that it has: each gets one of its own.
          const own = await writeImageLayout(join(tools.folder, `${visibility}-${role}`));
          expect((await push(withPassword(people.owner), `for-${role}`, own)).exitCode).toBe(0);
          const removed = await remove(withPassword(person), `for-${role}`);
          if (removed.exitCode !== 0) expect(removed.stderr).toContain('denied');
          const opened = (await person.api('PATCH', '/repositories/diamol/golang', { description: `by ${role}` })).status;
          outcomes[role] = [pulled.exitCode === 0 && 'pull', pushed.exitCode === 0 && 'push', removed.exitCode === 0 && 'delete', opened === 200 && 'settings']
            .filter(Boolean)
            .join(' ');
        }
        const seen = visibility === 'public' ? 'pull' : '';
        expect({ visibility, outcomes }).toEqual({
          visibility,
          outcomes: {
            owner: 'pull push delete settings',
            reader: 'pull',
            writer: 'pull push',
            keeper: 'pull push delete',
            head: 'pull push delete settings',
            member: seen,
            outsider: seen,
          },
        });
        expect((await pull('', ':latest')).exitCode).toBe(visibility === 'public' ? 0 : 1);
      }
    },
    slow,
  );

  test(
    'what is private is nowhere for an outsider, and each who tried is in the audit',
    async () => {
      const { host } = new URL(world.server.url);
      const ownTags = JSON.parse(await tools.run('skopeo', ['list-tags', '--creds', withPassword(people.reader), `docker://${image}`])) as { Tags: string[] };
      expect(ownTags.Tags).toContain('latest');
      for (const reference of ['diamol/golang', 'diamol/never-was']) {
        const listed = await tools.tryRun('skopeo', ['list-tags', '--creds', withPassword(people.outsider), `docker://${host}/${reference}`]);
        // The same for one that never was.
        expect(listed.stderr).toContain('invalid status code from registry 403 (Forbidden)');
      }
      const search = async (person: Person) => JSON.stringify((await person.api('GET', '/search?q=golang')).body);
      expect(await search(people.reader)).toContain('"diamol/golang"');
      expect(await search(people.outsider)).not.toContain('diamol');
      await tools.run('podman', ['login', '--username', 'outsider', '--password', password, host]);
      expect(await tools.run('podman', ['search', '--format', '{{.Name}}', `${host}/golang`])).not.toContain('diamol');
      expect((await tools.tryRun('podman', ['pull', '--quiet', `${image}:latest`])).stderr).toContain(denied);
      expect((await people.outsider.api('GET', '/repositories/diamol/golang')).status).toBe(404);
      const { digest } = layout;
      expect((await pull(withPassword(people.outsider), `@${digest}`)).stderr).toContain(denied);

      const items = (await people.owner.api('GET', '/namespaces/diamol/audit?repository=diamol/golang&limit=1000')).body['items'] as Record<string, string>[];
      const lines = items.map(({ action, actor, address, digest: of = '' }) => `${action} ${actor} ${address} ${of}`);
      for (const line of [
        `manifest.pushed writer 127.0.0.1 ${digest}`,
        `tag.moved writer 127.0.0.1 ${digest}`,
        `manifest.pulled reader 127.0.0.1 ${digest}`,
        'repository.visibility owner 127.0.0.1 ',
        'push.refused outsider 127.0.0.1 ',
      ]) {
        expect(lines).toContain(line);
      }
      expect(lines).toContain(`pull.refused outsider 127.0.0.1 ${digest}`);
      expect(lines.some((line) => line.startsWith('pull.refused anonymous 127.0.0.1 sha256:'))).toBe(true);
    },
    slow,
  );

  test(
    'a robot does what it was given, until it is disabled; a token for reading reads until it is revoked',
    async () => {
      const { owner, writer } = people;
      await owner.api('POST', '/namespaces/diamol/robots', { name: 'ci' });
      const grant = (await owner.api('POST', '/namespaces/diamol/grants', { subject: { kind: 'robot', name: 'ci' }, role: 'read' })).body;
      const { secret } = (await owner.api('POST', '/namespaces/diamol/robots/ci/tokens', { name: 'x' })).body;
      const robot = `diamol+ci:${String(secret)}`;
      expect((await push(robot, 'robot')).stderr).toContain(denied);
      expect((await pull(robot, ':latest')).exitCode).toBe(0);
      await owner.api('DELETE', `/namespaces/diamol/grants/${String(grant['id'])}`);
      expect((await pull(robot, ':latest')).stderr).toContain(denied);
      await owner.api('POST', '/namespaces/diamol/grants', { subject: { kind: 'robot', name: 'ci' }, role: 'write' });
      expect((await push(robot, 'robot')).exitCode).toBe(0);
      await owner.api('PATCH', '/namespaces/diamol/robots/ci', { disabled: true });
      expect((await push(robot, 'robot')).stderr).toMatch(/unauthorized|invalid username\/password/);

      const made = (await writer.api('POST', '/user/tokens', { name: 'reads', actions: ['pull'] })).body;
      const reading = `writer:${String(made['secret'])}`;
      expect([(await pull(reading, ':latest')).exitCode, (await push(reading, 'read-only')).stderr]).toEqual([0, expect.stringContaining(denied)]);
      await writer.api('DELETE', `/user/tokens/${String(made['id'])}`);
      expect((await pull(reading, ':latest')).stderr).toMatch(/unauthorized|invalid username\/password/);
    },
    slow,
  );

  test(
    'a namespace that is for one network is there for nobody else, right password or not',
    async () => {
      const { owner } = people;
      await world.admin.api('PATCH', '/namespaces/diamol', { networks: ['10.0.0.0/8'] });
      expect((await pull(withPassword(owner), ':latest')).stderr).toContain(denied);
      expect((await push(withPassword(owner), 'latest')).stderr).toContain(denied);
      await world.admin.api('PATCH', '/namespaces/diamol', { networks: ['127.0.0.0/8'] });
      expect((await pull(withPassword(owner), ':latest')).exitCode).toBe(0);
    },
    slow,
  );
}

/** The client comes by a way that stops at a request, so that something happens exactly then. */
function defineRevocationTests(): void {
  let world: World;
  let way: WatchedWay;
  let tools: ContainersTools;
  let people: Company;

  beforeAll(async () => {
    world = await startWorld();
    way = startWatchedWay(world.server.url);
    tools = await createContainersTools(way.host);
    people = await found(world);
  }, slow);
  afterAll(async () => {
    await tools[Symbol.asyncDispose]();
    await way[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  }, slow);

  const robot = async () => {
    await people.owner.api('POST', '/namespaces/diamol/robots', { name: 'bot' });
    await people.owner.api('POST', '/namespaces/diamol/grants', { subject: { kind: 'robot', name: 'bot' }, role: 'write' });
    const { id, secret } = (await people.owner.api('POST', '/namespaces/diamol/robots/bot/tokens', { name: 'x' })).body;
    return { id: String(id), creds: `diamol+bot:${String(secret)}` };
  };

  const moments = [
    ['the first byte of a layer', (method: string, path: string) => method === 'PATCH' && path.includes('/blobs/uploads/')],
    ['the end of a layer', (method: string, path: string) => method === 'PUT' && path.includes('/blobs/uploads/')],
    ['the manifest', (method: string, path: string) => method === 'PUT' && path.includes('/manifests/')],
  ] as const;

  test.each(moments)(
    'before %s: the push is refused there, and no image is left',
    async (moment, isThen) => {
      const tag = moment.replaceAll(' ', '-');
      const push = async (creds: string) => {
        const layout = await writeImageLayout(join(tools.folder, `${tag}-${Math.random()}`));
        return tools.tryRun('skopeo', ['copy', '--quiet', '--dest-creds', creds, `oci:${layout.path}`, `docker://${way.host}/diamol/golang:${tag}`]);
      };
      const { id, creds } = await robot();
      const revocations: [string, string, () => Promise<unknown>, () => Promise<unknown>][] = [
        [
          'out of the team',
          `writer:${password}`,
          () => people.owner.api('DELETE', '/organisations/diamol/teams/writers/members/writer'),
          () => people.owner.api('PUT', '/organisations/diamol/teams/writers/members/writer'),
        ],
        [
          'account disabled',
          `writer:${password}`,
          () => world.admin.api('PATCH', '/users/writer', { disabled: true }),
          () => world.admin.api('PATCH', '/users/writer', { disabled: false }),
        ],
        [
          'robot disabled',
          creds,
          () => people.owner.api('PATCH', '/namespaces/diamol/robots/bot', { disabled: true }),
          () => people.owner.api('PATCH', '/namespaces/diamol/robots/bot', { disabled: false }),
        ],
        ['token revoked', creds, () => people.owner.api('DELETE', `/namespaces/diamol/robots/bot/tokens/${id}`), async () => undefined],
      ];
      for (const [how, who, takeBack, giveBack] of revocations) {
        let happened = 0;
        way.before(async (method, path) => {
          if (happened === 0 && isThen(method, path)) {
            happened++;
            await takeBack();
          }
        });
        const { exitCode, stderr } = await push(who);
        way.before(undefined);
        expect({ how, happened, isRefused: exitCode !== 0 && /denied|unauthorized|invalid username\/password/.test(stderr) }).toEqual({
          how,
          happened: 1,
          isRefused: true,
        });
        const { items } = (await people.owner.api('GET', '/repositories/diamol/golang/-/tags?limit=100')).body as { items?: { name: string }[] };
        expect((items ?? []).map(({ name }) => name)).not.toContain(tag);
        await giveBack();
      }
      // Nothing is in the way of who may.
      expect((await push(`writer:${password}`)).exitCode).toBe(0);
    },
    slow,
  );
}

function defineDockerTests({ docker, tryDocker, folder, ...running }: DockerEngine): void {
  let world: World;
  let people: Company;
  let host = '';

  beforeAll(async () => {
    world = await startWorld();
    ({ host } = new URL(world.server.url));
    people = await found(world);
    const context = join(folder, 'context');
    await mkdir(context, { recursive: true });
    await copyFile('/bin/busybox', join(context, 'busybox'));
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCMD ["/bin/busybox", "echo", "hi"]\n');
    await docker(['build', '--tag', `${host}/diamol/golang:latest`, context]);
  }, slow);
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  }, slow);

  test(
    'a member pushes, everybody pulls; then it is private, and then for one network',
    async () => {
      const image = `${host}/diamol/golang:latest`;
      const login = (name: string, secret = password) => docker(['login', '--username', name, '--password-stdin', host], { stdin: secret });
      const absent = `Error response from daemon: pull access denied for ${host}/diamol/golang, repository does not exist or may require 'docker login': ${denied}`;
      const push = () => tryDocker(['push', image]);
      const pull = async () => {
        await tryDocker(['rmi', '--force', image]);
        return tryDocker(['pull', image]);
      };
      for (const name of ['outsider', 'reader', 'member']) {
        await login(name);
        expect({ name, stderr: (await push()).stderr.trim() }).toEqual({ name, stderr: denied });
      }
      await login('writer');
      const pushed = await push();
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed.stdout)?.[1] ?? '';
      expect(pushed.exitCode).toBe(0);
      await docker(['logout', host]);
      expect((await pull()).stdout).toContain(`Digest: ${digest}`);

      await people.owner.api('PATCH', '/repositories/diamol/golang', { visibility: 'private' });
      expect((await pull()).stderr.trim()).toBe(absent);
      await login('outsider');
      expect((await pull()).stderr.trim()).toBe(absent);
      expect((await tryDocker(['search', '--format', '{{.Name}}', `${host}/golang`])).stdout).toBe('');
      await login('reader');
      expect((await pull()).stdout).toContain(`Digest: ${digest}`);

      await world.admin.api('PATCH', '/namespaces/diamol', { networks: ['10.0.0.0/8'] });
      expect((await pull()).stderr.trim()).toBe(absent);
      await world.admin.api('PATCH', '/namespaces/diamol', { networks: null });
      expect((await pull()).exitCode).toBe(0);

      const { secret, id } = (await people.writer.api('POST', '/user/tokens', { name: 'reads', actions: ['pull'] })).body;
      await login('writer', String(secret));
      expect((await pull()).exitCode).toBe(0);
      expect((await push()).stderr.trim()).toBe(denied);
      await people.writer.api('DELETE', `/user/tokens/${String(id)}`);
      expect((await pull()).stderr).toContain('unauthorized: ');
      const entries = (await people.owner.api('GET', `/namespaces/diamol/audit?digest=${digest}&limit=1000`)).body['items'] as Record<string, string>[];
      expect(entries.map(({ action, actor, address }) => `${action} ${actor} ${address}`)).toContain('manifest.pulled anonymous 127.0.0.1');
    },
    slow,
  );

  const moments = [
    ['the first byte of a layer', (method: string, path: string) => method === 'PATCH' && path.includes('/blobs/uploads/')],
    ['the manifest', (method: string, path: string) => method === 'PUT' && path.includes('/manifests/')],
  ] as const;

  test.each(moments)(
    'a right is taken back before %s: docker says so, and nothing is to be seen of the push',
    async (moment, isThen) => {
      await using way = startWatchedWay(world.server.url);
      const name = moment.replaceAll(' ', '-');
      const { owner, writer } = people;
      const grant = async () => {
        const asked = { subject: { kind: 'user', name: 'writer' }, role: 'write', repositories: 'diamol/*' };
        return String((await owner.api('POST', '/namespaces/diamol/grants', asked)).body['id']);
      };
      const token = (await writer.api('POST', '/user/tokens', { name })).body;
      const revoked = 'unauthorized: the account or its token is no longer valid';
      let granted = await grant();
      const revocations: [string, string, string, () => Promise<unknown>, () => Promise<unknown>][] = [
        [
          'the grant is revoked',
          password,
          denied,
          () => owner.api('DELETE', `/namespaces/diamol/grants/${granted}`),
          async () => void (granted = await grant()),
        ],
        [
          'docker’s log-in is ended',
          password,
          revoked,
          () => writer.api('PUT', '/user/password', { current: password, password: 'another good one' }),
          () => world.admin.api('PATCH', '/users/writer', { password }),
        ],
        ['the access token is revoked', String(token['secret']), revoked, () => writer.api('DELETE', `/user/tokens/${String(token['id'])}`), async () => 0],
      ];
      for (const [at, [how, secret, words, takeBack, giveBack]] of revocations.entries()) {
        const repository = `diamol/${name}-${at}`;
        const image = `${way.host}/${repository}:1`;
        await writeFile(join(folder, 'context/Dockerfile'), `FROM scratch\nCOPY busybox /bin/busybox\nCOPY Dockerfile /${name}-${at}\n`);
        await docker(['build', '--tag', image, join(folder, 'context')]);
        await docker(['login', '--username', 'writer', '--password-stdin', way.host], { stdin: secret });
        let happened = 0;
        way.before(async (method, path) => {
          if (happened === 0 && isThen(method, path)) {
            happened++;
            await takeBack();
          }
        });
        const { exitCode, stdout, stderr } = await tryDocker(['push', image], { timeoutMs: slow });
        way.before(undefined);
        await giveBack();
        expect({ how, happened, exitCode, stderr }).toEqual({ how, happened: 1, exitCode: 1, stderr: `${words}\n` });
        expect(stdout).not.toContain('digest: sha256:');
        // Nobody finds an image, or a tag: not in the list of tags, not in the catalog's images, not by its name.
        const seen = await owner.api('GET', `/repositories/${repository}/-/tags?limit=100`);
        expect(seen.body['items'] ?? []).toEqual([]);
        expect((await tryDocker(['pull', image])).exitCode).toBe(1);
        const { items } = (await owner.api('GET', `/namespaces/diamol/audit?repository=${repository}&limit=100`)).body as { items: Record<string, string>[] };
        expect(items.map(({ action }) => action)).not.toContainAnyValues(['manifest.pushed', 'tag.moved']);
        // And it goes through once the right is back.
        await docker(['login', '--username', 'writer', '--password-stdin', way.host], { stdin: password });
        expect(await docker(['push', image], { timeoutMs: slow })).toContain('1: digest: sha256:');
      }
      await owner.api('DELETE', `/namespaces/diamol/grants/${granted}`);
    },
    4 * slow,
  );
}
