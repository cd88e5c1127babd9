/**
 * Distribution, the registry that most people run: version 3 (`registry`) and the 2.8 that Debian
 * still ships (`docker-registry`). Both sync each file they write, and version 3 also the directory
 * of the small ones, though not the one that a blob's bytes are renamed into (see the scenario `durability`).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLineOf } from '../load/programs.ts';
import { fillRepositories, fillTags } from './distribution-layout.ts';
import type { Peer } from './peer.ts';
import { freePort, launch } from './server-process.ts';

export const distribution3 = distribution({
  name: 'distribution-3',
  program: 'registry',
  doesNot: [
    'sha512',
    'referrers API',
    'catalog or tag index: lists walk the file system',
    'online garbage collection',
    'cross-repository rights',
    'events that survive a restart',
  ],
});

export const distribution2 = distribution({
  name: 'distribution-2',
  program: 'docker-registry',
  doesNot: [
    'sha512',
    'referrers API',
    'tag list pages',
    'sync of directories',
    'online garbage collection',
    'cross-repository rights',
    'events that survive a restart',
  ],
});

function distribution({ name, program, doesNot }: { name: string; program: string; doesNot: readonly string[] }): Peer {
  return {
    name,
    kind: 'registry',
    setUp: 'filesystem driver, log level error, access log off, descriptor cache in memory, deletes on',
    doesNot,
    findVersion: () => firstLineOf(program, ['--version'])?.split(' ').at(-1),
    fill: { layout: 'distribution', tags: fillTags, repositories: fillRepositories },
    start: async (folder, options) => {
      const port = await freePort();
      const configPath = join(folder, 'distribution.yml');
      await writeFile(configPath, configuration(join(folder, 'data'), port));
      return await launch({ ...options, command: [program, 'serve', configPath], port, readyPath: '/v2/', logPath: join(folder, 'server.log') });
    },
  };
}

// catalog.maxentries only lets a page hold as many entries as are asked for, as the other peers do.
const configuration = (folder: string, port: number): string => `
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${folder} }, cache: { blobdescriptor: inmemory }, delete: { enabled: true } }
http: { addr: "127.0.0.1:${port}" }
catalog: { maxentries: 1000 }
`;
