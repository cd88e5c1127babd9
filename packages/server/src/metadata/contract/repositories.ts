import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { actor, type Contract, eventsAfter, failureOf, lastEventId, latest, other, pushBlob, pushManifest, repository, stable } from './content.ts';

const webhook = {
  url: 'https://ci.example.org/hook',
  format: 'standard',
  secret: 'whsec_eA==',
  filter: { events: ['tag.moved'] },
  allowPrivateAddress: false,
} as const;

export function repositoryContract(it: Contract): void {
  it('knows no repository at first', async (store) => {
    expect(await store.repositories.has(repository)).toBe(false);
    expect(await store.repositories.list({ limit: 10 })).toEqual([]);
  });

  it('has a repository from its first blob on', async (store) => {
    await pushBlob(store, 'layer');
    expect(await store.repositories.has(repository)).toBe(true);
  });

  it('has a repository from its first manifest on', async (store) => {
    await pushManifest(store, { name: 'empty' });
    expect(await store.repositories.has(repository)).toBe(true);
  });

  it('keeps a repository that lost its content', async (store) => {
    const { digest } = await pushManifest(store, { name: 'empty' });
    await store.manifests.remove({ repository, digest, at: 3, actor: 'mina' });
    expect(await store.repositories.has(repository)).toBe(true);
  });

  it('lists in byte order, behind `after`, up to the limit', async (store) => {
    for (const name of ['b', 'a-b', 'a', 'a/b', 'a0', 'a_b', 'a.b', 'b/a']) await pushBlob(store, 'layer', { in: parseRepositoryName(name) });
    const inOrder = ['a', 'a-b', 'a.b', 'a/b', 'a0', 'a_b', 'b', 'b/a'].map(parseRepositoryName);
    expect(await store.repositories.list({ limit: 100 })).toEqual(inOrder);
    expect(await store.repositories.list({ limit: 3 })).toEqual(inOrder.slice(0, 3));
    expect(await store.repositories.list({ after: 'a.b', limit: 2 })).toEqual(inOrder.slice(3, 5));
    expect(await store.repositories.list({ after: 'a1', limit: 2 })).toEqual(inOrder.slice(5, 7));
    expect(await store.repositories.list({ after: 'zz', limit: 2 })).toEqual([]);
  });

  it('counts what a repository holds: its tags, and each blob once', async (store) => {
    expect(await store.repositories.findFacts(repository)).toBeUndefined();
    await store.repositories.create({ name: repository, visibility: 'private', at: 1, actor });
    const facts = {
      name: repository,
      visibility: 'private' as const,
      createdAt: 1,
      tags: 0,
      sizeBytes: 0,
      description: '',
      official: false,
      verified: false,
      pulls: 0,
      stars: 0,
      sourceUrl: '',
      licenses: '',
    };
    expect(await store.repositories.findFacts(repository)).toEqual(facts);
    const layers = [await pushBlob(store, 'four'), await pushBlob(store, 'fives')];
    await pushBlob(store, 'elsewhere', { in: other });
    await pushManifest(store, { name: 'one', layers }, { tags: [latest], at: 2 });
    await pushManifest(store, { name: 'two', layers }, { tags: [stable], at: 3 });
    expect(await store.repositories.findFacts(repository)).toEqual({ ...facts, tags: 2, taggedAt: 3, sizeBytes: 9 });
  });

  it('removes a repository with all it holds, and leaves what others hold', async (store) => {
    const layers = [await pushBlob(store, 'shared'), await pushBlob(store, 'own')];
    const image = await pushManifest(store, { name: 'image', layers: [layers[0] as Digest] });
    const own = await pushManifest(store, { name: 'own', layers });
    const index = await pushManifest(store, { name: 'index', children: [image.digest, own.digest] }, { tags: [latest, stable] });
    await pushManifest(store, { name: 'signature', subject: index.digest });
    await pushBlob(store, 'shared', { in: other });
    await pushManifest(store, image, { in: other, tags: [latest] });
    const before = await lastEventId(store);
    await store.repositories.remove({ name: repository, at: 9, actor });
    expect(await store.repositories.has(repository)).toBe(false);
    expect(await store.tags.list(repository, { limit: 9 })).toEqual([]);
    expect(await store.tags.listHistory(repository, latest, 9)).toEqual([]);
    expect(await store.manifests.findByTag(repository, latest)).toBeUndefined();
    expect(await store.manifests.find(repository, image.digest)).toBeUndefined();
    expect(await store.manifests.listReferrers({ repository, subject: index.digest, limit: 9 })).toEqual([]);
    expect(await store.blobs.find(repository, layers[0] as Digest)).toBeUndefined();
    expect((await store.manifests.findByTag(other, latest))?.digest).toBe(image.digest);
    expect(await store.blobs.find(other, layers[0] as Digest)).toBeDefined();
    expect(await eventsAfter(store, before)).toEqual([{ kind: 'repository.deleted', repository, at: 9, actor }]);
    // Its own blobs are garbage now, and only these.
    const garbage = await store.collection.listUnlinkedBlobs({ before: 10, limit: 9 });
    expect(garbage.map(({ digest }) => digest)).toEqual([layers[1] as Digest]);
    expect(await failureOf(store.repositories.remove({ name: repository, at: 9, actor }))).toMatchObject({ code: 'NAME_UNKNOWN' });
  });

  it('gives the next repository of the name nothing of the one before', async (store) => {
    const change = { at: 3, actor };
    await pushManifest(store, { name: 'image' }, { tags: [latest] });
    await store.repositories.describe({ name: repository, description: 'mine', ...change });
    await store.retention.set({ repository, policy: { keep: { newest: 1 } }, ...change });
    await store.hub.badges.apply({ id: 'b', badge: 'official', subject: repository, note: '', ...change });
    await store.hub.badges.decide({ id: 'b', state: 'granted', reason: '', ...change });
    await store.webhooks.create({ id: 'w', scope: { kind: 'repository', name: repository }, ...webhook, ...change });
    await store.golden.approve({ id: 'g', namespace: 'jun', repository, tags: '*', reason: '', ...change });
    const moved = parseRepositoryName('mina/moved');
    await store.repositories.rename({ from: repository, to: moved, aliasUntil: 99, ...change });
    await store.repositories.remove({ name: moved, ...change });
    expect(await store.identity.access.findAlias(repository, 5)).toBeUndefined();
    await pushManifest(store, { name: 'another' }, { in: moved });
    expect(await store.repositories.findFacts(moved)).toMatchObject({ description: '', official: false, stars: 0, tags: 0 });
    expect(await store.retention.find(moved)).toBeUndefined();
    expect(await store.webhooks.list({ kind: 'repository', name: moved })).toEqual([]);
    expect(await store.golden.list('jun')).toMatchObject([{ id: 'g', goneAt: 3 }]);
    expect((await store.hub.badges.listOf({ badge: 'official', subject: moved, limit: 9 })).map(({ state, reason }) => [state, reason])).toEqual([
      ['revoked', 'the repository was deleted'],
    ]);
  });

  it('takes the grants on it alone along to a new name, and not into another namespace', async (store) => {
    const change = { at: 3, actor };
    await store.repositories.create({ name: repository, visibility: 'private', ...change });
    const grant = { namespace: 'mina', subject: { kind: 'everybody', id: '' }, effect: 'allow', actions: ['pull'], conditions: {} } as const;
    await store.identity.grants.create({ id: 'one', ...grant, pattern: repository, ...change });
    await store.identity.grants.create({ id: 'all', ...grant, pattern: 'mina/**', ...change });
    const patterns = async () => (await store.identity.grants.list('mina', { limit: 9 })).map(({ pattern }) => pattern).toSorted();
    const [near, far] = [parseRepositoryName('mina/near'), parseRepositoryName('jun/far')];
    await store.repositories.rename({ from: repository, to: near, aliasUntil: 9, ...change });
    expect(await patterns()).toEqual(['mina/**', near]);
    await store.repositories.rename({ from: near, to: far, aliasUntil: 9, ...change });
    expect(await patterns()).toEqual(['mina/**']);
    expect(await store.identity.grants.list('jun', { limit: 9 })).toEqual([]);
  });

  it('removes no repository whose image runs, or whose tag is immutable', async (store) => {
    const change = { at: 3, actor };
    const { digest } = await pushManifest(store, { name: 'image' }, { tags: [latest] });
    await store.tagPolicies.edit({ repository, edit: () => ({ immutable: ['latest'] }), ...change });
    expect(await failureOf(store.repositories.remove({ name: repository, ...change }))).toMatchObject({ code: 'TAG_REFUSED', detail: { tag: latest } });
    await store.tagPolicies.remove({ repository, ...change });
    const environment = { repository, name: 'prod', follows: { kind: 'tags', pattern: '*' }, perTag: false, needsApproval: false, isPaused: false } as const;
    await store.deployments.environments.put({ ...environment, deployers: [], approvers: [], agents: [], ...change });
    await store.deployments.releases.request({ repository, name: 'prod', instance: '', digest, cause: 'deploy', state: 'pending', ...change });
    expect(await failureOf(store.repositories.remove({ name: repository, ...change }))).toEqual({
      code: 'CONFLICT',
      detail: { name: repository, environments: ['prod'] },
    });
    expect(await store.tags.list(repository, { limit: 9 })).toEqual([latest]);
    await store.deployments.environments.endInstance({ repository, name: 'prod', instance: '', ...change });
    await store.repositories.remove({ name: repository, ...change });
    expect(await store.deployments.environments.find({ repository, name: 'prod' })).toBeUndefined();
  });
}
