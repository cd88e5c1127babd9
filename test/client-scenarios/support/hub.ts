/**
 * Docker Hub, as far as a hermetic network sees it: Naru, with nginx in front of it that ends TLS for
 * docker.io and asks for a password. The same Naru answers on localhost:5000 and, in the clear, on
 * registry.local:5000.
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, startDaemon } from '../../clients/support/daemon.ts';
import { tryRun } from '../../clients/support/run.ts';
import type { TestAuthority } from '../../support/client/certificates.ts';
import { dockerHubNames, type HermeticNetwork } from '../../support/hermetic-network.ts';

export const accounts = { beyool95: 'correct horse', soonyong4330: 'battery staple' } as const;

export type Hub = AsyncDisposable;

const program = join(import.meta.dirname, '../../../packages/naru/src/main.ts');
const readyWithinMs = 20_000;

/** `aliasAddress` is where registry.local leads. */
export async function startHub(
  network: HermeticNetwork,
  { folder, authority, aliasAddress }: { readonly folder: string; readonly authority: TestAuthority; readonly aliasAddress: string },
): Promise<Hub> {
  const at = (name: string) => join(folder, name);
  const { cert, key } = authority.issue('hub', dockerHubNames.map((name) => `DNS:${name}`).join(','));
  await writeFile(
    at('passwords'),
    Object.entries(accounts)
      .map(([user, password]) => execFileSync('htpasswd', ['-nbB', user, password]).toString().trim())
      .join('\n'),
  );
  await writeFile(at('nginx.conf'), nginxConfiguration({ cert, key, passwords: at('passwords'), folder, aliasAddress }));
  await using started = new AsyncDisposableStack();
  const start = async (command: readonly string[], probe: readonly string[]): Promise<void> => {
    const daemon: Daemon | undefined = await startDaemon([...network.enter, ...command], {
      logFile: at('hub.log'),
      isReady: async () => (await tryRun([...network.enter, 'curl', '--silent', '--insecure', '--output', '/dev/null', ...probe])).exitCode === 0,
      readyWithinMs,
    });
    if (daemon === undefined) throw new Error(`${command[0]} did not start: see ${at('hub.log')}`);
    started.use(daemon);
  };
  await start([process.execPath, program, 'serve', '--port', '5000', '--data', at('data')], ['http://127.0.0.1:5000/v2/']);
  await start(['nginx', '-c', at('nginx.conf'), '-g', 'daemon off;'], ['https://registry-1.docker.io/']);
  const all = started.move();
  return { [Symbol.asyncDispose]: () => all.disposeAsync() };
}

function nginxConfiguration(options: { cert: string; key: string; passwords: string; folder: string; aliasAddress: string }): string {
  const { cert, key, passwords, folder, aliasAddress } = options;
  const toNaru = 'proxy_pass http://127.0.0.1:5000; proxy_set_header Host $http_host; proxy_request_buffering off; proxy_http_version 1.1;';
  return `
    pid ${folder}/nginx.pid;
    error_log ${folder}/nginx.log;
    worker_processes 1;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {}
    http {
      access_log ${folder}/nginx-access.log;
      client_max_body_size 0;
      client_body_temp_path ${folder}/nginx-body;
      proxy_temp_path ${folder}/nginx-proxy;
      fastcgi_temp_path ${folder}/nginx-fastcgi;
      uwsgi_temp_path ${folder}/nginx-uwsgi;
      scgi_temp_path ${folder}/nginx-scgi;
      server {
        listen 127.0.0.1:443 ssl;
        ssl_certificate ${cert};
        ssl_certificate_key ${key};
        location /v2/ { auth_basic hub; auth_basic_user_file ${passwords}; ${toNaru} }
        location / { return 404; }
      }
      server { listen ${aliasAddress}:5000; location / { ${toNaru} } }
    }
  `;
}
