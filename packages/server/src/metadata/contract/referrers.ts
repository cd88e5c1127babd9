import { expect } from 'bun:test';
import type { MetadataStore, NewManifest, Referrer } from '../port.ts';
import { actor, type Contract, digestOf, makeManifest, other, pushManifest, repository } from './content.ts';

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
}
