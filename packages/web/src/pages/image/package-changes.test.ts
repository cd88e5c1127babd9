import { expect, test } from 'bun:test';
import { findPackageChanges } from './package-changes.ts';

const of = (type: string, name: string, version: string) => ({ type, name, version });

test('packages that came, went and changed, each once, in order; the same name of another kind is another one', () => {
  const before = [of('deb', 'zlib', '1'), of('deb', 'curl', '7'), of('npm', 'a b', '1'), of('npm', 'same', '1'), of('npm', 'same', '2')];
  const after = [of('deb', 'curl', '8'), of('npm', 'zlib', '1'), of('npm', 'a b', '1'), of('npm', 'a b', '2'), of('npm', 'same', '2'), of('npm', 'same', '1')];
  expect(findPackageChanges(before, after)).toEqual([
    { type: 'deb', name: 'curl', before: ['7'], after: ['8'] },
    { type: 'deb', name: 'zlib', before: ['1'], after: [] },
    { type: 'npm', name: 'a b', before: ['1'], after: ['1', '2'] },
    { type: 'npm', name: 'zlib', before: [], after: ['1'] },
  ]);
  expect(findPackageChanges(before, before)).toEqual([]);
});
