import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type ClientHome, makeClientHome } from '../support/client/client-home.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/client/docker-registry.ts';
import { json, type ScriptedServer, startScriptedServer } from '../support/client/scripted-server.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';

const alice = btoa('alice:s3cret');
const warning = (home: ClientHome) =>
  `\nWARNING! Your credentials are stored unencrypted in '${home.path}/.docker/config.json'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`;

describe.skipIf(!needs('docker-registry', 'htpasswd'))('a registry that asks for Basic', () => {
  let registry: DockerRegistry;
  let home: ClientHome;
  beforeAll(async () => {
    registry = await startDockerRegistry({ user: ['alice', 's3cret'] });
    home = await makeClientHome();
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  });

  test('log in, look, log out', async () => {
    const { host } = registry;
    expect(await home.run(['search', `${host}/x`])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `Error response from daemon: no basic auth credentials\nnaru: log in first: naru login ${host}\n`,
    });
    expect(await home.run(['login', '-u', 'alice', '--password-stdin', host], { stdin: 's3cret\n' })).toEqual({
      exitCode: 0,
      stdout: 'Login Succeeded\n',
      stderr: warning(home),
    });
    expect(await home.read('.docker/config.json')).toBe(`${JSON.stringify({ auths: { [host]: { auth: alice } } }, null, '\t')}\n`);
    expect((await home.run(['search', `${host}/x`])).exitCode).toBe(0);
    expect(await home.run(['login', host])).toEqual({
      exitCode: 0,
      stdout: 'Login Succeeded\n',
      stderr: 'Authenticating with existing credentials... [Username: alice]\n',
    });
    expect(await home.run(['logout', host])).toEqual({ exitCode: 0, stdout: `Removing login credentials for ${host}\n`, stderr: '' });
    expect(await home.read('.docker/config.json')).toBe('{\n\t"auths": {}\n}\n');
    expect(await home.run(['logout', host])).toEqual({ exitCode: 0, stdout: `Removing login credentials for ${host}\n`, stderr: '' });
  });

  test('a wrong password is not kept', async () => {
    const before = await home.read('.docker/config.json');
    expect(await home.run(['login', '-u', 'alice', '-p', 'wrong', registry.host])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `WARNING! Using --password via the CLI is insecure. Use --password-stdin.\nError response from daemon: login attempt to http://${registry.host}/v2/ failed with status: 401 Unauthorized\nnaru: check the user name and the password or token.\n`,
    });
    expect(await home.read('.docker/config.json')).toBe(before);
  });

  test.each([
    [['--password-stdin'], 'the --password-stdin option requires --username to be set'],
    [['-u', 'alice', '-p', 'x', '--password-stdin'], 'conflicting options: cannot specify both --password and --password-stdin'],
    [['-u', 'alice', '--password-stdin'], 'password is empty'],
    [['-u', 'alice'], 'cannot perform an interactive login from a non-TTY device'],
  ])('%j', async (flags, message) => {
    const { exitCode, stderr } = await home.run(['login', ...flags, registry.host]);
    expect({ exitCode, last: stderr.trim().split('\n').at(-1) }).toEqual({ exitCode: 1, last: message });
  });

  test('a config.json that is not JSON stays as it is', async () => {
    await using other = await makeClientHome();
    await other.write('.docker/config.json', '{"auths": ');
    const { exitCode, stderr } = await other.run(['login', '-u', 'alice', '--password-stdin', registry.host], { stdin: 's3cret' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('config.json is not a JSON object') });
    expect(await other.read('.docker/config.json')).toBe('{"auths": ');
  });

  test.skipIf(!needs('script'))('on a terminal it asks, and shows no password', async () => {
    await using other = await makeClientHome();
    const command = `${process.execPath} packages/naru/src/main.ts login ${registry.host}`;
    const child = Bun.spawn(['script', '-qec', command, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: other.path },
      stdin: 'pipe',
      stdout: 'pipe',
    });
    let shown = '';
    const answers: [RegExp, string][] = [
      [/Username: $/, 'alice\n'],
      [/Password: $/, 's3cret\n'],
    ];
    for await (const part of child.stdout) {
      shown += new TextDecoder().decode(part);
      if (answers[0]?.[0].test(shown)) {
        void child.stdin.write(answers.shift()?.[1] ?? '');
        await child.stdin.flush();
      }
    }
    expect({ exitCode: await child.exited, shown }).toMatchObject({ exitCode: 0 });
    expect(shown).toContain('Login Succeeded');
    expect(shown).not.toContain('s3cret');
    expect(JSON.parse(await other.read('.docker/config.json'))).toEqual({ auths: { [registry.host]: { auth: alice } } });
  });
});

describe('a registry that asks for tokens', () => {
  let service: ScriptedServer;
  let home: ClientHome;
  beforeAll(async () => {
    home = await makeClientHome();
    service = await startScriptedServer((request, response, { url }) => {
      const { pathname, searchParams } = request.url;
      if (pathname === '/token') {
        if (request.method === 'POST') {
          const form = new URLSearchParams(request.body);
          return form.get('refresh_token') === 'identity'
            ? json(response, { access_token: `for ${form.get('scope')}`.replaceAll(' ', '_') })
            : json(response, { error: 'invalid_grant' }, {}, 401);
        }
        if (request.headers.authorization !== `Basic ${alice}`) return json(response, { details: 'incorrect username or password' }, {}, 401);
        return json(response, { token: 'login', ...(searchParams.get('offline_token') === 'true' && { refresh_token: 'identity' }) });
      }
      if (request.headers.authorization === undefined || (pathname !== '/v2/' && request.headers.authorization !== 'Bearer for_repository:team/app:pull')) {
        return json(
          response,
          { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
          { 'www-authenticate': `Bearer realm="${url}/token",service="test"` },
          401,
        );
      }
      json(response, pathname === '/v2/' ? {} : { name: 'team/app', tags: ['v1'] });
    });
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
  });

  test('an identity token is kept instead of the password, and exchanged', async () => {
    expect(await home.run(['login', '-u', 'alice', '--password-stdin', service.host], { stdin: 's3cret' })).toEqual({
      exitCode: 0,
      stdout: 'Login Succeeded\n',
      stderr: '',
    });
    const config = await home.read('.docker/config.json');
    expect(JSON.parse(config)).toEqual({ auths: { [service.host]: { auth: btoa('alice:'), identitytoken: 'identity' } } });
    expect(await home.run(['remote', 'tags', `${service.host}/team/app`])).toEqual({ exitCode: 0, stdout: 'v1\n', stderr: '' });
    expect(service.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
      'client_id=naru&grant_type=refresh_token&refresh_token=identity&service=test&scope=repository%3Ateam%2Fapp%3Apull',
    ]);
  });

  test('wrong passwords get the words of the service', async () => {
    const { exitCode, stderr } = await home.run(['login', '-u', 'alice', '--password-stdin', service.host], { stdin: 'wrong' });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `Error response from daemon: Get "http://${service.host}/v2/": incorrect username or password\nnaru: check the user name and the password or token.\n`,
    });
  });
});

test('a registry that asks nobody takes everybody', async () => {
  await using server = await startServer();
  await using home = await makeClientHome();
  await createRegistryClient(server.url).pushImage('team/app', makeImage({ seed: 'login' }), 'v1');
  const host = `localhost:${server.port}`;
  expect((await home.run(['login', '-u', 'alice', '--password-stdin', host], { stdin: 's3cret' })).stdout).toBe('Login Succeeded\n');
  expect((await home.run(['remote', 'tags', `${host}/team/app`])).stdout).toBe('v1\n');
});
