/**
 * docker on another computer's address: TLS with our own authority, trusted by the file that the server
 * names when it starts, and a log-in. In a network of its own, since docker asks loopback for less.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HermeticNetwork, openHermeticNetwork } from '../support/hermetic-network.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { type Daemon, startDaemon } from './support/daemon.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { createFolder, type Folder } from './support/folder.ts';
import { tryRun } from './support/run.ts';

const program = join(import.meta.dirname, '../../packages/naru/src/main.ts');
const address = '198.18.0.9';
const registry = 'registry.example.com:5000';
const account = { name: 'naru-admin', password: 'a password on its way over TLS' };

setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('a network of its own needs root', 'docker-tls.test.ts');

describe.if(isRoot && needs('dockerd', 'docker', 'curl', 'unshare', 'nsenter'))('docker and a registry with its own authority', () => {
  let folder: Folder;
  let network: HermeticNetwork | undefined;
  let server: Daemon | undefined;
  let engine: DockerEngine | undefined;

  beforeAll(async () => {
    folder = await createFolder();
    const at = (name: string): string => join(folder.path, name);
    network = await openHermeticNetwork({
      folder: folder.path,
      addresses: [address],
      hosts: { '127.0.0.1': ['localhost'], [address]: ['registry.example.com'] },
    });
    if (network === undefined) return recordSkip('no network namespace can be made here', 'docker-tls.test.ts');
    const { enter } = network;
    // A folder of ours takes the place of /etc/docker, in there alone.
    await mkdir(at('etc-docker'));
    await mkdir('/etc/docker', { recursive: true });
    expect((await tryRun([...enter, 'mount', '--bind', at('etc-docker'), '/etc/docker'])).exitCode).toBe(0);
    const flags = ['--host', address, '--profile', 'private', '--tls', 'self-signed', '--tls-names', 'registry.example.com', '--data', at('data')];
    const environment = ['env', `NARU_ADMIN_USER=${account.name}`, `NARU_ADMIN_PASSWORD=${account.password}`];
    server = await startDaemon([...enter, ...environment, process.execPath, program, 'serve', ...flags], {
      logFile: at('server.log'),
      isReady: async () => (await tryRun([...enter, 'curl', '--silent', '--insecure', `https://${registry}/healthz`])).stdout === 'ok\n',
      readyWithinMs: 30_000,
    });
    engine = await startDockerEngine('docker-tls.test.ts', { prefix: enter });
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await network?.[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test('refused by docker until it has the authority, and by the server until somebody logs in', async () => {
    if (engine === undefined) return;
    const { docker, tryDocker } = engine;
    const login = () => tryDocker(['login', '--username', account.name, '--password-stdin', registry], { stdin: account.password });
    const strange = await login();
    expect([strange.exitCode, strange.stdout]).toEqual([1, '']);
    expect(strange.stderr).toContain('x509: certificate signed by unknown authority');

    await mkdir(join(folder.path, 'etc-docker/certs.d', registry), { recursive: true });
    await copyFile(join(folder.path, 'data/tls/ca.crt'), join(folder.path, 'etc-docker/certs.d', registry, 'ca.crt'));
    const image = `${registry}/${account.name}/app:1`;
    await docker(['import', '-', image], { stdin: '\0'.repeat(1024) }); // an empty tar
    const anonymous = await tryDocker(['push', image]);
    expect([anonymous.exitCode, anonymous.stderr]).toEqual([1, 'denied: requested access to the resource is denied\n']);
    expect(await login()).toMatchObject({ exitCode: 0, stdout: 'Login Succeeded\n' });
    const pushed = await docker(['push', image]);
    const digest = /digest: (sha256:[0-9a-f]{64}) /.exec(pushed)?.[1];
    await docker(['rmi', image]);
    expect(await docker(['pull', image])).toContain(`Digest: ${digest}`);
  });
});
