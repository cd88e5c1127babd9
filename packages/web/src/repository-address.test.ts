import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { findRepositoryAddress, repositoryPath, type RepositorySection } from './repository-address.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each<[string, string, RepositorySection]>([
  ['team/app', 'team/app', { kind: 'overview' }],
  ['team/app/tags', 'team/app', { kind: 'tags' }],
  ['a/b/c/tags', 'a/b/c', { kind: 'tags' }],
  ['first', 'first', { kind: 'overview' }],
  ['tags', 'tags', { kind: 'overview' }],
  ['first/tags/', 'first', { kind: 'tags' }],
  ['team/app/settings', 'team/app', { kind: 'settings' }],
  [`team/app/image/${digest}`, 'team/app', { kind: 'image', digest }],
  ['team/tags/-/', 'team/tags', { kind: 'overview' }],
  ['team/tags/-/tags', 'team/tags', { kind: 'tags' }],
])('/r/%s', (path, repository, section) => {
  expect(findRepositoryAddress(path)).toEqual({ repository: repository as never, section });
});

test.each(['', 'Team/app', 'a//b', 'a/-/b', '-/tags', 'a/-/tags/x', digest, 'a/-/image'])('/r/%s is nothing', (path) => {
  expect(findRepositoryAddress(path)).toBeUndefined();
});

test('whatever a repository is called, its addresses lead back to it', () => {
  const part = fc.oneof(fc.constantFrom('tags', 'settings', 'image', 'a', 'b.c'), fc.stringMatching(/^[a-z0-9]{1,5}$/));
  const section = fc.constantFrom<RepositorySection>({ kind: 'overview' }, { kind: 'tags' }, { kind: 'settings' }, { kind: 'image', digest });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), section, (parts, wanted) => {
      const repository = parts.join('/');
      expect(findRepositoryAddress(repositoryPath(repository, wanted))).toEqual({ repository: repository as never, section: wanted });
    }),
  );
});
