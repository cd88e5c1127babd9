import { expect } from 'bun:test';
import { type Contract, digestOf, failureOf, lastEventId, latest, pushBlob, pushManifest } from './content.ts';

export function eventContract(it: Contract): void {
  it('pages by a number that grows', async (store) => {
    for (let index = 0; index < 5; index++) await pushBlob(store, `layer ${index}`);
    const all = await store.events.list({ limit: 100 });
    expect(all.map(({ kind }) => kind)).toEqual(['repository.created', ...Array.from({ length: 5 }, () => 'blob.pushed' as const)]);
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => a - b));
    const [first, second] = all;
    expect(await store.events.list({ after: first?.id ?? 0, limit: 1 })).toEqual(second === undefined ? [] : [second]);
    expect(await store.events.list({ after: await lastEventId(store), limit: 1 })).toEqual([]);
  });

  it('writes none for a change that failed', async (store) => {
    const before = await store.events.list({ limit: 100 });
    expect(await failureOf(pushManifest(store, { name: 'image', layers: [digestOf('nowhere')] }, { tags: [latest] }))).toMatchObject({
      code: 'MANIFEST_BLOB_UNKNOWN',
    });
    expect(await store.events.list({ limit: 100 })).toEqual(before);
  });
}
