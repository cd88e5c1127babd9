/**
 * Not a time but a fact, seen from outside with strace: how many times a push is synced to disk.
 * Without it, the times of two pushes are not to be compared.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOnPath } from '../load/programs.ts';
import { pushSmallBlob, sendPut } from '../load/uploads.ts';
import { makeManifest, makeSmallBlob, manifestType } from '../sample.ts';
import { everyServer, type Scenario } from './scenario.ts';
import { manifestUrl, pushImage } from './stock.ts';

const repository = 'bench/push';

export const durability: Scenario = {
  id: 'durability',
  title: 'syncs to disk per push (strace)',
  metrics: [
    { key: 'blobSyncs', unit: 'per blob', digits: 0 },
    { key: 'manifestSyncs', unit: 'per manifest', digits: 0 },
    { key: 'folderSyncs', unit: 'of them folders', digits: 0 },
  ],
  mostRepetitions: 1,
  suits: (peer) => everyServer(peer) && isOnPath('strace'),
  run: async (bench, peer) => {
    await using folder = bench.scratch.fresh(`${peer.name}-durability`);
    const trace = join(folder.path, 'strace.out');
    await using server = await peer.start(folder.path, { wrap: ['strace', '-f', '-qq', '-y', '-e', 'trace=fsync,fdatasync,syncfs,sync', '-o', trace] });
    if (server.uploads === 'session') await pushImage(server, repository, bench.image, 'first');
    const before = await settledSyncs(trace);
    await pushSmallBlob(server, repository, makeSmallBlob());
    const afterBlob = await settledSyncs(trace);
    if (server.uploads === 'session') await sendPut(manifestUrl(server, repository, 'second'), makeManifest(bench.image.layers, 'second').bytes, manifestType);
    const afterManifest = await settledSyncs(trace);
    return {
      blobSyncs: afterBlob.length - before.length,
      manifestSyncs: afterManifest.length - afterBlob.length,
      folderSyncs: await countFolders(afterManifest.slice(before.length)),
    };
  },
};

/** The paths of the syncs so far, when no more are coming. */
async function settledSyncs(trace: string): Promise<string[]> {
  for (let seen = -1; ; await sleep(300)) {
    const syncs = (await readFile(trace, 'utf8')).split('\n').filter((line) => /\b(fsync|fdatasync|syncfs|sync)\(/.test(line));
    if (syncs.length === seen) return syncs.map((line) => /<([^>]*)>/.exec(line)?.[1] ?? '');
    seen = syncs.length;
  }
}

async function countFolders(paths: readonly string[]): Promise<number> {
  const kinds = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  return kinds.filter(Boolean).length;
}
