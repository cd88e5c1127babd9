import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { Visibility } from '../../access/policy.ts';
import type { SearchQuery, Viewer } from '../hub-port.ts';
import type { MetadataStore } from '../port.ts';
import { toLetters } from '../text-letters.ts';
import { actor, type Contract } from './content.ts';

const everything: Viewer = { subject: { kind: 'anonymous', id: '' }, everything: true };
const change = { at: 5, actor };

async function make(store: MetadataStore, text: string, { description, visibility = 'public' }: { description?: string; visibility?: Visibility } = {}) {
  const name = parseRepositoryName(text);
  await store.repositories.create({ name, visibility, ...change });
  if (description !== undefined) await store.repositories.describe({ name, description, ...change });
  return name;
}

async function names(store: MetadataStore, text: string, rest: Partial<SearchQuery> = {}): Promise<string[]> {
  const terms = text === '' ? [] : toLetters(text).split(' ');
  const found = await store.hub.search.find({ viewer: everything, terms, where: 'anywhere', filters: {}, limit: 10, ...rest });
  return found.map(({ name }) => name);
}

export function searchContract(it: Contract): void {
  it('finds any part of a word of name and description, all terms together, and tells what is known', async (store) => {
    await make(store, 'acme/web-proxy', { description: 'A small Proxy for everything' });
    await make(store, 'acme/database');
    const [hit] = await store.hub.search.find({ viewer: everything, terms: ['roxy'], where: 'anywhere', filters: {}, limit: 10 });
    expect(await store.hub.search.load([parseRepositoryName('no/such'), ...(hit ? [hit.name] : [])])).toEqual([
      {
        name: parseRepositoryName('acme/web-proxy'),
        visibility: 'public',
        description: 'A small Proxy for everything',
        official: false,
        verified: false,
        pulls: 0,
        stars: 0,
      },
    ]);
    expect(await names(store, 'verythin')).toEqual(['acme/web-proxy']);
    expect(await names(store, 'verythin', { where: 'name' })).toEqual([]);
    expect(await names(store, 'acme web')).toEqual(['acme/web-proxy']);
    expect(await names(store, 'acme nothing')).toEqual([]);
  });

  it('finds one and two letters where a word begins, alone and beside longer terms', async (store) => {
    await make(store, 'acme/go-tools', { description: 'tools' });
    expect(await names(store, 'g')).toEqual(['acme/go-tools']);
    expect(await names(store, 'go tool')).toEqual(['acme/go-tools']);
    expect(await names(store, 'ol')).toEqual([]);
  });

  it('finds Korean: a syllable inside of a word, half of one, and what was stored in letters', async (store) => {
    await make(store, 'kim/one', { description: '모두를 위한 이미지저장소'.normalize('NFD') });
    for (const text of ['저장', '저자', '저장소', '이미지', '모두를', '위한 저장'])
      expect({ text, found: await names(store, text) }).toEqual({ text, found: ['kim/one'] });
    expect(await names(store, '장난')).toEqual([]);
  });

  it('follows a new description, a new name and a new visibility at once', async (store) => {
    const name = await make(store, 'acme/first', { description: 'before', visibility: 'private' });
    await store.repositories.describe({ name, description: 'afterwards', ...change });
    expect([await names(store, 'before'), await names(store, 'afterwards')]).toEqual([[], ['acme/first']]);
    await store.repositories.rename({ from: name, to: parseRepositoryName('other/second'), aliasUntil: 9, ...change });
    expect([await names(store, 'first'), await names(store, 'second'), await names(store, 'afterwards')]).toEqual([[], ['other/second'], ['other/second']]);
    const anonymous: Viewer = { subject: { kind: 'anonymous', id: '' }, everything: false };
    expect(await names(store, 'second', { viewer: anonymous })).toEqual([]);
    await store.repositories.setVisibility({ name: parseRepositoryName('other/second'), visibility: 'public', ...change });
    expect(await names(store, 'second', { viewer: anonymous })).toEqual(['other/second']);
    expect(await names(store, '', { filters: { namespace: 'acme' } })).toEqual([]);
    expect(await names(store, '', { filters: { namespace: 'other' } })).toEqual(['other/second']);
  });

  it('shows somebody what is open, and what is in a namespace where they have anything', async (store) => {
    await store.identity.users.create({ id: 'k', name: 'kim', administrator: false, fullName: '', language: 'en', ...change });
    await make(store, 'lee/public');
    await make(store, 'lee/internal', { visibility: 'internal' });
    await make(store, 'lee/private', { visibility: 'private' });
    await make(store, 'kim/private', { visibility: 'private' });
    const kim: Viewer = { subject: { kind: 'user', id: 'k' }, everything: false };
    expect(await names(store, '', { viewer: kim })).toEqual(['kim/private', 'lee/internal', 'lee/public']);
    expect(await names(store, 'lee', { viewer: { subject: { kind: 'anonymous', id: '' }, everything: false } })).toEqual(['lee/public']);
  });

  it('lists in the order of rank and goes on below one', async (store) => {
    for (const name of ['a/one', 'a/two', 'a/three']) await make(store, name);
    const [first] = await store.hub.search.find({ viewer: everything, terms: [], where: 'anywhere', filters: {}, limit: 1 });
    expect(first?.name).toBe(parseRepositoryName('a/three'));
    expect(await names(store, '', { below: first?.rank ?? 0 })).toEqual(['a/two', 'a/one']);
  });

  it('finds by name, and passes over what is not there or filtered out', async (store) => {
    const name = await make(store, 'acme/app');
    const found = async (filters: SearchQuery['filters']) =>
      (await store.hub.search.findNamed([name, parseRepositoryName('no/such')], { viewer: everything, filters })).map((one) => one.name);
    expect(await found({})).toEqual([name]);
    for (const filters of [
      { official: true },
      { verified: true },
      { namespace: 'x' },
      { updatedSince: 1 },
      { platform: 'linux/amd64' },
      { artifactType: 'x' },
    ]) {
      expect(await found(filters)).toEqual([]);
    }
  });

  it('lists words by how they begin', async (store) => {
    await make(store, 'acme/nginx', { description: 'Nginx as a network node' });
    expect(await store.hub.search.listWords('n', 10)).toEqual(['network', 'nginx', 'node']);
    expect(await store.hub.search.listWords('n', 1)).toEqual(['network']);
  });
}
