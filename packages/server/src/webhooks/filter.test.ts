import { expect, test } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import { wants } from './filter.ts';

const moved = (tag: string) => ({ kind: 'tag.moved', tag: parseTag(tag) }) as const;
const events = ['tag.moved', 'manifest.pushed'] as const;

test('by kind', () => {
  expect(wants({ events }, moved('v1'))).toBe(true);
  expect(wants({ events }, { kind: 'tag.deleted', tag: parseTag('v1') })).toBe(false);
  expect(wants({ events: [] }, { kind: 'webhook.test' })).toBe(true);
});

test('by tag: one pattern must match, and an event without a tag has none', () => {
  expect(wants({ events, tags: ['v*', 'latest'] }, moved('latest'))).toBe(true);
  expect(wants({ events, tags: ['v*', 'latest'] }, moved('edge'))).toBe(false);
  expect(wants({ events, tags: ['*'] }, { kind: 'manifest.pushed' })).toBe(false);
});

test('by version: a v before it counts, what is no version does not', () => {
  const isWithin = (versions: string) => ['1.2.0', 'v1.9.9', '1.2.0-rc.1', '2.0.0', '1.2', 'latest'].filter((tag) => wants({ events, versions }, moved(tag)));
  expect(isWithin('^1.2')).toEqual(['1.2.0', 'v1.9.9']);
  expect(isWithin('>=1.2.0-rc.0 <2')).toEqual(['1.2.0', 'v1.9.9', '1.2.0-rc.1']);
  expect(isWithin('*')).toEqual(['1.2.0', 'v1.9.9', '2.0.0']);
});
