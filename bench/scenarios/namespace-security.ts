/** How vulnerable an organisation of many images is: summing it up in the background, and each list of its page. Naru only. */
import { join } from 'node:path';
import { tallyNamespaceKind } from '@naru/server/advisories/tallies/tally-jobs';
import { tallyKinds } from '@naru/server/advisories/tallies/tally-kinds';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';
import { expectStatus } from '../load/requests.ts';
import { fillTallies } from '../peers/naru-tally-rows.ts';
import type { Scenario } from './scenario.ts';

const place = '/api/v1/namespaces/team/security';
const lists = ['', '/images', '/images?order=epss&after=5000', '/repositories', '/vulnerabilities', '/packages', '/bases', '/rebuilds', '/days'];

export const namespaceSecurity: Scenario = {
  id: 'namespace-security',
  title: 'the security of an organisation: 10 000 images with 300 findings each (quick: a tenth)',
  metrics: [
    { key: 'sumSeconds', unit: 'CPU s, summing up once', digits: 2 },
    { key: 'medianMs', unit: 'ms median of an answer', digits: 1 },
    { key: 'slowestMs', unit: 'ms, the slowest list, median', digits: 1 },
    { key: 'findings', unit: 'findings', digits: 0 },
  ],
  suits: (peer) => peer.name === 'naru',
  mostRepetitions: 1,
  async run(bench, peer) {
    const { images } = bench.size.advisories;
    await using folder = bench.scratch.fresh('namespace-security');
    {
      await using server = await peer.start(folder.path);
      await expectStatus([200], `${server.url}/readyz`, {});
    }
    const findings = images * (await fillTallies(folder.path, images));
    const sumSeconds = await sumUp(join(folder.path, 'data/naru.db'));
    await using server = await peer.start(folder.path);
    for (const list of lists) await expectStatus([200], `${server.url}${place}${list}`, {});
    const medians: number[] = [];
    for (const list of lists) {
      const times: number[] = [];
      for (let round = 0; round < 20; round++) {
        const startedAt = performance.now();
        await (await expectStatus([200], `${server.url}${place}${list}`, {})).json();
        times.push(performance.now() - startedAt);
      }
      medians.push(medianOf(times));
    }
    return { sumSeconds, medianMs: medianOf(medians), slowestMs: Math.max(...medians), findings };
  },
};

/** As the job does it, in this process. */
async function sumUp(path: string): Promise<number> {
  const rows = await openSqliteMetadata({ path });
  const unused = async () => {
    throw new Error('summing up looks at no image');
  };
  const kinds = tallyKinds({ rows, findings: { check: unused }, clock: { now: () => Date.now() }, findNewerBase: unused, layersOf: unused });
  const kind = kinds.find(({ name }) => name === tallyNamespaceKind);
  const before = process.cpuUsage();
  await kind?.run({ ...job, payload: { namespace: 'team' } }, new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  await rows.close();
  return (user + system) / 1e6;
}

const job = { id: 1, kind: tallyNamespaceKind, priority: 'normal', state: 'running', attempts: 1, createdAt: 0, runAt: 0, changedAt: 0 } as const;

function medianOf(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;
}
