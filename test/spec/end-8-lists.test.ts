/** end-8a, end-8b and Docker's catalog: byte order, pages, and links that lead to the end. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { newImage } from './support/content.ts';
import { type Answer, exchange } from './support/exchange.ts';
import { errorOf, expectStatus, jsonOf, newRepository, repositoryAt } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

// In the order of their bytes: digits, upper case, underscore, lower case.
const tags = ['0', '1', '1.10', '1.2', '1.2-rc', '10', '2', 'A', 'V1', '_x', 'a', 'a-b', 'a.b', 'a_b', 'latest', 'v1', 'v10', 'v2', 'x'.repeat(128)];

describe('tags', () => {
  const repository = newRepository(host, 'lists');

  beforeAll(async () => {
    const image = newImage();
    await repository.push(image);
    const shuffled = tags.toSorted((one, other) => one.split('').reverse().join('').localeCompare(other.split('').reverse().join('')));
    for (const tag of shuffled) expectStatus(201, await repository.putManifest(image, tag));
  });

  const listed = (names: readonly string[]): object => ({ name: repository.name, tags: names });

  test('tag-list: all, in order', async () => {
    expect(await repository.listTags()).toEqual(listed(tags));
    const answer = await repository.send('GET', '/tags/list');
    expect([answer.headers['content-type'], answer.headers['link']]).toEqual(['application/json', undefined]);
  });

  test('n: the first ones, with a link when there are more', async () => {
    for (const n of [1, 2, 5, tags.length - 1]) {
      const answer = expectStatus(200, await repository.send('GET', `/tags/list?n=${n}`));
      expect(jsonOf(answer)).toEqual(listed(tags.slice(0, n)));
      expect(answer.headers['link']).toMatch(/^<\/v2\/[^>]+>; ?rel="?next"?$/);
    }
    for (const n of [tags.length, tags.length + 1, 1_000_000, 2_147_483_648]) {
      const answer = expectStatus(200, await repository.send('GET', `/tags/list?n=${n}`));
      expect([jsonOf(answer), answer.headers['link']]).toEqual([listed(tags), undefined]);
    }
  });

  test('n=0: nothing, and no link', async () => {
    const answer = expectStatus(200, await repository.send('GET', '/tags/list?n=0'));
    expect([jsonOf(answer), answer.headers['link']]).toEqual([listed([]), undefined]);
  });

  test('n that is no number', async () => {
    for (const n of ['-1', 'x', '1.5', '1e3', ' 1', '0x10', '%00']) {
      expect([n, errorOf(await repository.send('GET', `/tags/list?n=${encodeURIComponent(n)}`))]).toEqual([
        n,
        { status: 400, code: 'PAGINATION_NUMBER_INVALID', message: 'invalid number of results requested' },
      ]);
    }
  });

  test('last: what comes after it, with and without n, also when there is no such tag', async () => {
    for (const [index, last] of tags.entries()) {
      expect(await repository.listTags(`?last=${last}`)).toEqual(listed(tags.slice(index + 1)));
      expect(await repository.listTags(`?n=2&last=${last}`)).toEqual(listed(tags.slice(index + 1, index + 3)));
    }
    expect(await repository.listTags('?last=1.3')).toEqual(listed(tags.slice(tags.indexOf('10'))));
    expect(await repository.listTags('?last=zzz')).toEqual(listed([]));
    expect(await repository.listTags('?last=')).toEqual(listed(tags));
    expect(await repository.listTags('?n=0&last=a')).toEqual(listed([]));
  });

  test('links lead through every tag once', async () => {
    for (const n of [1, 3, 7]) {
      const pages = await followLinks(`/v2/${repository.name}/tags/list?n=${n}`);
      expect(pages.flatMap((page) => (jsonOf(page) as { tags: string[] }).tags)).toEqual(tags);
      expect(pages).toHaveLength(Math.ceil(tags.length / n));
    }
  });

  test('a tag pushed or deleted while a client pages', async () => {
    const paged = newRepository(host, 'lists');
    const image = newImage();
    await paged.push(image);
    for (const tag of ['a', 'c', 'e', 'g']) await paged.putManifest(image, tag);
    const first = await paged.send('GET', '/tags/list?n=2');
    await paged.putManifest(image, 'd');
    expectStatus(202, await paged.send('DELETE', '/manifests/c'));
    const second = await followLinks(nextOf(first) ?? '');
    expect(second.flatMap((page) => (jsonOf(page) as { tags: string[] }).tags)).toEqual(['d', 'e', 'g']);
  });

  test('an unknown repository', async () => {
    expect(errorOf(await newRepository(host).send('GET', '/tags/list'))).toEqual({
      status: 404,
      code: 'NAME_UNKNOWN',
      message: 'repository name not known to registry',
    });
  });
});

describe('catalog', () => {
  // All that sort between others: a slash is less than a digit, a hyphen less than a slash.
  const names = ['cat', 'cat-1', 'cat.1', 'cat/a', 'cat/a/b', 'cat/b', 'cat0', 'cat_1'];

  beforeAll(async () => {
    for (const name of names.toReversed()) await repositoryAt(host, name).push(newImage(), 'v1');
  });

  const own = (repositories: readonly string[]): string[] => repositories.filter((name) => name.startsWith('cat'));

  test('in the order of bytes', async () => {
    const { repositories } = jsonOf(await exchange(host, 'GET', '/v2/_catalog')) as { repositories: string[] };
    expect(own(repositories)).toEqual(names);
  });

  test('pages: n, last, and links to the end', async () => {
    expect(jsonOf(await exchange(host, 'GET', '/v2/_catalog?n=2&last=cat/a'))).toEqual({ repositories: ['cat/a/b', 'cat/b'] });
    const pages = await followLinks('/v2/_catalog?n=3');
    expect(own(pages.flatMap((page) => (jsonOf(page) as { repositories: string[] }).repositories))).toEqual(names);
    const none = await exchange(host, 'GET', '/v2/_catalog?n=0');
    expect([jsonOf(none), none.headers['link']]).toEqual([{ repositories: [] }, undefined]);
    expect(errorOf(await exchange(host, 'GET', '/v2/_catalog?n=-1'))).toMatchObject({ status: 400, code: 'PAGINATION_NUMBER_INVALID' });
  });
});

async function followLinks(path: string): Promise<Answer[]> {
  const pages: Answer[] = [];
  for (let next: string | undefined = path; next !== undefined; next = nextOf(pages.at(-1))) {
    pages.push(expectStatus(200, await exchange(host, 'GET', next)));
    if (pages.length > 100) throw new Error('the links lead in a circle');
  }
  return pages;
}

function nextOf(page: Answer | undefined): string | undefined {
  return /^<([^>]+)>/.exec(page?.headers['link'] ?? '')?.[1];
}
