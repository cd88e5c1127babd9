import { expect } from 'bun:test';
import { type Notice, notificationKinds, notificationsPerUserMax } from '../notification-port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract } from './content.ts';

const facts = { namespace: 'mina', state: 'near', message: 'nearly full' };
const mail = ({ state }: Notice) => ({ kind: 'mail', payload: { state } });

async function withKim(store: MetadataStore): Promise<void> {
  for (const name of ['kim', 'lee'])
    await store.identity.users.create({ id: name, name, administrator: name === 'lee', fullName: '', language: 'en', at: 1, actor });
}

const tell = (store: MetadataStore, source: string, more: Partial<Notice> = {}, userId = 'kim', at = 5) =>
  store.notifications.tell({ userId, kind: more.kind ?? 'quota', sources: [source], notice: () => toFacts(more), at, mail });
function toFacts({ kind: _kind, ...more }: Partial<Notice>): Omit<Notice, 'kind'> {
  return { ...facts, ...more };
}
const list = (store: MetadataStore, userId = 'kim', unread = false) => store.notifications.list(userId, { unread, limit: 2000 });
const mails = (store: MetadataStore) => store.jobInspection.count('mail', 'waiting');

export function notificationContract(it: Contract): void {
  it('tells each person once of each source, newest first, and knows what is unread', async (store) => {
    await withKim(store);
    expect([await tell(store, 'a'), await tell(store, 'a'), await tell(store, 'b', { state: 'reached' }), await tell(store, 'a', {}, 'lee')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    const [second, first] = await list(store);
    expect(first).toEqual({ id: first?.id ?? 0, at: 5, isUnread: true, kind: 'quota', ...facts });
    expect(second?.state).toBe('reached');
    expect(await store.notifications.list('kim', { before: second?.id ?? 0, unread: false, limit: 9 })).toEqual([first] as never);
    expect(await store.notifications.summarize('kim')).toEqual({ unread: 2, newest: second?.id ?? 0 });
    await store.notifications.markRead('kim', { ids: [first?.id ?? 0, ...(await list(store, 'lee')).map(({ id }) => id)] });
    expect([await store.notifications.summarize('kim'), await store.notifications.summarize('lee')]).toMatchObject([{ unread: 1 }, { unread: 1 }]);
    expect((await list(store, 'kim', true)).map(({ id }) => id)).toEqual([second?.id ?? 0]);
    await store.notifications.markRead('kim', { upTo: second?.id ?? 0 });
    expect((await store.notifications.summarize('kim')).unread).toBe(0);
    expect(await store.notifications.summarize('nobody')).toEqual({ unread: 0, newest: 0 });
  });

  it('goes where each person wants it: on the pages, by mail, both or nowhere', async (store) => {
    await withKim(store);
    expect(await store.notifications.listSettings('kim')).toEqual(notificationKinds.map((kind) => ({ kind, page: true, mail: false })));
    await tell(store, 'page');
    expect([(await list(store)).length, await mails(store)]).toEqual([1, 0]);
    await store.notifications.set('kim', { kind: 'quota', page: false, mail: true });
    expect([await tell(store, 'mail'), await tell(store, 'mail')]).toEqual([true, false]);
    expect([(await list(store)).length, await mails(store)]).toEqual([1, 1]);
    await store.notifications.set('kim', { kind: 'quota', page: false, mail: false });
    expect(await tell(store, 'nowhere')).toBe(false);
    expect(await tell(store, 'another kind', { kind: 'badge' })).toBe(true);
    expect((await store.notifications.listSettings('kim')).find(({ kind }) => kind === 'quota')).toEqual({ kind: 'quota', page: false, mail: false });
  });

  it('passes over who is disabled or gone, and forgets with the person', async (store) => {
    await withKim(store);
    await tell(store, 'a');
    await store.identity.users.change({ id: 'kim', disabledAt: 3, at: 3, actor });
    expect([await tell(store, 'b'), await tell(store, 'b', {}, 'nobody')]).toEqual([false, false]);
    await store.identity.accounts.remove({ id: 'kim', at: 4, actor });
    expect(await list(store)).toEqual([]);
  });

  it('makes one of several that are new, and never tells any of them again', async (store) => {
    await withKim(store);
    const several = (sources: string[]) =>
      store.notifications.tell({ userId: 'kim', kind: 'findings', sources, notice: (fresh) => ({ subject: fresh[0] ?? '', count: fresh.length }), at: 5 });
    expect([await several(['a', 'b']), await several(['b', 'a']), await several(['b', 'c', 'a', 'd'])]).toEqual([true, false, true]);
    expect((await list(store)).map(({ subject, count }) => [subject, count])).toEqual([
      ['c', 2],
      ['a', 2],
    ]);
  });

  it('keeps the newest of each person, and forgets by age', async (store) => {
    await withKim(store);
    for (let n = 0; n < notificationsPerUserMax + 3; n++) await tell(store, `${n}`, { count: n }, 'kim', n);
    const kept = await list(store);
    expect([kept.length, kept.at(-1)?.count]).toEqual([notificationsPerUserMax, 3]);
    expect([await store.notifications.prune(10, 4), await store.notifications.prune(10, 4), await store.notifications.prune(10, 4)]).toEqual([4, 3, 0]);
  });
}
