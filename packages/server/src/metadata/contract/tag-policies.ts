import { expect } from 'bun:test';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import type { MetadataStore } from '../port.ts';
import type { TagPolicy } from '../../tag-rules/policy.ts';
import { actor, type Contract, failureOf, latest, pushBlob, pushManifest, repository } from './content.ts';

function set(store: MetadataStore, policy: TagPolicy): Promise<TagPolicy> {
  return store.tagPolicies.edit({ repository, edit: () => policy, at: 3, actor });
}

const release = parseTag('1.0.0');

export function tagPolicyContract(it: Contract): void {
  it('keeps one for each repository, and knows it at once on the way of pulls', async (store) => {
    expect(await failureOf(set(store, {}))).toMatchObject({ code: 'NAME_UNKNOWN' });
    await pushBlob(store, 'layer');
    expect(await store.tagPolicies.findHot(repository)).toBeUndefined();
    expect(await set(store, { forbidden: ['x'] })).toEqual({ forbidden: ['x'] });
    expect(await store.tagPolicies.findHot(repository)).toEqual({ forbidden: ['x'] });
    expect(await store.tagPolicies.edit({ repository, edit: (now) => ({ ...now, allowed: ['y'] }), at: 4, actor })).toEqual({
      forbidden: ['x'],
      allowed: ['y'],
    });
    expect(await store.tagPolicies.find(repository)).toEqual({ policy: { forbidden: ['x'], allowed: ['y'] }, changedAt: 4, changedBy: actor });
    expect([await store.tagPolicies.remove({ repository, at: 5, actor }), await store.tagPolicies.remove({ repository, at: 5, actor })]).toEqual([true, false]);
    expect(await store.tagPolicies.findHot(repository)).toBeUndefined();
  });

  it('refuses moves and deletions in the transaction, and then nothing of it has happened', async (store) => {
    const one = await pushManifest(store, { name: 'one' }, { tags: [release] });
    await set(store, { immutable: ['{release}'] });
    const before = await store.events.list({ limit: 100 });
    expect(await failureOf(pushManifest(store, { name: 'two' }, { tags: [latest, release] }))).toMatchObject({ code: 'TAG_REFUSED', detail: { tag: release } });
    expect(await failureOf(store.manifests.remove({ repository, digest: one.digest, at: 5, actor }))).toMatchObject({ code: 'TAG_REFUSED' });
    expect(await failureOf(store.tags.remove({ repository, tag: release, at: 5, actor }))).toMatchObject({ code: 'TAG_REFUSED' });
    expect([await store.tags.list(repository, { limit: 9 }), await store.events.list({ limit: 100 })]).toEqual([[release], before]);
  });

  it('moves the aliases in the transaction of the push, under the name of who pushed', async (store) => {
    await pushBlob(store, 'layer');
    await set(store, { aliases: ['minor', 'latest'] });
    const one = await pushManifest(store, { name: 'one' }, { tags: [release], at: 7 });
    expect(await store.tags.find(repository, latest)).toMatchObject({ tag: latest, digest: one.digest, at: 7, actor });
    expect((await store.events.list({ limit: 100 })).filter(({ kind }) => kind === 'tag.moved').map(({ tag }) => tag as string)).toEqual([
      '1.0.0',
      '1.0',
      'latest',
    ]);
    await store.manifests.remove({ repository, digest: one.digest, at: 8, actor });
    expect(await store.tags.list(repository, { limit: 9 })).toEqual([]);
  });

  it('goes with a repository that is renamed', async (store) => {
    await pushBlob(store, 'layer');
    await set(store, { forbidden: ['x'] });
    const to = parseRepositoryName('mina/new');
    await store.repositories.rename({ from: repository, to, aliasUntil: 1, at: 2, actor });
    expect([await store.tagPolicies.findHot(to), await store.tagPolicies.findHot(repository)]).toEqual([{ forbidden: ['x'] }, undefined]);
  });
}
