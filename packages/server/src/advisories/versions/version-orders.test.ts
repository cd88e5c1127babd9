/** What holds for every order, over versions made at random; and sorted examples that each ecosystem documents. */
import { describe, expect, test } from 'bun:test';
import { array, assert, constantFrom, type Arbitrary, property, string, tuple } from 'fast-check';
import type { PackageType } from '../../inventory/package.ts';
import { versionOrders } from './version-orders.ts';

const sorted: Readonly<Record<PackageType, readonly string[]>> = {
  deb: ['1.0~~', '1.0~rc1', '1.0', '1.0-1~deb11u1', '1.0-1', '1.0-1+deb12u1', '1.0-1.1', '1.0a-1', '1.0+dfsg-1', '1.10-1', '1:0.1-1'],
  apk: ['1.0_alpha', '1.0_alpha2', '1.0_rc1', '1.0', '1.0-r0', '1.0-r10', '1.0_p1', '1.0_p1-r2', '1.0b', '1.0.1-r0', '1.2', '1.10-r0', '2.05', '2.5'],
  rpm: ['1.0~rc1-1', '1.0-1.el8', '1.0-1.el9', '1.0-2', '1.0-10', '1.0^git1-1', '1.0.a-1', '1.0.1-1', '1.10-1', '1:0.1-1'],
  npm: ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.2.0', '1.10.0'],
  cargo: ['0.1.0-pre', '0.1.0', '0.2.0', '0.10.0'],
  golang: [
    'v0.0.0-20190101000000-abcdefabcdef',
    'v0.0.0-20210101000000-000000000000',
    'v0.1.0',
    'v1.2.3-0.20200101000000-abcdefabcdef',
    'v1.2.3',
    'go1.20',
    'go1.21rc2',
    'go1.21.0',
    '1.22.5',
  ],
  pypi: ['1.0.dev1', '1.0a1', '1.0b2', '1.0rc1', '1.0', '1.0+local', '1.0.post1', '1.1.dev1', '1.10', '1!0.1'],
  maven: ['1.0-alpha-1', '1.0-beta1', '1.0-m2', '1.0.RC1', '1.0-SNAPSHOT', '1.0', '1.0-sp', '1.0-jre', '1.0-1', '1.0.1', '1.10', '2.0.Final'],
  nuget: ['1.0.0-alpha', '1.0.0-Beta.2', '1.0.0-beta.11', '1.0.0-rc', '1.0.0', '1.0.0.1', '1.2', '1.10.0'],
  gem: ['1.0.a', '1.0.b1', '1.0.rc.1', '1.0', '1.0.1', '1.2', '1.10'],
  composer: ['1.0-dev', '1.0-alpha1', '1.0-alpha2', '1.0-beta', '1.0-RC1', 'v1.0', '1.0-p1', '1.0.0.1', '1.2', '1.10'],
};

const equal: Readonly<Partial<Record<PackageType, readonly (readonly [string, string])[]>>> = {
  deb: [
    ['0:1.0-0', '1.0'],
    ['1.01-1', '1.1-1'],
  ],
  rpm: [['1.0.1-1', '1_0.1-1']],
  npm: [
    ['1.0.0+build.1', '1.0.0'],
    ['v1.0.0', '1.0.0'],
  ],
  golang: [
    ['v1.2.3+incompatible', '1.2.3'],
    ['go1.20', '1.20.0'],
    ['go1.22.1 X:nocoverageredesign', '1.22.1'],
  ],
  pypi: [
    ['1.0', '1.0.0'],
    ['1.0-alpha.1', '1.0a1'],
    ['v1.0', '1.0'],
  ],
  maven: [
    ['1.0.0', '1'],
    ['1.ga', '1-final'],
    ['1.0-cr2', '1.0-rc-2'],
    ['1.0.0-foo.0.0', '1-foo'],
  ],
  nuget: [
    ['1.0', '1.0.0.0'],
    ['1.00.1', '1.0.1'],
    ['1.0.0-RC+x', '1.0.0-rc'],
  ],
  gem: [
    ['1.0', '1'],
    ['1.0.0.a', '1.a'],
    ['1.0-1', '1.0.pre.1'],
  ],
  composer: [
    ['v1.0', '1.0.0.0'],
    ['1.0-b2', '1.0.0-beta2'],
    ['1.0-stable', '1.0'],
  ],
};

const noVersions: Readonly<Record<PackageType, readonly string[]>> = {
  deb: ['', 'a1', '1 0', '1.0/../', 'x:1.0', '1.0-'],
  apk: ['', '1.0-1', '1.0_foo', 'v1', '1..2'],
  rpm: ['', '-1', '1 0', '1.0:2'],
  npm: ['', '1.0', 'latest', '01.0.0'],
  cargo: ['', '1.0'],
  golang: ['', '(devel)', 'devel go1.23-abc', 'v1'],
  pypi: ['', '2004d-x', 'unknown'],
  maven: ['', '-1'],
  nuget: ['', '1.0.0.0.0', 'a'],
  gem: ['', 'a', '1..2'],
  composer: ['', 'dev-master', '1.0.0.0.0', `1.0-p${'1'.repeat(200)}x`],
};

for (const [type, order] of Object.entries(versionOrders) as [PackageType, (typeof versionOrders)[PackageType]][]) {
  describe(type, () => {
    test('documented examples', () => {
      const versions = sorted[type];
      expect(versions.filter((version) => !order.isVersion(version))).toEqual([]);
      expect(versions.toReversed().toSorted(order.compare)).toEqual([...versions]);
      const pairs = versions.flatMap((one, place) => versions.slice(place + 1).map((other) => [one, other] as const));
      expect(pairs.filter(([one, other]) => order.compare(one, other) >= 0)).toEqual([]);
      expect((equal[type] ?? []).map(([one, other]) => order.compare(one, other))).toEqual((equal[type] ?? []).map(() => 0));
    });

    test('no versions', () => {
      const tooLong = `1.${'1'.repeat(300)}`;
      expect([...noVersions[type], tooLong].filter((text) => order.isVersion(text))).toEqual([]);
    });

    test('is a total order over all that are versions', () => {
      const version = versionLike(sorted[type]).filter((text) => order.isVersion(text));
      assert(
        property(version, version, version, (a, b, c) => {
          expect(order.compare(a, a)).toBe(0);
          expect(Math.sign(order.compare(a, b))).toBe(-Math.sign(order.compare(b, a)) + 0);
          const [first = '', second = '', third = ''] = [a, b, c].toSorted(order.compare);
          expect([order.compare(first, second) <= 0, order.compare(second, third) <= 0, order.compare(first, third) <= 0]).toEqual([true, true, true]);
          if (order.compare(a, b) === 0) expect(Math.sign(order.compare(a, c))).toBe(Math.sign(order.compare(b, c)));
        }),
        { numRuns: 2000 },
      );
    });

    test('never throws, whatever the text', () => {
      assert(
        property(string({ unit: 'binary', maxLength: 40 }), string({ maxLength: 300 }), (one, other) => void [order.isVersion(one), order.isVersion(other)]),
      );
    });
  });
}

/** Pieces of the examples in any order: near enough to versions that many are. */
function versionLike(examples: readonly string[]): Arbitrary<string> {
  const pieces = [...new Set(examples.flatMap((text) => text.match(/\d+|[A-Za-z]+|[^0-9A-Za-z]/g) ?? []))];
  return tuple(constantFrom(...examples), array(constantFrom(...pieces, '0', '00', '1', '.', '-'), { maxLength: 6 })).map(
    ([start, rest]) => `${/^v?\d+(?:\.\d+)*/.exec(start)?.[0] ?? start}${rest.join('')}`,
  );
}
