import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatPackageUrl, longestPackageUrl, type PackageUrl, PackageUrlError, packageUrlOf, parsePackageUrl } from './package-url.ts';
import type { PackageType } from './package.ts';

/** What may be written, and how it is written canonically. */
const canonical: readonly (readonly [string, string])[] = [
  ['pkg:maven/org.example/tool@1.2.3', 'pkg:maven/org.example/tool@1.2.3'],
  ['PKG:Maven/org.Example/Tool@1', 'pkg:maven/org.Example/Tool@1'],
  ['pkg://npm/left@1.0', 'pkg:npm/left@1.0'],
  ['pkg:npm/%40scope/pack@2.0.0', 'pkg:npm/%40scope/pack@2.0.0'],
  ['pkg:npm/@scope/pack@2.0.0', 'pkg:npm/%40scope/pack@2.0.0'],
  ['pkg:pypi/Some_Name@1.0+local', 'pkg:pypi/some-name@1.0%2Blocal'],
  ['pkg:golang/Example.org/Mod@v1#/a/./b/../c/', 'pkg:golang/example.org/mod@v1#a/b/c'],
  ['pkg:deb/Debian/Curl@1:7.50.3-1?distro=jessie&Arch=i386', 'pkg:deb/debian/curl@1:7.50.3-1?arch=i386&distro=jessie'],
  ['pkg:rpm/Fedora/GConf@3?arch=&epoch=1', 'pkg:rpm/fedora/GConf@3?epoch=1'],
  ['pkg:nuget/Entity.Thing@1.0', 'pkg:nuget/Entity.Thing@1.0'],
  ['pkg:composer/Vendor/Pack@1', 'pkg:composer/vendor/pack@1'],
  ['pkg:gem/Ruby-Thing?platform=java', 'pkg:gem/Ruby-Thing?platform=java'],
  ['pkg:oci/App@sha256%3Aabc', 'pkg:oci/app@sha256:abc'],
];

test('what is written in many ways is written in one', () => {
  expect(canonical.map(([text]) => [text, formatPackageUrl(parsePackageUrl(text))])).toEqual(canonical.map((pair) => [...pair]));
});

test('what is none is refused', () => {
  const bad = ['', 'npm/a', 'pkg:npm', 'pkg:npm/', 'pkg:/a', 'pkg:n?m/a', 'pkg:npm/%zz', 'pkg:npm/a?b', 'pkg:npm/a?1=b', 'pkg:npm/a?b=1&B=2'];
  for (const text of [...bad, `pkg:npm/${'a'.repeat(longestPackageUrl)}`]) expect(() => parsePackageUrl(text)).toThrow(PackageUrlError);
});

describe('of what is installed', () => {
  const of = (type: PackageType, words: Partial<Parameters<typeof packageUrlOf>[0]>, release?: Parameters<typeof packageUrlOf>[1]) =>
    packageUrlOf({ type, namespace: '', name: 'a', version: '1', architecture: '', sourceName: '', sourceVersion: '', ...words }, release);

  test('each type', () => {
    const debian = { id: 'debian', version: '12', name: 'Debian' };
    expect(of('deb', { namespace: 'debian', version: '1:2-3+b1', architecture: 'amd64', sourceName: 'src', sourceVersion: '1:2-3' }, debian)).toBe(
      'pkg:deb/debian/a@1:2-3%2Bb1?arch=amd64&distro=debian-12&upstream=src%401:2-3',
    );
    expect(of('deb', {}, debian)).toBe('pkg:deb/debian/a@1?distro=debian-12');
    expect(of('apk', { namespace: 'alpine', sourceName: 'a', sourceVersion: '1' })).toBe('pkg:apk/alpine/a@1');
    expect(of('rpm', { namespace: 'rocky', version: '2:1.0-1.el9' })).toBe('pkg:rpm/rocky/a@1.0-1.el9?epoch=2');
    expect(of('golang', { name: 'github.com/x/y', version: 'v1' })).toBe('pkg:golang/github.com/x/y@v1');
    expect(of('golang', { name: 'stdlib', version: 'go1.22' })).toBe('pkg:golang/stdlib@go1.22');
    expect(of('npm', { namespace: '@x', architecture: 'amd64' })).toBe('pkg:npm/%40x/a@1');
    expect(of('maven', { namespace: 'org.x' })).toBe('pkg:maven/org.x/a@1');
  });
});

test('what is written is read as it was', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('/'));
  const url: fc.Arbitrary<PackageUrl> = fc.record({
    type: fc.constantFrom('maven', 'cargo', 'gem', 'nuget'),
    namespace: fc.array(word, { maxLength: 3 }).map((words) => words.join('/')),
    name: word,
    version: fc.oneof(fc.constant(''), word),
    qualifiers: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), word, { maxKeys: 3, noNullPrototype: true }),
    subpath: fc.constant(''),
  });
  fc.assert(fc.property(url, (one) => expect(parsePackageUrl(formatPackageUrl(one))).toEqual(one)));
});
