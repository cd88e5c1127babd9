import { namespaceOf } from '../../access/namespace.ts';
import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { type Environment, environmentsMax, keptReleases, type NewRelease, type Release, releasesMax, type ReportState } from '../deploy/port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, eventsAfter, failureOf, lastEventId, latest, other, pushBlob, pushManifest, repository } from './content.ts';

const key = { repository, name: 'test' };
const environment: Omit<Environment, 'createdAt'> = {
  ...key,
  follows: { kind: 'tags', pattern: 'v*' },
  perTag: false,
  needsApproval: false,
  isPaused: false,
  deployers: [],
  approvers: ['lee'],
  agents: ['acme+deploy'],
};
const change = { at: 10, actor };

async function open(store: MetadataStore, options: Partial<Environment> = {}): Promise<void> {
  await pushBlob(store, 'layer');
  await store.deployments.environments.put({ ...environment, ...options, ...change });
}

const push = async (store: MetadataStore, name: string) => (await pushManifest(store, { name })).digest;

function request(store: MetadataStore, digest: Digest, options: Partial<NewRelease> = {}): Promise<Release | undefined> {
  return store.deployments.releases.request({ ...key, instance: '', digest, cause: 'deploy', state: 'pending', ...change, ...options });
}

async function requested(store: MetadataStore, digest: Digest, options: Partial<NewRelease> = {}): Promise<number> {
  const release = await request(store, digest, options);
  if (release === undefined) throw new Error('nothing was requested');
  return release.id;
}

function report(store: MetadataStore, release: number, state: ReportState, target = 'web-1', instance = ''): Promise<void> {
  return store.deployments.releases.report({
    ...key,
    instance,
    target,
    release,
    state,
    at: 20,
    actor: 'acme+deploy',
    ...(state === 'failed' && { message: 'no answer' }),
  });
}

function claim(store: MetadataStore, target: string, agent = 'one', seenAt = 15): Promise<boolean> {
  return store.deployments.targets.claim({ ...key, target, agent, version: '1', leaseUntil: seenAt + 100, seenAt });
}

async function states(store: MetadataStore): Promise<string[]> {
  return (await store.deployments.releases.list(key, { limit: 100 })).map(({ state }) => state).toReversed();
}

async function now(store: MetadataStore): Promise<{ wanted?: number | undefined; running?: number | undefined }> {
  const [instance] = await store.deployments.environments.listInstances(key);
  return { wanted: instance?.wanted?.id, running: instance?.running?.id };
}

export function deploymentContract(it: Contract): void {
  it('keeps environments, changes all of one, and bounds how many there are', async (store) => {
    await open(store);
    const { environments } = store.deployments;
    expect(await environments.find(key)).toEqual({ ...environment, createdAt: 10 });
    await environments.put({ ...environment, follows: { kind: 'versions', range: '1.x' }, ttlMs: 5, after: 'dev', ...change, at: 11 });
    expect(await environments.list(repository)).toEqual([
      { ...environment, follows: { kind: 'versions', range: '1.x' }, ttlMs: 5, after: 'dev', createdAt: 10 },
    ]);
    await environments.put({ ...environment, name: 'zz', ...change });
    const names = async (page: Parameters<typeof environments.listOf>[1]) => (await environments.listOf(namespaceOf(repository), page)).map(({ name }) => name);
    expect([await names({ limit: 9 }), await names({ after: key, limit: 9 }), await names({ limit: 1 })]).toEqual([[key.name, 'zz'], ['zz'], [key.name]]);
    expect(await environments.listOf('elsewhere', { limit: 9 })).toEqual([]);
    await environments.remove({ ...key, name: 'zz', ...change });
    for (let n = 1; n < environmentsMax; n++) await environments.put({ ...environment, name: `e${n}`, ...change });
    expect(await failureOf(environments.put({ ...environment, name: 'more', ...change }))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(environments.put({ ...environment, repository: other, ...change }))).toMatchObject({ code: 'NAME_UNKNOWN' });
  });

  it('moves a release to running when every target that is there runs it', async (store) => {
    await open(store);
    const digest = await push(store, 'one');
    expect(await Promise.all([claim(store, 'web-1'), claim(store, 'web-2')])).toEqual([true, true]);
    const id = await requested(store, digest);
    await report(store, id, 'starting');
    await report(store, id, 'running');
    expect(await now(store)).toEqual({ wanted: id, running: undefined });
    await report(store, id, 'running', 'web-2');
    expect(await now(store)).toEqual({ wanted: id, running: id });
    const second = await requested(store, await push(store, 'two'));
    for (const target of ['web-1', 'web-2']) await report(store, second, 'running', target);
    expect(await states(store)).toEqual(['replaced', 'running']);
    expect(await store.deployments.releases.hasRun(key, digest)).toBe(true);
    expect((await store.deployments.releases.findBefore({ ...key, instance: '' }, second))?.id).toBe(id);
  });

  it('goes back to what ran when one target could not, and hears no more of it', async (store) => {
    await open(store);
    await claim(store, 'web-1');
    const first = await requested(store, await push(store, 'one'));
    await report(store, first, 'running');
    const begin = await lastEventId(store);
    const second = await requested(store, await push(store, 'two'));
    await report(store, second, 'failed');
    expect(await now(store)).toEqual({ wanted: first, running: first });
    await report(store, second, 'running');
    expect(await states(store)).toEqual(['running', 'failed']);
    expect((await eventsAfter(store, begin)).filter(({ kind }) => kind.startsWith('deploy.'))).toEqual([
      { kind: 'deploy.requested', repository, digest: digestOfRelease('two'), environment: 'test', release: second, ...change },
      {
        kind: 'deploy.rolled_back',
        repository,
        digest: digestOfRelease('two'),
        environment: 'test',
        release: second,
        message: 'web-1: no answer',
        at: 20,
        actor: 'acme+deploy',
      },
    ]);
  });

  it('lets a newer wish take the place of one that is not fulfilled, and an event cause one release', async (store) => {
    await open(store);
    const digest = await push(store, 'one');
    await requested(store, digest, { state: 'awaiting', event: 7 });
    const second = await requested(store, await push(store, 'two'), { cause: 'push', event: 8 });
    expect(await request(store, digest, { cause: 'push', event: 7 })).toBeUndefined();
    expect(await request(store, digestOfRelease('two'), { cause: 'push', event: 9 })).toBeUndefined(); // it is wanted already
    expect(await states(store)).toEqual(['superseded', 'pending']);
    expect(await now(store)).toEqual({ wanted: second, running: undefined });
    await requested(store, digest, { state: 'refused', message: 'it has not run in dev yet' });
    expect(await states(store)).toEqual(['superseded', 'pending', 'refused']);
    expect(await failureOf(request(store, digestOf('absent')))).toMatchObject({ code: 'MANIFEST_UNKNOWN' });
  });

  it('waits for approval, which is given once', async (store) => {
    await open(store);
    const id = await requested(store, await push(store, 'one'), { state: 'awaiting' });
    expect(await now(store)).toEqual({ wanted: undefined, running: undefined });
    const decide = (approved: boolean) => store.deployments.releases.decide({ ...key, id, approved, at: 12, actor: 'lee' });
    await decide(true);
    expect(await now(store)).toEqual({ wanted: id, running: undefined });
    expect(await failureOf(decide(false))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(store.deployments.releases.decide({ ...key, name: 'else', id, approved: true, ...change }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets one agent at a time serve a target', async (store) => {
    await open(store);
    expect(await claim(store, 'web-1', 'one', 15)).toBe(true);
    expect(await claim(store, 'web-1', 'two', 20)).toBe(false);
    expect(await claim(store, 'web-1', 'one', 90)).toBe(true);
    expect(await claim(store, 'web-1', 'two', 190)).toBe(true);
    await store.deployments.targets.release({ ...key, target: 'web-1', agent: 'one' });
    expect(await claim(store, 'web-1', 'one', 191)).toBe(false);
    await store.deployments.targets.release({ ...key, target: 'web-1', agent: 'two' });
    expect(await claim(store, 'web-1', 'one', 192)).toBe(true);
  });

  it('lets no lease hold that a clock gave which was set back since, and lets its target hold up nobody', async (store) => {
    await open(store);
    expect(await claim(store, 'web-1', 'one', 24 * 3600e3)).toBe(true);
    expect(await claim(store, 'web-2', 'two', 20)).toBe(true);
    const id = await requested(store, await push(store, 'one'));
    await report(store, id, 'running', 'web-2');
    expect(await states(store)).toEqual(['running']);
    expect(await claim(store, 'web-1', 'other', 30)).toBe(true);
    expect(await claim(store, 'web-1', 'one', 40)).toBe(false);
  });

  it('makes instances as they are wanted and ends them when their time is over', async (store) => {
    await open(store, { perTag: true });
    const digest = await push(store, 'one');
    for (const [instance, expiresAt] of [
      ['pr-1', 100],
      ['pr-2', 200],
    ] as const)
      await requested(store, digest, { instance, expiresAt });
    expect((await store.deployments.environments.listInstances(key)).map(({ name, expiresAt }) => [name, expiresAt])).toEqual([
      ['pr-1', 100],
      ['pr-2', 200],
    ]);
    expect(await store.deployments.environments.listExpired(150, 10)).toEqual([{ ...key, instance: 'pr-1' }]);
    const end = () => store.deployments.environments.endInstance({ ...key, instance: 'pr-1', ...change });
    expect([await end(), await end()]).toEqual([true, false]);
    expect((await store.deployments.targets.list(key)).flatMap(({ reports }) => reports).filter(({ instance }) => instance === 'pr-1')).toEqual([]);
    expect(await states(store)).toEqual(['ended', 'pending']);
  });

  it('keeps from collection what runs and what one may go back to', async (store) => {
    await open(store);
    const old = { before: 1000, limit: 100 };
    const digests: Digest[] = [];
    for (let n = 0; n < keptReleases + 3; n++) {
      const digest = await push(store, `release ${n}`);
      digests.push(digest);
      await report(store, await requested(store, digest), 'running');
    }
    // The newest runs, those before it are kept; one is forgotten when the next is requested.
    const gone = (await store.collection.listUntagged(old)).map((one) => one.digest);
    expect(gone.toSorted()).toEqual(digests.slice(0, 1).toSorted());
    await store.deployments.environments.remove({ ...key, ...change });
    expect(await store.collection.listUntagged(old)).toHaveLength(digests.length);
  });

  it('forgets old releases and never one that runs', async (store) => {
    await open(store);
    const [one, two] = [await push(store, 'one'), await push(store, 'two')];
    const first = await requested(store, one);
    await report(store, first, 'running');
    for (let n = 0; n < releasesMax + 5; n++) await requested(store, two, { state: 'refused', message: 'no' });
    const all = await store.deployments.releases.list(key, { limit: 1000 });
    expect(all).toHaveLength(releasesMax + 1);
    expect(all.at(-1)?.id).toBe(first);
  });

  it('goes with its repository when that is renamed', async (store) => {
    await open(store);
    const id = await requested(store, (await pushManifest(store, { name: 'one' }, { tags: [latest] })).digest);
    await store.repositories.rename({ from: repository, to: other, aliasUntil: 1, ...change });
    const moved = { repository: other, name: 'test' };
    expect((await store.deployments.environments.listInstances(moved))[0]?.wanted?.id).toBe(id);
    expect(await store.deployments.environments.list(repository)).toEqual([]);
  });
}

function digestOfRelease(name: string): Digest {
  return digestOf(new TextEncoder().encode(JSON.stringify({ name, layers: [], foreign: [], children: [] })));
}
