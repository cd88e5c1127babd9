import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import { localCaller } from '../identity/callers.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { parseTerms } from './search-terms.ts';
import { createSearch, type RepositorySearch, type Search } from './search.ts';

let folder: string;
let rows: MetadataStore;
let search: Search;
const change = { at: 1, actor: 'mina' };
const everybody = localCaller('127.0.0.1');

const described: Readonly<Record<string, string>> = {
  nginx: 'A server of pages',
  'acme/nginx': '',
  'acme/nginx-exporter': '',
  'acme/my-nginx': '',
  'acme/web': 'Behind nginx',
  'acme/libnginxhelper': '',
  'kim/postgres': '데이터베이스',
  'kim/redis': '메모리 저장소, fast',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naru-search-'));
  rows = await openSqliteMetadata({ path: join(folder, 'rows.db') });
  search = createSearch(rows.hub.search);
  for (const [text, description] of Object.entries(described)) {
    const name = parseRepositoryName(text);
    await rows.repositories.create({ name, visibility: 'public', ...change });
    await rows.repositories.describe({ name, description, ...change });
  }
});
afterAll(async () => {
  await rows.close();
  await rm(folder, { recursive: true });
});

async function names(text: string, rest: Partial<RepositorySearch> = {}, caller: Caller = everybody): Promise<string[]> {
  return (await search.find({ text, filters: {}, limit: 20, ...rest }, caller)).found.map(({ name }) => name);
}

test('the whole name first, then words that begin so, then any part of the name, then the description', async () => {
  expect(await names('nginx')).toEqual(['acme/nginx', 'nginx', 'acme/my-nginx', 'acme/nginx-exporter', 'acme/libnginxhelper', 'acme/web']);
  expect(await names('acme/nginx')).toEqual(['acme/nginx', 'acme/my-nginx', 'acme/nginx-exporter', 'acme/libnginxhelper', 'acme/web']);
  expect(await names('NGINX exporter')).toEqual(['acme/nginx-exporter']);
});

test('slips of the finger, in English and in Korean, and it says what it looked for', async () => {
  for (const text of ['postgers', 'postgre', 'postgress', 'opstgres', 'postgrex', '데이타베이스']) {
    expect({ text, found: await names(text) }).toEqual({ text, found: ['kim/postgres'] });
  }
  expect(await search.find({ text: 'redsi fast', filters: {}, limit: 5 }, everybody)).toMatchObject({
    found: [{ name: 'kim/redis' }],
    instead: ['redis fast'],
  });
  expect(await names('zzzzzz')).toEqual([]);
});

test('page after page gives the same list, each entry once', async () => {
  for (const text of ['nginx', '', 'a', 'acme']) {
    const whole = await names(text);
    for (const limit of [1, 2, 3]) {
      const paged: string[] = [];
      let after: RepositorySearch['after'];
      do {
        const page = await search.find({ text, filters: {}, limit, ...(after && { after }) }, everybody);
        paged.push(...page.found.map(({ name }) => name));
        after = page.next;
      } while (after);
      expect({ text, limit, paged }).toEqual({ text, limit, paged: whole });
    }
  }
});

test('what the caller may not know of is left out, and the page is filled up from behind it', async () => {
  const hidden = new Set(['acme/nginx', 'acme/my-nginx']);
  const caller: Caller = { ...everybody, mayList: async (name: RepositoryName) => !hidden.has(name) };
  expect(await names('nginx', { limit: 2 }, caller)).toEqual(['nginx', 'acme/nginx-exporter']);
  expect((await names('', {}, caller)).length).toBe(Object.keys(described).length - hidden.size);
});

test('any text at all is a search', async () => {
  for (const text of [
    '"',
    '*',
    'a*',
    'AND',
    'NOT nginx',
    'name:nginx',
    '(',
    "'",
    '{}',
    '^a',
    'a"b',
    '%',
    '\0',
    '\ud800',
    '-',
    'ﬁ',
    'x'.repeat(100_000),
    '이'.repeat(5000),
  ])
    await names(text);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      await names(text);
    }),
    { numRuns: 200 },
  );
});

test('terms are letters and digits, a few of them, in one form', () => {
  expect(parseTerms('  Team/App:1.2 ＡＢＣ team')).toEqual(['team', 'app', '1', '2', 'abc']);
  expect(parseTerms('각')).toEqual(parseTerms('각'.normalize('NFD')));
  expect(parseTerms('a b c d e f g h i j')).toHaveLength(8);
});
