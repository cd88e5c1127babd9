/** Two callers at once. Whoever comes first may differ by driver; what must hold does not. */
import { expect } from 'bun:test';
import { isRegistryError } from '@naru/oci/registry-error';
import { actor, type Contract, latest, makeManifest, other, pushBlob, pushManifest, repository } from './content.ts';

const [old, before, young] = [10, 20, 30];

/** Both began before either was done. */
async function together<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[PromiseSettledResult<A>, PromiseSettledResult<B>]> {
  return Promise.allSettled([first(), second()]);
}

export function concurrencyContract(it: Contract): void {
  it('lets one of two writers win who both saw the same tag', async (store) => {
    const start = await pushManifest(store, { name: 'start' }, { tags: [latest] });
    const puts = Array.from({ length: 5 }, (_, index) => makeManifest({ name: `put ${index}` }));
    const outcomes = await Promise.allSettled(
      puts.map((manifest) =>
        store.manifests.record({ repository, manifest, tags: [latest], condition: { on: latest, precondition: { ifMatch: [start.digest] } }, at: 5, actor }),
      ),
    );
    const winner = puts[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    const losers = outcomes.filter((outcome) => outcome.status === 'rejected' && isRegistryError(outcome.reason, 'PRECONDITION_FAILED'));
    expect(losers).toHaveLength(puts.length - 1);
    expect((await store.manifests.findByTag(repository, latest))?.digest).toBe(winner?.digest as typeof start.digest);
    expect(await store.tags.listHistory(repository, latest, 10)).toHaveLength(2);
  });

  it('makes a repository once', async (store) => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => pushBlob(store, `layer ${index % 2}`)));
    const events = await store.events.list({ limit: 100 });
    expect(events.filter(({ kind }) => kind === 'repository.created')).toHaveLength(1);
    expect(await store.integrity.listBlobRows({ limit: 10 })).toHaveLength(2);
  });

  for (const putFirst of [true, false]) {
    const order = putFirst ? 'before' : 'after';

    it(`never takes a link under a manifest that is put ${order} it`, async (store) => {
      const layer = await pushBlob(store, 'layer', { at: old });
      const manifest = makeManifest({ name: 'image', layers: [layer] });
      const links = await store.collection.listUnreferencedLinks({ before, limit: 10 });
      const put = () => store.manifests.record({ repository, manifest, tags: [latest], at: young, actor });
      const collect = () => store.collection.unlinkUnreferenced(links, { before, at: 40, actor });
      await (putFirst ? together(put, collect) : together(collect, put));
      const isPut = (await store.manifests.findByTag(repository, latest)) !== undefined;
      expect((await store.blobs.find(repository, layer)) !== undefined).toBe(isPut);
    });

    it(`never removes a child under an index that is put ${order} it`, async (store) => {
      const image = await pushManifest(store, { name: 'image' }, { at: old });
      const manifest = makeManifest({ name: 'index', children: [image.digest] });
      const found = await store.collection.listUntagged({ before, limit: 10 });
      const put = () => store.manifests.record({ repository, manifest, tags: [latest], at: young, actor });
      const collect = () => store.collection.removeUntagged(found, { before, at: 40, actor });
      await (putFirst ? together(put, collect) : together(collect, put));
      const isPut = (await store.manifests.findByTag(repository, latest)) !== undefined;
      expect((await store.manifests.find(repository, image.digest)) !== undefined).toBe(isPut);
    });

    it(`never leaves a blob condemned that is uploaded ${order} it`, async (store) => {
      const digest = await pushBlob(store, 'layer', { at: old });
      await store.blobs.unlink({ repository, digest, at: 15, actor });
      const upload = () => pushBlob(store, 'layer', { at: young, in: other });
      const condemn = () => store.collection.condemn([digest], { before, at: 40, actor });
      await (putFirst ? together(upload, condemn) : together(condemn, upload));
      expect(await store.collection.listCondemned(10)).toEqual([]);
      expect(await store.blobs.find(other, digest)).toBeDefined();
    });

    it(`never condemns a blob that is mounted ${order} it`, async (store) => {
      const digest = await pushBlob(store, 'layer', { at: old });
      const mount = () => store.blobs.recordMounted({ repository: other, from: repository, digest, at: young, actor });
      const unlinkAndCondemn = async () => {
        await store.blobs.unlink({ repository, digest, at: 15, actor });
        return store.collection.condemn([digest], { before, at: 40, actor });
      };
      await (putFirst ? together(mount, unlinkAndCondemn) : together(unlinkAndCondemn, mount));
      const isMounted = (await store.blobs.find(other, digest)) !== undefined;
      expect((await store.collection.listCondemned(10)).length).toBe(isMounted ? 0 : 1);
    });
  }
}
