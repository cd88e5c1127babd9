import { expect, test } from 'bun:test';
import { mountCandidates } from './mount-candidates.ts';

const sources = ['other:5000/me/x', 'hub/c/d', 'hub/me/app', 'hub/a/b', 'hub/me/app/base', 'hub/me/other', 'hub/e/f'];
const target = { registry: 'hub', name: 'me/app' };

test.each([
  [50_000, ['me/app/base']],
  [5_000_000, ['me/app/base', 'me/other', 'c/d']],
  [50_000_000, ['me/app/base', 'me/other', 'c/d', 'a/b']],
])('%d bytes', (sizeBytes, expected) => {
  expect(mountCandidates(sources, target, sizeBytes)).toEqual(expected);
});

test('a registry whose name begins like another one', () => {
  expect(mountCandidates(['hub.example/a'], target, 1)).toEqual([]);
});
