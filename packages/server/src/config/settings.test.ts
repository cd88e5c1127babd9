import { expect, test } from 'bun:test';
import { configSchema } from './config.ts';
import { configReference } from './reference.ts';
import { settings } from './settings.ts';
import { findSuggestion } from './suggestion.ts';

test('every setting can be written in all three places, and no two share one', () => {
  for (const place of ['key', 'env', 'flag'] as const) expect(new Set(settings.map((setting) => setting[place])).size).toBe(settings.length);
  expect(settings.find((setting) => setting.key === 'collection.grace')).toMatchObject({
    env: 'NARU_COLLECTION_GRACE',
    flag: 'collection-grace',
    path: ['collection', 'graceMs'],
  });
});

test('every setting says what it is for, of which type, and a default that it accepts itself', () => {
  for (const entry of configReference()) {
    expect(entry.description).toMatch(/^[A-Z].*\.$/s);
    expect(entry.type).not.toBe('');
    expect(settings.find((setting) => setting.key === entry.key)?.schema.safeParse(entry.default).success).toBe(true);
  }
});

test('no setting is outside the schema', () => {
  const groups = Object.fromEntries(settings.filter(({ path }) => path.length > 1).map(({ path }) => [path[0] ?? '', {}]));
  expect(configSchema.safeParse(groups).success).toBe(true);
  expect(configSchema.safeParse({ ...groups, extra: 1 }).success).toBe(false);
});

test.each([
  ['prot', ['port', 'host', 'data'], 'port'],
  ['colection.grace', ['collection.grace', 'collection.interval'], 'collection.grace'],
  ['grace', ['collection.grace', 'collection.interval'], 'collection.grace'],
  ['scrub.grace', ['collection.grace', 'scrub.interval'], 'collection.grace'],
  ['zebra', ['port', 'host', 'data'], undefined],
])('%s among %j means %s', (mistyped, known, meant) => {
  expect(findSuggestion(mistyped, known)).toBe(meant);
});
