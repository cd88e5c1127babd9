/**
 * What rights cost: a manifest for whoever shows a token, beside the same from a server that asks
 * nobody; a token; and one decision where there are a million grants. Naru only: of the peers none
 * has accounts of its own.
 */
import { openIdentityRows } from '../load/decisions.ts';
import { expectStatus } from '../load/requests.ts';
import { getWithWrk } from '../load/wrk.ts';
import { measure } from '../measure/measure.ts';
import { fillAccess } from '../peers/naru-access-rows.ts';
import type { Peer, Server } from '../peers/peer.ts';
import { manifestType } from '../sample.ts';
import type { Bench, Scenario } from './scenario.ts';
import { manifestUrl, pushImage, startOnStock, stockRepository, stockTag } from './stock.ts';

const clients = 8;
const password = 'tall grass 95';
const administrator = 'bench-admin';
const withAccounts = { environment: { NARU_PROFILE: 'hub', NARU_ADMIN_USER: administrator, NARU_ADMIN_PASSWORD: password } };
/** Who was verified a moment ago is known: each comes once. */
const people = 300;
const atTheDoor = 50;
const onlyNaru = (peer: Peer): boolean => peer.name === 'naru';

export const accessManifest: Scenario = {
  id: 'access-manifest-get',
  title: 'GET manifest by tag, private, with a token, 8 clients',
  metrics: [
    { key: 'cpuMicros', unit: 'CPU µs/request', digits: 1 },
    { key: 'openMicros', unit: 'the same without accounts', digits: 1 },
    { key: 'ratio', unit: '×', digits: 2 },
  ],
  suits: onlyNaru,
  run: async (bench, peer) => {
    await using open = await startOnStock(bench, peer);
    await using asking = await startWithAccounts(bench, peer);
    const authorization = `Bearer ${await tokenFor(asking)}`;
    const ofOpen = await cpuPerGet(bench, open, manifestUrl(open, stockRepository, stockTag), {});
    const cpuMicros = await cpuPerGet(bench, asking, manifestUrl(asking, stockRepository, stockTag), { authorization });
    return { cpuMicros, openMicros: ofOpen, ratio: cpuMicros / ofOpen };
  },
};

export const accessToken: Scenario = {
  id: 'access-token',
  title: 'a token from /token, 8 clients',
  metrics: [
    { key: 'cpuMicros', unit: 'CPU µs for an access token', digits: 0 },
    { key: 'anonymousMicros', unit: 'CPU µs for nobody', digits: 0 },
  ],
  suits: onlyNaru,
  run: async (bench, peer) => {
    await using server = await startWithAccounts(bench, peer);
    const response = await fetch(`${server.url}/api/v1/user/tokens`, {
      method: 'POST',
      headers: { authorization: basic(administrator, password) },
      body: JSON.stringify({ name: 'bench' }),
    });
    const { secret } = (await response.json()) as { secret: string }; // hub-api/token-routes.ts
    const cpuMicros = await cpuPerGet(bench, server, tokenUrl(server), { authorization: basic(administrator, secret) });
    return { cpuMicros, anonymousMicros: await cpuPerGet(bench, server, tokenUrl(server), {}) };
  },
};

/** Everybody logs in at once, each for the first time, while others pull: how long they wait in line, and whether pulls wait as well. */
export const accessPasswords: Scenario = {
  id: 'access-passwords',
  title: `log-ins by password of ${atTheDoor} at once, beside one who gets a manifest`,
  metrics: [
    { key: 'logInP99Ms', unit: 'ms until the token, p99', digits: 0 },
    { key: 'logInMedianMs', unit: 'ms until the token, median', digits: 0 },
    { key: 'besideP99Micros', unit: 'µs for the manifest meanwhile, p99', digits: 0 },
    { key: 'aloneP99Micros', unit: 'µs for the manifest alone, p99', digits: 0 },
  ],
  suits: onlyNaru,
  run: async (bench, peer) => {
    await using server = await startWithAccounts(bench, peer);
    for (let index = 0; index < people; index++) await ensurePerson(server, `person-${index}`);
    const authorization = `Bearer ${await tokenFor(server)}`;
    const pulls = () =>
      getWithWrk(manifestUrl(server, stockRepository, stockTag), { clients: 1, seconds: bench.size.loadSeconds, accept: manifestType, authorization });
    await pulls();
    const alone = await pulls();
    const waits: number[] = [];
    let next = 0;
    const over = new AbortController();
    const logIns = Array.from({ length: atTheDoor }, async () => {
      while (!over.signal.aborted && next < people) {
        const startedAt = performance.now();
        await expectStatus([200], tokenUrl(server), { headers: { authorization: basic(`person-${next++}`, password) } });
        waits.push(performance.now() - startedAt);
      }
    });
    const beside = await pulls();
    over.abort();
    await Promise.all(logIns);
    const sorted = waits.toSorted((one, other) => one - other);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return { logInP99Ms: at(0.99), logInMedianMs: at(0.5), besideP99Micros: beside.p99Micros, aloneP99Micros: alone.p99Micros };
  },
};

export const accessDecision: Scenario = {
  id: 'access-decision',
  title: 'a decision: 100 000 users, 10 000 organisations, 1 000 000 grants (quick: a tenth)',
  metrics: [
    { key: 'cpuMicros', unit: 'CPU µs, callers known', digits: 2 },
    { key: 'firstMicros', unit: 'CPU µs, first of each caller', digits: 0 },
    { key: 'grants', unit: 'grants', digits: 0 },
  ],
  suits: onlyNaru,
  run: async (bench, peer) => {
    const { access } = bench.size;
    const folder = await bench.scratch.once('naru-access', async (path) => {
      await (await peer.start(path))[Symbol.asyncDispose](); // it lays its store out
      fillAccess(path, access);
      return path;
    });
    await using rows = await openIdentityRows(folder);
    return { ...(await rows.decide(access)), grants: access.organisations * access.grantsPerOrganisation };
  },
};

async function startWithAccounts(bench: Bench, peer: Peer): Promise<Server> {
  const folder = await bench.scratch.once('naru-with-accounts', async (path) => {
    // Pushed while nobody is asked for a name, then closed to all who show none.
    {
      await using open = await peer.start(path);
      await pushImage(open, stockRepository, bench.image, stockTag);
    }
    await using server = await peer.start(path, withAccounts);
    await expectStatus([200], `${server.url}/api/v1/repositories/${stockRepository}`, {
      method: 'PATCH',
      headers: { authorization: basic(administrator, password) },
      body: JSON.stringify({ visibility: 'private' }),
    });
    return path;
  });
  return await peer.start(folder, withAccounts);
}

async function ensurePerson(server: Server, name: string): Promise<void> {
  await expectStatus([201, 409], `${server.url}/api/v1/users`, {
    method: 'POST',
    headers: { authorization: basic(administrator, password) },
    body: JSON.stringify({ name, password }),
  });
}

async function cpuPerGet(bench: Bench, server: Server, url: string, headers: { authorization?: string }): Promise<number> {
  const load = (seconds: number) => getWithWrk(url, { clients, seconds, accept: manifestType, ...headers });
  await load(bench.size.warmUpSeconds);
  const cost = await measure(server, () => load(bench.size.loadSeconds));
  return (cost.cpuSeconds / cost.result.requests) * 1e6;
}

async function tokenFor(server: Server): Promise<string> {
  const response = await expectStatus([200], tokenUrl(server), { headers: { authorization: basic(administrator, password) } });
  return ((await response.json()) as { token: string }).token; // Docker's token specification
}

function tokenUrl(server: Server): string {
  return `${server.url}/token?service=naru&scope=repository:${stockRepository}:pull`;
}

function basic(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
}
