import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { actor, type Contract, latest, other, pushBlob, pushManifest, repository, stable } from './content.ts';

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
}
