import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { MetadataStore, NewManifest, Referrer } from '../port.ts';
import { actor, type Contract, digestOf, failureOf, latest, makeManifest, other, pushManifest, repository, stable } from './content.ts';

const subject = digestOf('subject');

function asListed({ digest, bytes }: NewManifest): Referrer {
  return { digest, sizeBytes: bytes.length };
}

async function pushReferrers(store: MetadataStore): Promise<NewManifest[]> {
  const manifests = Array.from({ length: 7 }, (_, index) =>
    makeManifest({ name: `referrer ${index}`, subject, ...(index < 6 && { artifactType: index % 2 === 0 ? 'a/sbom' : 'a/sig' }) }),
  );
  for (const manifest of manifests) await pushManifest(store, manifest);
  await pushManifest(store, { name: 'of another', subject: digestOf('another') });
  await pushManifest(store, { name: 'elsewhere', subject }, { in: other });
  return manifests.sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

export function referrerContract(it: Contract): void {
  it('lists none for what nobody refers to', async (store) => {
    await pushReferrers(store);
    expect(await store.manifests.listReferrers({ repository, subject: digestOf('lonely'), limit: 10 })).toEqual([]);
  });

  it('lists the referrers of the repository in order of digest, whether the subject is there or not', async (store) => {
    const all = await pushReferrers(store);
    expect(await store.manifests.listReferrers({ repository, subject, limit: 100 })).toEqual(all.map(asListed));
  });

  it('pages', async (store) => {
    const all = (await pushReferrers(store)).map(asListed);
    const first = await store.manifests.listReferrers({ repository, subject, limit: 3 });
    const after = first.at(-1)?.digest;
    expect(first).toEqual(all.slice(0, 3));
    expect(await store.manifests.listReferrers({ repository, subject, limit: 3, ...(after !== undefined && { after }) })).toEqual(all.slice(3, 6));
  });

  it('filters by artifact type before it counts', async (store) => {
    const all = await pushReferrers(store);
    const wanted = all.filter(({ artifactType }) => artifactType === 'a/sbom').map(asListed);
    expect(await store.manifests.listReferrers({ repository, subject, artifactType: 'a/sbom', limit: 100 })).toEqual(wanted);
    expect(await store.manifests.listReferrers({ repository, subject, artifactType: 'a/sbom', limit: 2 })).toEqual(wanted.slice(0, 2));
    expect(await store.manifests.listReferrers({ repository, subject, artifactType: 'a/none', limit: 2 })).toEqual([]);
  });

  it('forgets a removed referrer', async (store) => {
    const [gone, ...rest] = await pushReferrers(store);
    if (gone !== undefined) await store.manifests.remove({ repository, digest: gone.digest, at: 3, actor });
    expect(await store.manifests.listReferrers({ repository, subject, limit: 100 })).toEqual(rest.map(asListed));
  });

  it('what is generated takes the place of what was before, tells nobody, and goes with its subject', async (store) => {
    const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
    const before = await store.events.findNewestId();
    const [first, second, another] = [generated('one', image), generated('two', image), generated('three', image, 'a/other')];
    for (const manifest of [first, first, another, second]) await store.manifests.record({ repository, manifest, tags: [], at: 3, actor, isGenerated: true });
    const listed = await store.manifests.listReferrers({ repository, subject: image.digest, limit: 9 });
    expect(listed).toEqual(inOrder([second, another]).map((one) => ({ ...asListed(one), isGenerated: true })));
    expect(await store.manifests.find(repository, first.digest)).toBeUndefined();
    expect(await store.events.findNewestId()).toBe(before);
    expect(await store.identity.audit.list({ limit: 99 })).not.toContainEqual(expect.objectContaining({ digest: second.digest }));
    await store.manifests.remove({ repository, digest: image.digest, at: 4, actor });
    expect(await store.manifests.listReferrers({ repository, subject: image.digest, limit: 9 })).toEqual([]);
    expect((await store.trash.list(repository, 9)).map(({ digest }) => digest)).toEqual([image.digest]);
  });

  it('what is generated is nobody else’s: not what was pushed, not what was tagged, not of what is gone', async (store) => {
    const image = await pushManifest(store, { name: 'image' });
    const record = (manifest: NewManifest) => store.manifests.record({ repository, manifest, tags: [], at: 3, actor, isGenerated: true });
    const pushed = await pushManifest(store, generated('pushed', image));
    await record(pushed);
    const tagged = generated('tagged', image);
    await record(tagged);
    await store.tags.place({ repository, tags: [{ tag: stable, digest: tagged.digest }], at: 4, actor });
    const taken = generated('taken', image);
    await record(taken);
    await pushManifest(store, taken);
    expect((await store.manifests.listReferrers({ repository, subject: image.digest, limit: 9 })).filter((one) => one.isGenerated === true)).toEqual([
      { ...asListed(tagged), isGenerated: true },
    ]);
    await store.manifests.remove({ repository, digest: image.digest, at: 5, actor });
    expect(await store.manifests.listReferrers({ repository, subject: image.digest, limit: 9 })).toHaveLength(3);
    expect(await failureOf(record(generated('late', image)))).toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    const nowhere = { repository: other, manifest: generated('late', image), tags: [], at: 6, actor, isGenerated: true } as const;
    expect(await failureOf(store.manifests.record(nowhere))).toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    expect(await store.repositories.has(other)).toBe(false);
  });

  it('lists images that have nothing generated yet, and moves what is generated with its repository', async (store) => {
    const [one, two, unread] = [
      await pushManifest(store, { name: 'one' }),
      await pushManifest(store, { name: 'two' }, { in: other }),
      await pushManifest(store, { name: 'unread' }),
    ];
    for (const { digest } of [one, two]) await store.inventory.record(digest, { state: 'done', problems: [], packages: [], secrets: [] }, 3);
    await store.inventory.record(unread.digest, { state: 'failed', problems: [], packages: [], secrets: [] }, 3);
    const first = await store.manifests.listUnattached({ artifactType: 'a/sbom', limit: 1 });
    expect(first).toEqual([{ repository: other, digest: two.digest }]);
    const [after] = first;
    expect(await store.manifests.listUnattached({ artifactType: 'a/sbom', limit: 9, ...(after && { after }) })).toEqual([{ repository, digest: one.digest }]);
    await store.manifests.record({ repository, manifest: generated('of one', one), tags: [], at: 4, actor, isGenerated: true });
    await store.repositories.rename({ from: repository, to: renamed, aliasUntil: 9, at: 5, actor });
    expect(await store.manifests.listUnattached({ artifactType: 'a/sbom', limit: 9 })).toEqual([{ repository: other, digest: two.digest }]);
    expect(await store.manifests.listUnattached({ artifactType: 'a/other', limit: 9 })).toHaveLength(2);
  });
}

const renamed = parseRepositoryName('mina/renamed');

function generated(name: string, { digest }: NewManifest, artifactType = 'a/sbom'): NewManifest {
  return makeManifest({ name, subject: digest, artifactType });
}

function inOrder(manifests: readonly NewManifest[]): NewManifest[] {
  return manifests.toSorted((one, two) => (one.digest < two.digest ? -1 : 1));
}
