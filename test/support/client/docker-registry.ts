/** Debian's docker-registry on a free port: another registry than ours, with passwords or TLS when asked. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

export type DockerRegistry = AsyncDisposable & { readonly host: string; readonly port: number };

export type DockerRegistryOptions = {
  /** User and password; without it anybody may do anything. */
  readonly user?: readonly [string, string];
  /** Files; `clientCa` makes it ask for a client's certificate. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
};

const startTimeoutMs = 15_000;

export async function startDockerRegistry({ user, tls }: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = await temporaryFolder('naru-docker-registry-');
  await mkdir(join(folder.path, 'data'));
  const port = await freePort();
  const passwords = join(folder.path, 'htpasswd');
  if (user) await writeFile(passwords, execFileSync('htpasswd', ['-Bbn', ...user]));
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder.path, 'data') }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${port}`,
      ...(tls && { tls: { certificate: tls.cert, key: tls.key, ...(tls.clientCa !== undefined && { clientcas: [tls.clientCa] }) } }),
    },
    ...(user && { auth: { htpasswd: { realm: 'test', path: passwords } } }),
  };
  const file = join(folder.path, 'config.yml');
  await writeFile(file, JSON.stringify(config)); // YAML, too
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const exited = once(child, 'exit');
  const dispose = async () => {
    child.kill('SIGKILL');
    await exited;
    await folder[Symbol.asyncDispose]();
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await dispose();
      throw new Error(`docker-registry does not answer: ${complaints}`);
    }
    await Bun.sleep(20);
  }
  return { host: `127.0.0.1:${port}`, port, [Symbol.asyncDispose]: dispose };
}

async function answers(port: number): Promise<boolean> {
  try {
    (await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })).end();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
