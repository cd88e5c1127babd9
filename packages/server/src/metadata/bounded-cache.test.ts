import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { type BoundedCache, boundedCache } from './bounded-cache.ts';

type Item = { name: string; size: number };

function item(name: string, size = 1): Item {
  return { name, size };
}

function keptOf(cache: BoundedCache<Item>, keys: readonly string[]): string[] {
  return keys.filter((key) => cache.get(key) !== undefined);
}

test('keeps what is used, drops what is not', () => {
  const cache = boundedCache<Item>({ maxEntries: 4 });
  for (const key of ['a', 'b', 'c', 'd']) {
    cache.set(key, item(key));
    cache.get('a');
  }
  expect(keptOf(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
});

test('holds no more than it may, and what it gives is what was set last', () => {
  const operation = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), size: fc.option(fc.integer({ min: 0, max: 8 })) });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const cache = boundedCache<Item>({ maxEntries: 4, maxBytes: 10, sizeOf: ({ size }) => size });
      const last = new Map<string, Item>();
      for (const { key, size } of operations) {
        if (size === null) {
          const found = cache.get(key);
          if (found !== undefined) expect(found).toBe(last.get(key) as Item);
        } else {
          last.set(key, item(key, size));
          cache.set(key, last.get(key) as Item);
          expect(cache.get(key)).toBe(size > 5 ? undefined : (last.get(key) as Item));
        }
      }
      // Asking moves entries between the generations and drops some, so each set of keys is asked once.
      const kept = [...last.keys()].map((key) => cache.get(key)).filter((found) => found !== undefined);
      expect(kept.length).toBeLessThanOrEqual(6);
    }),
  );
});

test('does not empty itself for what can never fit, and forgets what that would replace', () => {
  const cache = boundedCache<Item>({ maxEntries: 100, maxBytes: 10, sizeOf: ({ size }) => size });
  cache.set('a', item('a', 4));
  cache.set('b', item('b', 6));
  expect(keptOf(cache, ['a', 'b'])).toEqual(['a']);
  cache.set('a', item('a', 6));
  expect(keptOf(cache, ['a'])).toEqual([]);
});

test('forgets everything, its bytes too', () => {
  const cache = boundedCache<Item>({ maxEntries: 100, maxBytes: 10, sizeOf: ({ size }) => size });
  cache.set('a', item('a', 5));
  cache.set('b', item('b', 5));
  cache.clear();
  expect(keptOf(cache, ['a', 'b'])).toEqual([]);
  cache.set('c', item('c', 5));
  cache.set('d', item('d', 5));
  expect(keptOf(cache, ['c', 'd'])).toEqual(['c', 'd']);
});
