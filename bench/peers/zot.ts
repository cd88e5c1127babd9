/** zot, with `commit` on: its way to ask that what it acknowledges is on disk. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLineOf } from '../load/programs.ts';
import type { Peer } from './peer.ts';
import { freePort, launch } from './server-process.ts';

export const zot: Peer = {
  name: 'zot',
  kind: 'registry',
  setUp: 'local storage, dedupe off, commit on, garbage collection off, log level error, no extensions',
  doesNot: [
    'writes to two repositories at once: one lock over the whole store',
    'events that survive a restart',
    'a list of 100 000 without pushing them: it is left out here',
  ],
  findVersion: () => firstLineOf('zot', ['--version']),
  fill: { layout: 'zot' },
  start: async (folder, options) => {
    const port = await freePort();
    const configPath = join(folder, 'zot.json');
    const configuration = {
      storage: { rootDirectory: join(folder, 'data'), dedupe: false, commit: true, gc: false },
      http: { address: '127.0.0.1', port: String(port) },
      log: { level: 'error' },
    };
    await writeFile(configPath, JSON.stringify(configuration));
    return await launch({ ...options, command: ['zot', 'serve', configPath], port, readyPath: '/v2/', logPath: join(folder, 'server.log') });
  },
};
