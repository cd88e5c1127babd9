/** olareg: one static Go binary over OCI image layouts, the leanest registry we know. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLineOf, isOnPath } from '../load/programs.ts';
import { manifestType } from '../sample.ts';
import type { Entries, Peer } from './peer.ts';
import { freePort, launch } from './server-process.ts';

export const olareg: Peer = {
  name: 'olareg',
  kind: 'registry',
  setUp: 'directory store, log level error, no authentication',
  doesNot: [
    'sync anything to disk',
    'catalog',
    'tag index: a repository is one JSON file, read and written whole',
    'rights per repository',
    'events, metrics, access log',
  ],
  findVersion: () => (isOnPath('olareg') ? (firstLineOf('olareg', ['version'])?.replace(/^VCSTag:\s*/, '') ?? 'unknown') : undefined),
  fill: { layout: 'olareg', tags: fillTags },
  start: async (folder, options) => {
    const port = await freePort();
    const command = ['olareg', 'serve', '--addr', '127.0.0.1', '--port', String(port), '--dir', folder, '--verbosity', 'error'] as const;
    return await launch({ ...options, command, port, readyPath: '/v2/', logPath: join(folder, '..', 'olareg.log') });
  },
};

/** Tags are descriptors with an annotation, all in the repository's index.json. */
async function fillTags(folder: string, { repository, image, count, name }: Entries): Promise<void> {
  const path = join(folder, repository, 'index.json');
  const index = JSON.parse(await readFile(path, 'utf8')) as { manifests: unknown[] }; // olareg wrote it when the image was pushed
  const { digest, bytes } = image.manifest;
  index.manifests = Array.from({ length: count }, (_, at) => ({
    mediaType: manifestType,
    digest,
    size: bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': name(at) },
  }));
  await writeFile(path, JSON.stringify(index));
}
