import { expect, test } from 'bun:test';
import { packageUrl } from './package-url.ts';

test.each<[given: Partial<Parameters<typeof packageUrl>[0]>, written: string]>([
  [{ type: 'npm', namespace: '@x' }, 'pkg:npm/%40x/a@1'],
  [{ type: 'golang', name: 'example.org/x/y', version: 'v1' }, 'pkg:golang/example.org/x/y@v1'],
  [{ type: 'deb', distribution: 'debian:12', version: '1:2-3+b1' }, 'pkg:deb/debian/a@1:2-3%2Bb1?distro=debian-12'],
  // As SBOMs have it: an epoch is no part of an RPM's version.
  [{ type: 'rpm', namespace: 'rocky', distribution: 'rocky:9.4', version: '2:1.0-1.el9' }, 'pkg:rpm/rocky/a@1.0-1.el9?distro=rocky-9.4&epoch=2'],
  [{ type: 'pypi', name: 'Some_Name' }, 'pkg:pypi/some-name@1'],
])('%j', (given, written) => {
  expect(packageUrl({ type: 'npm', namespace: '', name: 'a', version: '1', distribution: '', ...given })).toBe(written);
});
