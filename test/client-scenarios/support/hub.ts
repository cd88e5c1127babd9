/**
 * What a hermetic network has to offer: Docker Hub, which is Naru with accounts that speaks TLS as
 * docker.io, and a private registry, which is another Naru without any, on localhost:5000 and, through an
 * nginx, on registry.local: in the clear on port 5000, with TLS on 5443.
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, startDaemon } from '../../clients/support/daemon.ts';
import { run, tryRun } from '../../clients/support/run.ts';
import type { TestAuthority } from '../../support/client/certificates.ts';
import { dockerHubNames, type HermeticNetwork } from '../../support/hermetic-network.ts';

export const administrator = 'naru-admin';

/** Everybody's password. Two of them have pushed before anybody types; the other two are those who type. */
export const passwords = {
  [administrator]: 'an administrator of the hub',
  diamol: 'a month of lunches in one hub',
  devwikirepo: 'a wiki of developers in one hub',
  beyool95: 'correct horse battery staple',
  soonyong4330: 'staple battery horse correct',
} as const;

const program = join(import.meta.dirname, '../../../packages/naru/src/main.ts');
const readyWithinMs = 30_000;

/** `aliasAddress` is where registry.local leads. */
export async function startHub(
  { enter }: Pick<HermeticNetwork, 'enter'>,
  { folder, authority, aliasAddress }: { readonly folder: string; readonly authority: TestAuthority; readonly aliasAddress: string },
): Promise<AsyncDisposable> {
  const at = (name: string) => join(folder, name);
  const { cert, key } = authority.issue('hub', [...dockerHubNames, 'registry.local'].map((name) => `DNS:${name}`).join(','));
  await writeFile(at('nginx.conf'), nginxConfiguration({ cert, key, folder, aliasAddress }));
  await using started = new AsyncDisposableStack();
  const start = async (command: readonly string[], probe: string): Promise<void> => {
    const daemon: Daemon | undefined = await startDaemon([...enter, ...command], {
      logFile: at('hub.log'),
      isReady: async () => (await tryRun([...enter, 'curl', '--silent', '--insecure', '--output', '/dev/null', probe])).exitCode === 0,
      readyWithinMs,
    });
    if (daemon === undefined) throw new Error(`${command.join(' ')} did not start: see ${at('hub.log')}`);
    started.use(daemon);
  };
  const serve = (port: number, data: string) => [process.execPath, program, 'serve', '--port', String(port), '--data', at(data)];
  await start(serve(5000, 'private'), 'http://127.0.0.1:5000/healthz');
  const asAdministrator = ['env', `NARU_ADMIN_USER=${administrator}`, `NARU_ADMIN_PASSWORD=${passwords[administrator]}`];
  // Whoever types may end it.
  const withPid = ['sh', '-c', `echo $$ >${at('hub.pid')}; exec "$@"`, 'sh'];
  await start(
    [...withPid, ...asAdministrator, ...serve(443, 'hub'), '--profile', 'hub', '--tls-cert', cert, '--tls-key', key],
    'https://registry-1.docker.io/healthz',
  );
  await start(['nginx', '-c', at('nginx.conf'), '-g', 'daemon off;'], `http://${aliasAddress}:5000/healthz`);
  for (const [name, password] of Object.entries(passwords)) {
    if (name === administrator) continue;
    execFileSync(process.execPath, [program, 'admin', 'user', 'create', name, '--password-stdin', '--data', at('hub')], { input: password, stdio: 'pipe' });
  }
  return started.move();
}

/** Puts images there before anybody types: `name` of the archive `file`, as the owner of its namespace. */
export async function fillHub(prefix: readonly string[], { folder, file, names }: { folder: string; file: string; names: readonly string[] }): Promise<void> {
  const naru = async (environment: string, ...words: readonly string[]) => {
    const home = join(folder, `filler-${environment}`);
    const env = { HOME: home, DOCKER_CONFIG: home, LANG: 'C', NARU_DATA_ROOT: join(folder, 'filler') };
    return run([...prefix, process.execPath, program, ...words], { env });
  };
  await naru('nobody', 'load', '-i', file);
  for (const name of names) {
    const namespace = name.slice(0, name.indexOf('/'));
    const owner = namespace in passwords ? (namespace as keyof typeof passwords) : administrator; // just looked
    await naru(owner, 'login', '-u', owner, '-p', passwords[owner]);
    await naru(owner, 'push', '-q', name);
  }
}

/** Nobody but its owner sees it any more. */
export async function makePrivate(prefix: readonly string[], { folder, repository }: { folder: string; repository: string }): Promise<void> {
  const naru = [process.execPath, program, 'admin', 'repository', 'set', repository, '--visibility', 'private', '--data', join(folder, 'hub')];
  await run([...prefix, ...naru]);
}

type NginxOptions = { cert: string; key: string; folder: string; aliasAddress: string };

function nginxConfiguration({ cert, key, folder, aliasAddress }: NginxOptions): string {
  const proxied = 'proxy_pass http://127.0.0.1:5000; proxy_set_header Host $http_host; proxy_request_buffering off; proxy_http_version 1.1;';
  return `
    pid ${folder}/nginx.pid;
    error_log ${folder}/nginx.log;
    worker_processes 1;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {}
    http {
      access_log off;
      client_max_body_size 0;
      client_body_temp_path ${folder}/nginx-body;
      proxy_temp_path ${folder}/nginx-proxy;
      fastcgi_temp_path ${folder}/nginx-fastcgi;
      uwsgi_temp_path ${folder}/nginx-uwsgi;
      scgi_temp_path ${folder}/nginx-scgi;
      server {
        listen ${aliasAddress}:5000;
        location / { ${proxied} }
      }
      server {
        listen ${aliasAddress}:5443 ssl;
        ssl_certificate ${cert};
        ssl_certificate_key ${key};
        location / { ${proxied} proxy_redirect http:// https://; }
      }
    }
  `;
}
