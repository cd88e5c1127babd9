import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { nearShare, wholeServer } from '../usage-port.ts';
import { actor, type Contract, digestOf, eventsAfter, failureOf, lastEventId, latest, other, pushBlob, pushManifest, repository } from './content.ts';

const second = parseRepositoryName('mina/second');
const change = { at: 5, actor };

export function usageContract(it: Contract): void {
  it('knows how much was held on each day, with a row only where it changed', async (store) => {
    const record = async (day: number) => {
      await store.usageDays.recordWhole(day);
      for (let after: string | undefined = ''; after !== undefined;) after = await store.usageDays.record(day, { after, limit: 1 });
    };
    const days = (namespace: string, from = 1, to = 100) => store.usageDays.list(namespace, { from, to });
    await record(1);
    expect([await days('mina'), await days(wholeServer)]).toEqual([[], []]);
    const four = await pushBlob(store, 'four');
    await pushBlob(store, 'four', { in: other });
    await pushBlob(store, 'alone', { in: parseRepositoryName('alone') });
    await record(2);
    await record(3);
    await pushBlob(store, 'fives');
    await record(3);
    await record(4);
    expect([await days('mina'), await days('jun'), await days(''), await days(wholeServer)]).toEqual([
      [
        { day: 2, bytes: 4 },
        { day: 3, bytes: 9 },
      ],
      [{ day: 2, bytes: 4 }],
      [{ day: 2, bytes: 5 }],
      [
        { day: 2, bytes: 9 },
        { day: 3, bytes: 14 },
      ],
    ]);
    // What it was before the first day that was asked for goes on.
    expect([await days('mina', 4, 9), await days('mina', 3, 9), await days('mina', 1, 2)]).toEqual([
      [{ day: 4, bytes: 9 }],
      [{ day: 3, bytes: 9 }],
      [{ day: 2, bytes: 4 }],
    ]);
    await store.blobs.unlink({ repository, digest: four, ...change });
    await record(6);
    expect([await store.usageDays.prune(5, 10), await store.usageDays.prune(5, 10)]).toEqual([2, 0]);
    expect(await days('mina', 5, 9)).toEqual([
      { day: 5, bytes: 9 },
      { day: 6, bytes: 5 },
    ]);
  });

  it('counts each blob of a namespace once, whatever comes and goes', async (store) => {
    const bytes = async (namespace = 'mina') => (await store.usage.find(namespace)).bytes;
    expect(await store.usage.find('mina')).toEqual({ namespace: 'mina', bytes: 0, repositories: 0, isOwn: false });
    const four = await pushBlob(store, 'four');
    await pushBlob(store, 'four');
    expect(await bytes()).toBe(4);
    await store.blobs.recordMounted({ repository: second, from: repository, digest: four, ...change });
    expect(await store.usage.find('mina')).toEqual({ namespace: 'mina', bytes: 4, repositories: 2, isOwn: false });
    await store.blobs.recordMounted({ repository: other, from: repository, digest: four, ...change });
    const fives = await pushBlob(store, 'fives', { in: second });
    expect([await bytes(), await bytes('jun')]).toEqual([9, 4]);
    await store.blobs.unlink({ repository, digest: four, ...change });
    expect(await bytes()).toBe(9);
    await store.repositories.rename({ from: second, to: parseRepositoryName('jun/second'), aliasUntil: 9, ...change });
    expect([await bytes(), await bytes('jun')]).toEqual([0, 9]);
    await store.repositories.remove({ name: parseRepositoryName('jun/second'), ...change });
    expect(await bytes('jun')).toBe(4);
    const link = { repository: other, digest: four, sizeBytes: 4 };
    expect(await store.collection.unlinkUnreferenced([link], { before: 99, ...change })).toEqual([link]);
    expect(await bytes('jun')).toBe(0);
    await pushBlob(store, 'alone', { in: parseRepositoryName('alone') });
    expect((await store.usage.list({ limit: 9 })).map((one) => [one.namespace, one.bytes])).toEqual([
      ['', 5],
      ['jun', 0],
      ['mina', 0],
    ]);
    expect((await store.usage.list({ after: '', limit: 1 })).map(({ namespace }) => namespace)).toEqual(['jun']);
    expect(fives).toBe(digestOf('fives'));
  });

  it('takes in nothing over the limit, and tells it once', async (store) => {
    await store.usage.setQuota({ namespace: 'mina', maxBytes: 10, ...change });
    expect(await store.usage.find('mina')).toEqual({ namespace: 'mina', bytes: 0, repositories: 0, maxBytes: 10, isOwn: true });
    await pushBlob(store, 'four');
    const before = await lastEventId(store);
    const seven = { repository, digest: digestOf('seven b'), sizeBytes: 7 };
    const refused = { code: 'QUOTA_EXCEEDED', detail: { namespace: 'mina', usedBytes: 4, maxBytes: 10, sizeBytes: 7 } };
    for (const _time of [1, 2]) expect(await failureOf(store.usage.requireRoom({ ...seven, ...change }))).toEqual(refused);
    expect(await failureOf(pushBlob(store, 'seven b'))).toEqual(refused);
    const message = 'quota exceeded: mina may hold 10 bytes and would hold 11';
    expect(await eventsAfter(store, before)).toEqual([{ kind: 'quota.reached', repository, message, ...change }]);
    expect(await store.blobs.find(repository, seven.digest)).toBeUndefined();

    await store.usage.requireRoom({ repository, digest: digestOf('six by'), sizeBytes: 6, ...change });
    const six = await pushBlob(store, 'six by');
    expect((await eventsAfter(store, before)).filter(({ kind }) => kind === 'quota.near')).toEqual([
      { kind: 'quota.near', repository, message: 'mina holds 10 of 10 bytes', at: 1, actor },
    ]);
    expect(10 * nearShare).toBeLessThan(10);
    // What is there already takes no room, nor does what others of the namespace hold.
    await pushBlob(store, 'four', { in: second });
    await store.usage.requireRoom({ repository: second, digest: six, sizeBytes: 6, ...change });
    await pushBlob(store, 'seven b', { in: other });
    expect(await failureOf(store.blobs.recordMounted({ repository, from: other, digest: seven.digest, ...change }))).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    const transfer = { from: other, to: parseRepositoryName('mina/copy'), aliasUntil: 9, ...change };
    expect(await failureOf(store.repositories.rename(transfer))).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect(await store.repositories.has(other)).toBe(true);

    await store.usage.setQuota({ namespace: 'mina', maxBytes: undefined, ...change });
    expect(await store.usage.find('mina')).toEqual({ namespace: 'mina', bytes: 10, repositories: 2, isOwn: true });
    await pushBlob(store, 'seven b');
    expect(await store.usage.removeQuota({ namespace: 'mina', ...change })).toBe(true);
    expect(await store.usage.removeQuota({ namespace: 'mina', ...change })).toBe(false);
    const audited = (await store.identity.audit.list({ limit: 99 })).map(({ action }) => action).filter((action) => action.startsWith('quota.'));
    expect(audited.toReversed()).toEqual(['quota.change', 'quota.reached', 'quota.near', 'quota.change', 'quota.delete']);
  });

  it('needs no room for a manifest', async (store) => {
    await store.usage.setQuota({ namespace: 'mina', maxBytes: 0, ...change });
    await pushManifest(store, { name: 'empty' }, { tags: [latest] });
    expect(await store.tags.list(repository, { limit: 9 })).toEqual([latest]);
  });
}
