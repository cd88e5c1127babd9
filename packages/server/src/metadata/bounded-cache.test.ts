import { expect, test } from 'bun:test';
import { boundedCache } from './bounded-cache.ts';

type Item = { size: number };

function contentsOf(cache: { get(key: string): Item | undefined }, keys: string): string {
  return keys
    .split('')
    .filter((key) => cache.get(key) !== undefined)
    .join('');
}

test('keeps what was used last within its entries', () => {
  const cache = boundedCache<Item>({ maxEntries: 3 });
  for (const key of 'abc') cache.set(key, { size: 1 });
  cache.get('a');
  cache.set('d', { size: 1 });
  expect(contentsOf(cache, 'abcd')).toBe('acd');
});

test('keeps within its bytes, whatever comes and goes', () => {
  const cache = boundedCache<Item>({ maxEntries: 100, maxBytes: 10, sizeOf: ({ size }) => size });
  cache.set('a', { size: 4 });
  cache.set('b', { size: 4 });
  cache.set('a', { size: 6 });
  expect(contentsOf(cache, 'ab')).toBe('ab');
  cache.set('c', { size: 5 });
  expect(contentsOf(cache, 'abc')).toBe('bc');
  cache.set('d', { size: 5 });
  expect(contentsOf(cache, 'cd')).toBe('cd');
});

test('does not empty itself for what can never fit', () => {
  const cache = boundedCache<Item>({ maxEntries: 100, maxBytes: 10, sizeOf: ({ size }) => size });
  cache.set('a', { size: 4 });
  cache.set('b', { size: 11 });
  expect(contentsOf(cache, 'ab')).toBe('a');
  cache.set('a', { size: 11 });
  expect(contentsOf(cache, 'a')).toBe('');
});

test('forgets everything, its bytes too', () => {
  const cache = boundedCache<Item>({ maxEntries: 100, maxBytes: 10, sizeOf: ({ size }) => size });
  cache.set('a', { size: 10 });
  cache.clear();
  cache.set('b', { size: 5 });
  cache.set('c', { size: 5 });
  expect(contentsOf(cache, 'abc')).toBe('bc');
});
