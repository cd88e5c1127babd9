import { expect } from 'bun:test';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, eventsAfter, failureOf, lastEventId, latest, makeManifest, pushBlob, pushManifest, repository } from './content.ts';

const require = (store: MetadataStore, required = true) => store.reviews.setRequirement({ repository, required, at: 3, actor });
const decide = { repository, reason: 'so', at: 5, actor } as const;

export function reviewContract(it: Contract): void {
  it('stages what is new, once reviews began, and shows what was there', async (store) => {
    expect(await failureOf(require(store))).toMatchObject({ code: 'NAME_UNKNOWN' });
    const before = await pushManifest(store, { name: 'before' }, { at: 1, tags: [latest] });
    await require(store);
    const [id, layer] = [await lastEventId(store), await pushBlob(store, 'layer')];
    await pushManifest(store, { name: 'before' }, { at: 4, tags: [latest] });
    const { digest } = await pushManifest(store, { name: 'after', layers: [layer] }, { at: 4, tags: [latest] });
    const key = { repository, digest };
    const { hot } = store.reviews;
    expect([await hot.isHidden({ repository, digest: before.digest }), await hot.isHidden(key), await hot.isHiddenBlob({ repository, digest: layer })]).toEqual(
      [false, true, true],
    );
    expect([await hot.findShown(repository, latest), await hot.listShownTags(repository, { limit: 9 })]).toEqual([before.digest, [latest]]);
    expect(await store.reviews.list({ state: 'staged', limit: 9 })).toEqual([{ ...key, state: 'staged', stagedAt: 4, stagedBy: actor, reason: '' }]);
    // What a tag shows is kept like what it points at.
    expect(await store.collection.listUntagged({ before: 100, limit: 9 })).toEqual([]);
    await store.reviews.decide({ ...decide, digests: [digest], from: 'staged', state: 'approved' });
    expect(await failureOf(store.reviews.decide({ ...decide, digests: [digest], from: 'staged', state: 'refused' }))).toMatchObject({ code: 'CONFLICT' });
    expect([await hot.isHidden(key), await hot.isHiddenBlob({ repository, digest: layer }), await hot.findShown(repository, latest)]).toEqual([
      false,
      false,
      undefined,
    ]);
    const told = (await eventsAfter(store, id)).map(({ kind }) => kind).filter((kind) => kind.startsWith('image.'));
    expect(told).toEqual(['image.staged', 'image.approved']);
    expect((await store.collection.listUntagged({ before: 100, limit: 9 })).map((one) => one.digest)).toEqual([before.digest]);
  });

  it('a refused image is hidden, also where a tag showed it meanwhile', async (store) => {
    await pushManifest(store, { name: 'before' }, { at: 1 });
    await require(store);
    const good = await pushManifest(store, { name: 'good' }, { at: 2, tags: [latest] });
    expect(await store.reviews.hot.listShownTags(repository, { limit: 9 })).toEqual([]);
    await store.reviews.decide({ ...decide, digests: [good.digest], from: 'staged', state: 'approved' });
    await pushManifest(store, { name: 'worse' }, { at: 3, tags: [latest] });
    await pushManifest(store, { name: 'worst' }, { at: 4, tags: [latest] });
    expect(await store.reviews.hot.findShown(repository, latest)).toBe(good.digest);
    await store.reviews.decide({ ...decide, digests: [good.digest], from: 'approved', state: 'refused' });
    expect(await store.reviews.hot.findShown(repository, latest)).toBeUndefined();
    await require(store, false);
    expect([await store.reviews.find({ repository, digest: good.digest }), await store.reviews.hot.listShownTags(repository, { limit: 9 })]).toEqual([
      undefined,
      [latest],
    ]);
  });

  it('lists an index without what it holds and what is said of it, and tells what goes with it', async (store) => {
    await pushManifest(store, { name: 'before' }, { at: 1 });
    await require(store);
    const member = await pushManifest(store, { name: 'member' }, { at: 2 });
    const index = await pushManifest(store, { name: 'index', children: [member.digest] }, { at: 2 });
    const signature = await pushManifest(store, { name: 'signature', subject: member.digest }, { at: 2 });
    expect((await store.reviews.list({ state: 'staged', limit: 9 })).map(({ digest }) => digest)).toEqual([index.digest]);
    const together = (await store.reviews.listTogether({ repository, digest: index.digest }, 9)).map(({ digest }) => digest);
    expect(together).toEqual([index.digest, member.digest, signature.digest]);
    expect((await store.reviews.listTogether({ repository, digest: index.digest }, 2)).length).toBe(2);
  });

  it('what the server generates is shown with its subject, and waits for nobody', async (store) => {
    const before = await pushManifest(store, { name: 'before' }, { at: 1 });
    await require(store);
    const after = await pushManifest(store, { name: 'after' }, { at: 2 });
    const id = await lastEventId(store);
    const generate = async (name: string, subject: typeof before) => {
      const made = makeManifest({ name, subject: subject.digest, artifactType: 'a/sbom' });
      await store.manifests.record({ repository, manifest: made, tags: [], at: 3, actor, isGenerated: true });
      return { repository, digest: made.digest };
    };
    const [ofShown, ofStaged] = [await generate('one', before), await generate('two', after)];
    const { isHidden } = store.reviews.hot;
    expect([await isHidden(ofShown), await isHidden(ofStaged)]).toEqual([false, true]);
    expect((await eventsAfter(store, id)).filter(({ kind }) => kind === 'image.staged')).toEqual([]);
    await store.reviews.decide({ ...decide, digests: [after.digest], from: 'staged', state: 'approved' });
    expect(await isHidden(ofStaged)).toBe(false);
  });

  it('goes along to a new name', async (store) => {
    const before = await pushManifest(store, { name: 'before' }, { at: 1, tags: [latest] });
    await require(store);
    const { digest } = await pushManifest(store, { name: 'after' }, { at: 2, tags: [latest, parseTag('new')] });
    const to = parseRepositoryName('mina/renamed');
    await store.repositories.rename({ from: repository, to, aliasUntil: 100, at: 6, actor });
    expect([await store.reviews.hot.isHidden({ repository: to, digest }), await store.reviews.hot.findShown(to, latest)]).toEqual([true, before.digest]);
    expect([await store.reviews.findRequirement(to), await store.reviews.findRequirement(repository)]).toEqual([
      { since: 3, by: actor, isOfficial: false },
      undefined,
    ]);
  });
}
