/** What a person reads when the server has started: where it is, where the data is, what to do next. */
import { hostname } from 'node:os';
import type { Config } from './config/config.ts';
import type { FirstAdministrator } from './identity/first-administrator.ts';
import type { ServerCertificate } from './tls/server-certificate.ts';
import { trustText } from './tls/trust-text.ts';

export type GreetingFacts = {
  readonly version: string;
  readonly url: string;
  readonly port: number;
  readonly config: Config;
  readonly administrator?: FirstAdministrator | undefined;
  readonly certificate?: ServerCertificate | undefined;
};

export function greeting({ version, url, port, config, administrator, certificate }: GreetingFacts): string {
  const registry = registryInReferences(config, port);
  const authority = certificate?.authority;
  const first = config.profile === 'local' ? 'first' : `${administrator?.name ?? 'YOUR-NAME'}/first`;
  return [
    `Naru ${version}`,
    '',
    `  Listening on  ${url}`,
    `  Data in       ${config.data}`,
    '',
    ...(config.profile === 'local' ? openness : accounts(registry, administrator)),
    '',
    ...(authority ? [...trustText({ ...authority, registry, url: `https://${registry}` }), ''] : []),
    '  Push a first image (IMAGE is any of those that "docker images" lists):',
    '',
    `    docker tag IMAGE ${registry}/${first}:1`,
    `    docker push ${registry}/${first}:1`,
    `    docker pull ${registry}/${first}:1`,
    '',
    '  Stop with Ctrl-C.',
    '',
  ].join('\n');
}

const openness = ['  THERE IS NO LOG-IN: every program on this computer can push, overwrite and delete.', '  Other computers cannot reach it.'];

/** A password that was made here is shown this once: only its hash is kept. */
function accounts(registry: string, administrator: FirstAdministrator | undefined): string[] {
  const made =
    administrator === undefined
      ? []
      : [
          `  Administrator ${administrator.name}${administrator.password === undefined ? '' : `, password ${administrator.password}`}`,
          ...(administrator.password === undefined ? [] : ['  The password is shown only now: keep it, or change it.']),
          '',
        ];
  return [...made, '  Log in first:', '', `    docker login ${registry}`];
}

/** Docker takes an address for a registry when it holds a dot, a port or is `localhost`; older clients know no `[::1]`. */
function registryInReferences({ host, http }: Config, port: number): string {
  if (http.publicUrl !== undefined) return new URL(http.publicUrl).host;
  // On all addresses others reach it by this computer's name.
  if (host === '0.0.0.0' || host === '::') return `${hostname()}:${port}`;
  return `${host === '127.0.0.1' || host.includes(':') ? 'localhost' : host}:${port}`;
}
