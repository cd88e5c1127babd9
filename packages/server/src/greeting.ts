/** What a person reads when the server has started: where it is, where the data is, what to do next. */
import type { Config } from './config/config.ts';

export type GreetingFacts = { readonly version: string; readonly url: string; readonly port: number; readonly config: Config };

export function greeting({ version, url, port, config }: GreetingFacts): string {
  const registry = registryInReferences(config.host, port);
  return [
    `Naru ${version}`,
    '',
    `  Listening on  ${url}`,
    `  Data in       ${config.data}`,
    '',
    '  THERE IS NO LOG-IN: every program on this computer can push, overwrite and delete.',
    '  Other computers cannot reach it.',
    '',
    '  Push a first image (IMAGE is any of those that "docker images" lists):',
    '',
    `    docker tag IMAGE ${registry}/first:1`,
    `    docker push ${registry}/first:1`,
    `    docker pull ${registry}/first:1`,
    '',
    '  Stop with Ctrl-C.',
    '',
  ].join('\n');
}

/** Docker takes an address for a registry when it holds a dot, a port or is `localhost`; older clients know no `[::1]`. */
function registryInReferences(host: string, port: number): string {
  return `${host === '127.0.0.1' || host.includes(':') ? 'localhost' : host}:${port}`;
}
