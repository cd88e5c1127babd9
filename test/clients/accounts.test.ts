/**
 * Accounts as people with stock clients meet them: docker, podman and skopeo log in, are let in, and
 * are refused, in the words that these clients print for what the server answers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, password, startWorld, type World } from '../accounts/support/accounts.ts';
import { needs } from '../support/needs.ts';
import { type ContainersTools, createContainersTools } from './support/containers-tools.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { writeImageLayout } from './support/image-layout.ts';

const slow = 120_000;
const denied = 'denied: requested access to the resource is denied';

const engine = needs('dockerd', 'docker', 'busybox') ? await startDockerEngine('clients/accounts.test.ts') : undefined;
if (engine === undefined) test.skip('docker with accounts', () => {});
else describe('docker', () => defineDockerTests(engine));

if (needs('skopeo', 'podman', 'busybox')) describe('podman and skopeo', defineToolTests);
else test.skip('podman and skopeo with accounts', () => {});

function defineDockerTests({ docker, tryDocker, folder, ...engine }: DockerEngine): void {
  let world: World;
  let host = '';
  let kim: Person;
  const name = (reference: string): string => `${host}/${reference}`;

  beforeAll(async () => {
    world = await startWorld();
    ({ host } = new URL(world.server.url));
    kim = await world.person('kim');
    await world.person('lee');
    await buildImage('app');
  }, slow);
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  }, slow);

  test(
    'before the log-in a push begins and is refused; after it it goes through; after the log-out it is refused again',
    async () => {
      await docker(['tag', 'app', name('kim/app:0.1')]);
      const refused = await tryDocker(['push', name('kim/app:0.1')]);
      expect(refused.stdout).toContain(`The push refers to repository [${name('kim/app')}]`);
      expect({ exitCode: refused.exitCode, stderr: refused.stderr.trim() }).toEqual({ exitCode: 1, stderr: denied });

      const wrong = await login('kim', 'wrong');
      expect(wrong.exitCode).toBe(1);
      expect(wrong.stderr).toContain('unauthorized: incorrect username or password');
      const right = await login('kim', password);
      expect({ exitCode: right.exitCode, stdout: right.stdout }).toEqual({ exitCode: 0, stdout: 'Login Succeeded\n' });
      // What docker keeps is no password.
      const { auths } = JSON.parse(await readFile(join(folder, 'config/config.json'), 'utf8')) as {
        auths: Record<string, { auth: string; identitytoken?: string }>;
      };
      expect(Buffer.from(auths[host]?.auth ?? '', 'base64').toString()).toBe('kim:');
      expect(auths[host]?.identitytoken).toMatch(/^[\w-]{43}$/);

      expect(await docker(['push', name('kim/app:0.1')])).toMatch(/^0\.1: digest: sha256:[0-9a-f]{64} size: \d+$/m);
      expect((await kim.api('GET', '/repositories/kim/app')).body).toMatchObject({ name: 'kim/app', visibility: 'public' });
      await docker(['tag', 'app', name('kim/second:1')]);
      expect(await docker(['push', name('kim/second:1')])).toContain(': Mounted from kim/app\n');
      await docker(['tag', 'app', name('lee/app:1')]);
      expect((await tryDocker(['push', name('lee/app:1')])).stderr.trim()).toBe(denied);

      expect(await docker(['logout', host])).toBe(`Removing login credentials for ${host}\n`);
      expect((await tryDocker(['push', name('kim/app:0.1')])).stderr.trim()).toBe(denied);
    },
    slow,
  );

  test(
    'a public image is pulled by everybody, a private one looks as if there were none',
    async () => {
      await docker(['rmi', '--force', name('kim/app:0.1')]);
      expect(await docker(['pull', name('kim/app:0.1')])).toContain('Status: ');
      await kim.api('PATCH', '/repositories/kim/app', { visibility: 'private' });
      await docker(['rmi', '--force', name('kim/app:0.1')]);
      const message = (image: string) =>
        `Error response from daemon: pull access denied for ${image}, repository does not exist or may require 'docker login': ${denied}`;
      for (const [image, reference] of [
        ['kim/app', 'kim/app:0.1'],
        ['kim/never-was', 'kim/never-was:1'],
      ] as const) {
        expect((await tryDocker(['pull', name(reference)])).stderr.trim()).toBe(message(name(image)));
      }
      await login('lee@example.org', password);
      expect((await tryDocker(['pull', name('kim/app:0.1')])).stderr.trim()).toBe(message(name('kim/app')));
      // A layer of what is private now is not mounted from there by somebody who may not pull it.
      await docker(['tag', 'app', name('lee/own:1')]);
      expect(await docker(['push', name('lee/own:1')])).not.toContain('Mounted from kim/app');
      await login('kim', password);
      expect(await docker(['pull', name('kim/app:0.1')])).toContain('Digest: sha256:');
    },
    slow,
  );

  test(
    'an access token in the place of the password: for reading only, and void once it is revoked',
    async () => {
      const { secret, id } = (await kim.api('POST', '/user/tokens', { name: 'laptop', actions: ['pull'] })).body;
      expect((await login('kim', String(secret))).stdout).toBe('Login Succeeded\n');
      await docker(['pull', name('kim/app:0.1')]);
      await docker(['tag', 'app', name('kim/app:2')]);
      expect((await tryDocker(['push', name('kim/app:2')])).stderr.trim()).toBe(denied);
      await kim.api('DELETE', `/user/tokens/${String(id)}`);
      expect((await tryDocker(['pull', name('kim/app:0.1')])).stderr).toContain('unauthorized: incorrect username or password');
    },
    slow,
  );

  test(
    'a tag that is not there',
    async () => {
      await login('kim', password);
      expect((await tryDocker(['pull', name('kim/app:9')])).stderr.trim()).toBe(
        `Error response from daemon: manifest for ${name('kim/app:9')} not found: manifest unknown: manifest unknown`,
      );
    },
    slow,
  );

  async function login(user: string, secret: string) {
    return tryDocker(['login', '--username', user, '--password-stdin', host], { stdin: secret });
  }

  async function buildImage(tag: string): Promise<void> {
    const context = join(folder, 'context');
    await mkdir(context, { recursive: true });
    await copyFile('/bin/busybox', join(context, 'busybox'));
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nCOPY Dockerfile /\nCMD ["/bin/busybox", "echo", "hi"]\n');
    await docker(['build', '--tag', tag, context]);
  }
}

function defineToolTests(): void {
  test(
    'log in, push, be refused, log out',
    async () => {
      await using world = await startWorld();
      const { host } = new URL(world.server.url);
      const tools: ContainersTools = await createContainersTools(host);
      await using _ = tools;
      const kim = await world.person('kim');
      await world.person('lee');
      const layout = await writeImageLayout(join(tools.folder, 'image'), { reference: 'localhost/image:1' });
      const copy = (to: string, ...flags: string[]) => tools.tryRun('skopeo', ['copy', '--quiet', ...flags, `oci:${layout.path}`, `docker://${host}/${to}`]);

      expect((await copy('kim/app:1')).stderr).toContain(denied);
      expect((await tools.tryRun('podman', ['login', '--username', 'kim', '--password', 'wrong', host])).stderr).toContain('invalid username/password');
      expect(await tools.run('podman', ['login', '--username', 'kim', '--password', password, host])).toContain('Login Succeeded!');
      expect((await copy('kim/app:1')).exitCode).toBe(0);
      expect((await copy('lee/app:1')).stderr).toContain(denied);
      await kim.api('PATCH', '/repositories/kim/app', { visibility: 'private' });
      expect(await tools.run('podman', ['pull', '--quiet', `${host}/kim/app:1`])).toMatch(/^[0-9a-f]{64}\n$/);
      expect(JSON.parse(await tools.run('skopeo', ['list-tags', `docker://${host}/kim/app`]))).toEqual({ Repository: `${host}/kim/app`, Tags: ['1'] });
      // A robot deletes what it was allowed to.
      await kim.api('POST', '/namespaces/kim/robots', { name: 'broom' });
      await kim.api('POST', '/namespaces/kim/grants', { subject: { kind: 'robot', name: 'broom' }, role: 'maintain' });
      const { secret } = (await kim.api('POST', '/namespaces/kim/robots/broom/tokens', { name: 'x' })).body;
      const remove = (creds: string) => tools.tryRun('skopeo', ['delete', '--creds', creds, `docker://${host}/kim/app:1`]);
      expect((await remove(`lee:${password}`)).stderr).toContain('denied');
      expect((await remove(`kim+broom:${String(secret)}`)).exitCode).toBe(0);
      expect(await tools.run('podman', ['logout', host])).toContain('Removed login credentials');
      expect((await tools.tryRun('podman', ['pull', '--quiet', `${host}/kim/app:1`])).exitCode).not.toBe(0);
    },
    slow,
  );
}
