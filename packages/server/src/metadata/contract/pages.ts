import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { BadgeState, Described } from '../hub-port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, failureOf, other, pushBlob, repository } from './content.ts';

const change = { at: 5, actor };
const nothing: Described = { platforms: [], artifactTypes: [], sourceUrl: '', licenses: '', description: '', readme: '' };

async function find(store: MetadataStore, filters: Parameters<MetadataStore['hub']['search']['find']>[0]['filters']): Promise<string[]> {
  const viewer = { subject: { kind: 'anonymous', id: '' }, everything: true } as const;
  return (await store.hub.search.find({ viewer, terms: [], where: 'anywhere', filters, limit: 9 })).map(({ name }) => name);
}

export function pageContract(it: Contract): void {
  it('keeps a README, and makes room for what images say when it is emptied', async (store) => {
    await pushBlob(store, 'layer');
    expect(await store.hub.pages.findReadme(repository)).toBeUndefined();
    await store.hub.pages.editReadme({ repository, text: '# One', ...change });
    expect(await store.hub.pages.findReadme(repository)).toEqual({ text: '# One', origin: 'edited', changedAt: 5, changedBy: actor });
    await store.hub.pages.editReadme({ repository, text: '# Two', ...change });
    await store.hub.pages.editReadme({ repository, text: '', ...change });
    expect(await store.hub.pages.findReadme(repository)).toBeUndefined();
    expect(await failureOf(store.hub.pages.editReadme({ repository: other, text: 'x', ...change }))).toMatchObject({ code: 'NAME_UNKNOWN' });
  });

  it('takes what images say, and leaves alone what people wrote', async (store) => {
    await pushBlob(store, 'layer');
    const said: Described = {
      platforms: ['linux/amd64', 'linux/arm64'],
      artifactTypes: ['application/x'],
      updatedAt: 100,
      sourceUrl: 'https://example.org/',
      licenses: 'MIT',
      description: '이미지',
      readme: 'from the image',
    };
    await store.hub.pages.recordDescribed({ repository, at: 6, ...said });
    expect(await store.repositories.findFacts(repository)).toMatchObject({
      description: '이미지',
      sourceUrl: 'https://example.org/',
      licenses: 'MIT',
      updatedAt: 100,
    });
    expect(await store.hub.pages.findReadme(repository)).toEqual({ text: 'from the image', origin: 'image', changedAt: 6, changedBy: '' });
    for (const filters of [{ platform: 'linux/arm64' }, { artifactType: 'application/x' }, { updatedSince: 100 }])
      expect(await find(store, filters)).toEqual([repository]);
    await store.repositories.describe({ name: repository, description: 'mine', ...change });
    await store.hub.pages.editReadme({ repository, text: 'mine', ...change });
    await store.hub.pages.recordDescribed({ repository, at: 7, ...nothing });
    expect(await store.repositories.findFacts(repository)).toMatchObject({ description: 'mine', sourceUrl: '' });
    expect((await store.hub.pages.findReadme(repository))?.text).toBe('mine');
    for (const filters of [{ platform: 'linux/arm64' }, { artifactType: 'application/x' }, { updatedSince: 100 }])
      expect(await find(store, filters)).toEqual([]);
    await store.hub.pages.recordDescribed({ repository: other, at: 7, ...said });
  });

  it('gives a badge by request and decision, takes it back, and follows a repository to its new name', async (store) => {
    await pushBlob(store, 'layer');
    const apply = (id: string) => store.hub.badges.apply({ id, badge: 'official', subject: repository, note: 'please', ...change });
    const decide = (id: string, state: Exclude<BadgeState, 'applied'>) => store.hub.badges.decide({ id, state, reason: 'so', ...change });
    expect(await apply('one')).toMatchObject({ id: 'one', state: 'applied', appliedBy: actor });
    expect(await failureOf(apply('two'))).toMatchObject({ code: 'CONFLICT' });
    for (const state of ['revoked'] as const) expect(await failureOf(decide('one', state))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(decide('none', 'granted'))).toMatchObject({ code: 'CONFLICT' });
    await decide('one', 'declined');
    expect(await find(store, { official: true })).toEqual([]);
    await apply('two');
    expect(await decide('two', 'granted')).toMatchObject({ state: 'granted', decidedAt: 5, reason: 'so' });
    expect(await find(store, { official: true })).toEqual([repository]);
    const nearby = parseRepositoryName('mina/renamed');
    await store.repositories.rename({ from: repository, to: nearby, aliasUntil: 9, ...change });
    expect(await find(store, { official: true })).toEqual([nearby]);
    expect((await store.hub.badges.listOf({ badge: 'official', subject: nearby, limit: 9 })).map(({ id, state }) => [id, state])).toEqual([
      ['one', 'declined'],
      ['two', 'granted'],
    ]);
    const elsewhere = parseRepositoryName('jun/renamed');
    await store.repositories.rename({ from: nearby, to: elsewhere, aliasUntil: 9, ...change });
    expect(await find(store, { official: true })).toEqual([]);
    expect((await store.hub.badges.list({ state: 'revoked', limit: 9 })).map(({ id }) => id)).toEqual(['two']);
    const actions = (await store.identity.audit.list({ limit: 99 })).map(({ action }) => action).filter((action) => action.startsWith('badge.'));
    expect(actions.toReversed()).toEqual(['badge.applied', 'badge.declined', 'badge.applied', 'badge.granted', 'badge.revoked']);
  });

  it('verifies a namespace with all its repositories, those to come too', async (store) => {
    await store.identity.users.create({ id: 'm', name: 'mina', administrator: false, fullName: '', language: 'en', ...change });
    await pushBlob(store, 'layer');
    await store.hub.badges.apply({ id: 'v', badge: 'verified', subject: 'mina', note: '', ...change });
    await store.hub.badges.decide({ id: 'v', state: 'granted', reason: '', ...change });
    const later = parseRepositoryName('mina/later');
    await store.repositories.create({ name: later, visibility: 'public', ...change });
    expect(await find(store, { verified: true })).toEqual([later, repository]);
    await store.hub.badges.decide({ id: 'v', state: 'revoked', reason: '', ...change });
    expect(await find(store, { verified: true })).toEqual([]);
  });
}
