import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, eventsAfter, lastEventId, latest, pushManifest, repository, stable } from './content.ts';

const dayMs = 24 * 3600e3;
const day = 20_000;
const at = day * dayMs + 5;

async function facts(store: MetadataStore) {
  const { pulls, pulledAt, stars } = (await store.repositories.findFacts(repository)) ?? {};
  return { pulls, pulledAt, stars };
}

export function pullContract(it: Contract): void {
  it('adds pulls to the repository, its tags and their days, with one event, and passes over what is gone', async (store) => {
    await pushManifest(store, { name: 'one' }, { tags: [latest, stable] });
    const before = await lastEventId(store);
    const gone = { repository: parseRepositoryName('no/such'), pulls: 3, at };
    await store.hub.pulls.add([{ repository, tag: latest, pulls: 2, at }, { repository, pulls: 1, at: at + 1 }, gone]);
    expect(await eventsAfter(store, before)).toEqual([{ kind: 'repository.pulled', repository, pulls: 3, at: at + 1, actor: 'pulls' }]);
    await store.hub.pulls.add([{ repository, tag: latest, pulls: 5, at: at + dayMs }]);
    expect(await facts(store)).toEqual({ pulls: 8, pulledAt: at + dayMs, stars: 0 });
    expect((await store.tags.listRows(repository, { limit: 9 })).map(({ tag, pulls, pulledAt }) => [tag, pulls, pulledAt])).toEqual([
      [latest, 7, at + dayMs],
      [stable, 0, undefined],
    ]);
    const days = (query: { tag?: typeof latest } = {}) => store.hub.pulls.listDays({ repository, from: day, to: day + 1, ...query });
    expect(await days()).toEqual([
      { day, pulls: 3 },
      { day: day + 1, pulls: 5 },
    ]);
    expect(await days({ tag: latest })).toEqual([
      { day, pulls: 2 },
      { day: day + 1, pulls: 5 },
    ]);
    expect(await days({ tag: stable })).toEqual([]);
    expect((await store.identity.audit.list({ limit: 50 })).filter(({ action }) => action === 'repository.pulled')).toEqual([]);
  });

  it('forgets old days, those of tags sooner', async (store) => {
    await pushManifest(store, { name: 'one' }, { tags: [latest] });
    for (const ago of [0, 10, 20]) await store.hub.pulls.add([{ repository, tag: latest, pulls: 1, at: at - ago * dayMs }]);
    const before = { repositories: day - 15, tags: day - 5 };
    expect(await store.hub.pulls.prune(before, 2)).toBe(2);
    expect(await store.hub.pulls.prune(before, 2)).toBe(1);
    expect(await store.hub.pulls.prune(before, 2)).toBe(0);
    const days = async (tag?: typeof latest) =>
      (await store.hub.pulls.listDays({ repository, from: 0, to: day, ...(tag && { tag }) })).map((one) => day - one.day);
    expect([await days(), await days(latest)]).toEqual([[10, 0], [0]]);
    expect((await facts(store)).pulls).toBe(3);
  });

  it('counts stars, each person once, and takes them along to a new name and away with the person', async (store) => {
    for (const id of ['kim', 'lee'])
      await store.identity.users.create({ id, name: id, administrator: id === 'lee', fullName: '', language: 'en', at: 1, actor });
    await pushManifest(store, { name: 'one' }, { tags: [latest] });
    for (const userId of ['kim', 'kim', 'lee']) await store.hub.stars.set({ userId, repository, at: 2 });
    expect(await facts(store)).toEqual({ pulls: 0, pulledAt: undefined, stars: 2 });
    expect(await store.hub.stars.set({ userId: 'kim', repository: parseRepositoryName('no/such'), at: 2 }).catch((error: { code: string }) => error.code)).toBe(
      'NAME_UNKNOWN',
    );
    await store.hub.pulls.add([{ repository, tag: latest, pulls: 2, at }]);
    const to = parseRepositoryName('elsewhere/app');
    await store.repositories.rename({ from: repository, to, aliasUntil: 9, at: 3, actor });
    expect(await store.hub.stars.list('kim', { limit: 5 })).toEqual([to]);
    expect(await store.hub.stars.list('kim', { after: to, limit: 5 })).toEqual([]);
    expect(await store.repositories.findFacts(to)).toMatchObject({ stars: 2, pulls: 2 });
    expect(await store.hub.pulls.listDays({ repository: to, tag: latest, from: day, to: day })).toEqual([{ day, pulls: 2 }]);
    await store.identity.accounts.remove({ id: 'kim', at: 4, actor });
    for (const _ of [1, 2]) await store.hub.stars.remove({ userId: 'lee', repository: to });
    expect(await store.hub.stars.has('lee', to)).toBe(false);
    expect((await store.repositories.findFacts(to))?.stars).toBe(0);
  });

  it('ranks by what was pulled and starred', async (store) => {
    const names = ['a/one', 'a/two', 'a/three'].map(parseRepositoryName);
    for (const name of names) await store.repositories.create({ name, visibility: 'public', at: 1, actor });
    await store.hub.pulls.add([{ repository: parseRepositoryName('a/two'), pulls: 100, at }]);
    const query = { viewer: { subject: { kind: 'anonymous', id: '' }, everything: true }, where: 'anywhere', filters: {}, limit: 9 } as const;
    for (const terms of [[], ['a'], ['two']]) {
      const [first] = await store.hub.search.find({ ...query, terms });
      expect(first?.name).toBe(parseRepositoryName('a/two'));
    }
  });
}
