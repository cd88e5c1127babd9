/** Naru as `npm start` sets it up, and once more without its access log, to show what the log costs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillManifests, fillRepositories, fillTags } from './naru-rows.ts';
import type { Peer } from './peer.ts';
import { freePort, launch } from './server-process.ts';

const root = join(import.meta.dirname, '../..');

export const naru: Peer = naruPeer('naru', 'registry', 'defaults: access log on, to a file; everything synced before it is acknowledged', {});

export const naruWithoutAccessLog: Peer = naruPeer('naru-no-access-log', 'variant', 'as naru, but the access log is off, as it is for the others', {
  NARU_LOG_ACCESS: 'false',
});

function naruPeer(name: string, kind: Peer['kind'], setUp: string, environment: Readonly<Record<string, string>>): Peer {
  return {
    name,
    kind,
    setUp,
    doesNot: [],
    findVersion: () => (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version, // our own file
    fill: { layout: 'naru', tags: fillTags, repositories: fillRepositories, manifests: fillManifests },
    start: async (folder, options) => {
      const port = await freePort();
      const program = [process.execPath, join(root, 'packages/naru/src/main.ts')] as const;
      const command = [...program, 'serve', '--port', String(port), '--data', join(folder, 'data')] as const;
      return await launch({
        ...options,
        command,
        port,
        readyPath: '/readyz',
        logPath: join(folder, 'server.log'),
        environment: { ...environment, ...options?.environment },
      });
    },
  };
}
