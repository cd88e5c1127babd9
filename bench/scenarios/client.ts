/** What clients take to pull and push one image of 1 GB, and to list a thousand: CPU and memory of the client, not of the server. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { dockerArchive, dockerImage } from '../../test/client-store/support/archives.ts';
import { type ClientImage, clientRepository, makeClientImage, pushClientImage } from '../client-image.ts';
import { clientPrograms, type ClientProgram, imageName, measureClient } from '../load/client-programs.ts';
import type { Peer } from '../peers/peer.ts';
import { registries, type Bench, type Metric, type Sample, type Scenario } from './scenario.ts';

const metrics: readonly Metric[] = [
  { key: 'cpuSeconds', unit: 'CPU s', digits: 2 },
  { key: 'wallSeconds', unit: 's', digits: 2 },
  { key: 'peakMb', unit: 'MB peak', digits: 0 },
];

export const clientPulls: readonly Scenario[] = clientPrograms.map((program) => ({
  id: `client-pull-${program.name}`,
  title: `${program.name} pulls 1 GB, 10 layers`,
  metrics,
  ...(program.name === 'skopeo-storage' && { mostRepetitions: 1 }), // a minute each
  fullRunOnly: true,
  suits: registries,
  run: (bench, peer) => pull(bench, peer, program),
}));

export const clientPushes: readonly Scenario[] = clientPrograms
  .filter(({ push: command }) => command !== undefined)
  .map((program) => ({
    id: `client-push-${program.name}`,
    title: `${program.name} pushes 1 GB, 10 layers`,
    metrics,
    fullRunOnly: true,
    suits: registries,
    run: (bench, peer) => push(bench, peer, program),
  }));

const listedImages = 1000;
const listsTimed = 11;

export const clientList: Scenario = {
  id: 'client-images',
  title: `naru images, ${listedImages} images, from start to end`,
  metrics: [
    { key: 'medianMs', unit: 'ms median', digits: 0 },
    { key: 'worstMs', unit: 'ms worst', digits: 0 },
  ],
  fullRunOnly: true,
  suits: ({ name }) => name === 'naru',
  async run(bench) {
    const folder = await bench.scratch.once('client-list', (path) => {
      const images = Array.from({ length: listedImages }, (_, index) =>
        dockerImage({ seed: `${index % 10}`, created: new Date(index * 1000).toISOString(), tags: [`app${index}:1`] }),
      );
      naruCommand(path, ['load'], dockerArchive(images));
      return Promise.resolve(path);
    });
    const times = Array.from({ length: listsTimed }, () => {
      const startedAt = performance.now();
      naruCommand(folder, ['images']);
      return performance.now() - startedAt;
    }).sort((one, other) => one - other);
    return { medianMs: times[listsTimed >> 1] ?? 0, worstMs: times.at(-1) ?? 0 };
  },
};

async function pull(bench: Bench, peer: Peer, program: ClientProgram): Promise<Sample | undefined> {
  if (!program.isThere()) return undefined;
  const stock = await bench.scratch.once(`${peer.name}-client-stock`, async (path) => {
    await using server = await peer.start(path);
    await pushClientImage(server, await image(bench));
    return path;
  });
  await using server = await peer.start(stock);
  await using target = bench.scratch.fresh('client-pull');
  return await measureClient(program.pull(imageName(server, clientRepository), target.path), target.path);
}

/** Into an empty registry, from what the program has pulled before: nothing can be mounted or left out. */
async function push(bench: Bench, peer: Peer, program: ClientProgram): Promise<Sample | undefined> {
  if (!program.isThere() || program.push === undefined) return undefined;
  const source = await bench.scratch.once(`${peer.name}-${program.name}-client-source`, async (path) => {
    await using folder = bench.scratch.fresh('client-source');
    await using server = await peer.start(folder.path);
    await pushClientImage(server, await image(bench));
    await measureClient(program.pull(imageName(server, clientRepository), path), path);
    return { path, name: imageName(server, clientRepository) };
  });
  await using data = bench.scratch.fresh('client-push');
  await using server = await peer.start(data.path);
  const name = imageName(server, clientRepository);
  if (program.rename !== undefined) await measureClient(program.rename(source.name, name, source.path), source.path);
  return await measureClient(program.push(name, source.path), source.path);
}

function image(bench: Bench): Promise<ClientImage> {
  return bench.scratch.once('client-image', makeClientImage);
}

function naruCommand(folder: string, args: readonly string[], input?: Uint8Array): void {
  const program = join(import.meta.dirname, '../../packages/naru/src/main.ts');
  const { status, stderr } = spawnSync(process.execPath, [program, ...args, '--data-root', join(folder, 'store')], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C' },
    ...(input === undefined ? {} : { input }),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`naru ${args.join(' ')}: ${stderr.toString()}`);
}
