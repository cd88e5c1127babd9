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

  it('knows the newest', async (store) => {
    expect(await store.events.findNewestId()).toBe(0);
    await pushBlob(store, 'layer');
    expect(await store.events.findNewestId()).toBe(await lastEventId(store));
  });

  it('lets a consumer begin with what comes next, and go on from where it was', async (store) => {
    await pushBlob(store, 'before');
    const begin = await lastEventId(store);
    expect(await store.events.startConsumer('scan', 1)).toBe(begin);
    await pushBlob(store, 'after');
    expect(await store.events.startConsumer('scan', 2)).toBe(begin);
    const end = await lastEventId(store);
    const scan = { name: 'scan', jobs: [{ kind: 'scan', payload: 'after' }] };
    expect(await store.events.advanceConsumers({ from: begin, to: end, consumers: [scan], at: 3 })).toEqual(['scan']);
    // Another process that read the same: its jobs are there already.
    expect(await store.events.advanceConsumers({ from: begin, to: end, consumers: [scan], at: 3 })).toEqual([]);
    expect(await store.events.advanceConsumers({ from: 0, to: end, consumers: [{ ...scan, name: 'nobody' }], at: 3 })).toEqual([]);
    expect(await store.jobInspection.count('scan', 'waiting')).toBe(1);
    expect(await store.events.startConsumer('scan', 4)).toBe(end);
  });

  it('moves consumers together, and each that was elsewhere not at all', async (store) => {
    const [begin] = [await store.events.startConsumer('one', 1), await store.events.startConsumer('two', 1)];
    await pushBlob(store, 'layer');
    const end = await lastEventId(store);
    await store.events.startConsumer('ahead', 1);
    const consumers = ['one', 'ahead', 'two'].map((name) => ({ name, jobs: [{ kind: name, payload: 'layer' }] }));
    expect((await store.events.advanceConsumers({ from: begin, to: end, consumers, at: 2 })).toSorted()).toEqual(['one', 'two']);
    const waiting = ['one', 'two', 'ahead'].map((name) => store.jobInspection.count(name, 'waiting'));
    expect(await Promise.all(waiting)).toEqual([1, 1, 0]);
  });

  it('forgets what is old and was read by all', async (store) => {
    for (let at = 1; at <= 6; at++) await pushBlob(store, `layer ${at}`, { at });
    const all = await store.events.list({ limit: 100 });
    const left = async () => (await store.events.list({ limit: 100 })).map(({ at }) => at);
    expect(all.map(({ at }) => at)).toEqual([1, 1, 2, 3, 4, 5, 6]);
    expect(await store.events.prune(1, 10)).toBe(0);
    expect(await store.events.prune(3, 2)).toBe(2);
    expect(await left()).toEqual([2, 3, 4, 5, 6]);
    const third = all.find(({ at }) => at === 3)?.id ?? 0;
    const newest = await store.events.startConsumer('slow', 7);
    await pushBlob(store, 'layer 8', { at: 8 });
    const slow = [{ name: 'slow', jobs: [] }];
    expect(await store.events.advanceConsumers({ from: newest, to: third, consumers: slow, at: 8 })).toEqual(['slow']);
    await store.events.startConsumer('quick', 9);
    expect(await store.events.prune(100, 10)).toBe(2);
    expect(await left()).toEqual([4, 5, 6, 8]);
    expect(await store.events.prune(100, 10)).toBe(0);
    await store.events.advanceConsumers({ from: third, to: await lastEventId(store), consumers: slow, at: 9 });
    expect(await store.events.prune(8, 10)).toBe(3);
    expect(await left()).toEqual([8]);
  });
}
