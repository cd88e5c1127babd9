/** From the start of the process to its first good answer: on an empty store, and with a million manifests. */
import { runProgram } from '../load/programs.ts';
import { measure } from '../measure/measure.ts';
import { everyServer, registries, type Scenario } from './scenario.ts';

export const readyEmpty: Scenario = {
  id: 'ready-empty',
  title: 'start to first answer, empty store',
  metrics: [
    { key: 'readyMs', unit: 'ms', digits: 0 },
    { key: 'idleMb', unit: 'MB idle', digits: 0 },
  ],
  suits: everyServer,
  run: async (bench, peer) => {
    await using folder = bench.scratch.fresh(`${peer.name}-ready`);
    await using server = await peer.start(folder.path);
    const idle = await measure(server, async () => undefined);
    return { readyMs: server.readyMs, idleMb: idle.memory.nowMb };
  },
};

export const readyFull: Scenario = {
  id: 'ready-million',
  title: 'start to ready with a million manifests (quick: 100 000)',
  metrics: [
    { key: 'readyMs', unit: 'ms', digits: 0 },
    { key: 'idleMb', unit: 'MB idle', digits: 0 },
    { key: 'manifests', unit: 'manifests', digits: 0 },
  ],
  suits: (peer) => registries(peer) && peer.fill.manifests !== undefined,
  run: async (bench, peer) => {
    const count = bench.size.storedManifests;
    const folder = await bench.scratch.once(`${peer.fill.layout}-manifests`, async (path) => {
      await (await peer.start(path))[Symbol.asyncDispose](); // it lays its store out
      await peer.fill.manifests?.(path, count);
      await runProgram(['sync', '--file-system', path]); // the start is not to wait for what the filling left behind
      return path;
    });
    await using server = await peer.start(folder);
    const idle = await measure(server, async () => undefined);
    return { readyMs: server.readyMs, idleMb: idle.memory.nowMb, manifests: count };
  },
};
