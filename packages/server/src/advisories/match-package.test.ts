import { expect, test } from 'bun:test';
import type { PackageType } from '../inventory/package.ts';
import type { KnownRange } from '../metadata/advisory-port.ts';
import type { MatchedPackage } from '../metadata/finding-port.ts';
import { advisoryNameOf, ecosystemOf, ecosystemOfOsv, releaseOf } from './ecosystem.ts';
import { matchPackage } from './match-package.ts';

function installed(type: PackageType, version: string, more: Partial<MatchedPackage> = {}): MatchedPackage {
  return { distribution: '', type, namespace: '', name: 'x', version, sourceName: '', sourceVersion: '', ...more };
}

function range(more: Partial<KnownRange>): KnownRange {
  return {
    ecosystem: 'npm',
    packageName: 'x',
    name: 'GHSA-1',
    vulnerability: 'CVE-1',
    advisory: 1,
    advisorySeverity: 'unknown',
    severity: 'unknown',
    introduced: '',
    fixed: '',
    lastAffected: '',
    versions: [],
    ...more,
  };
}

const isHit = (type: PackageType, version: string, more: Partial<KnownRange>): boolean | 'unknown' => {
  const { problem, findings } = matchPackage(installed(type, version), [range(more)], new Map());
  return problem === 'version' ? 'unknown' : findings.length > 0;
};

test('an interval begins with its first version, and ends before the one that mends it or with the last that is affected', () => {
  const at = (version: string, more: Partial<KnownRange>) => isHit('npm', version, more);
  const fixed = { introduced: '1.0.0', fixed: '1.2.0' };
  expect(['0.9.9', '1.0.0', '1.1.9', '1.2.0-rc.1', '1.2.0', '1.10.0'].map((version) => at(version, fixed))).toEqual([false, true, true, true, false, false]);
  expect(['1.2.0', '1.2.1'].map((version) => at(version, { lastAffected: '1.2.0' }))).toEqual([true, false]);
  expect(at('7.0.0', {})).toBe(true);
  expect(['1.0.0', '1.0.1'].map((version) => at(version, { versions: ['1.0.0'] }))).toEqual([true, false]);
});

test('decoys: versions that only look like those that are affected', () => {
  const deb = (version: string, fixed: string) => isHit('deb', version, { fixed });
  expect(deb('1.2.3-4+deb12u1', '1.2.3-4+deb12u1')).toBe(false);
  expect(deb('1.2.3-4+deb12u1', '1.2.3-4+deb12u2')).toBe(true);
  expect(deb('1:0.9-1', '1.2-1')).toBe(false);
  expect(deb('1.2~rc1-1', '1.2-1')).toBe(true);
  expect(deb('1.10-1', '1.9-1')).toBe(false);
  expect(isHit('pypi', '2.1.post1', { fixed: '2.1.post1' })).toBe(false);
  expect(isHit('pypi', '2.1', { fixed: '2.1.post1' })).toBe(true);
  expect(isHit('pypi', '1.9.0', { versions: ['1.9'] })).toBe(true);
  expect(isHit('golang', 'v0.0.0-20210101000000-aaaaaaaaaaaa', { fixed: '0.0.0-20200101000000-bbbbbbbbbbbb' })).toBe(false);
});

test('what cannot be compared is unknown, not clean', () => {
  expect(isHit('golang', '(devel)', { fixed: '1.0.0' })).toBe('unknown');
  expect(isHit('npm', '1.0.0', { fixed: 'soon' })).toBe('unknown');
  expect(matchPackage(installed('golang', '(devel)'), [], new Map())).toEqual({ problem: '', findings: [] });
  const { problem, findings } = matchPackage(installed('golang', '(devel)'), [range({ fixed: '1.0.0' }), range({ vulnerability: 'CVE-2' })], new Map());
  expect([problem, findings.map(({ vulnerability }) => vulnerability)]).toEqual(['version', ['CVE-2']]);
});

test('the distribution’s word is before the advisory’s, that before anybody’s; two sources on one hole are one finding', () => {
  const scores = new Map([['CVE-1', { severity: 'high' as const, score: 75 }]]);
  const one = (more: Partial<KnownRange>[]) =>
    matchPackage(
      installed('deb', '1.0-1'),
      more.map((each, at) => range({ advisory: at, ...each })),
      scores,
    ).findings;
  expect(one([{ severity: 'low', advisorySeverity: 'critical', score: 98 }])[0]).toMatchObject({ severity: 'low', score: 98 });
  expect(one([{ advisorySeverity: 'critical' }])[0]).toMatchObject({ severity: 'critical', score: 75 });
  expect(one([{}])[0]).toMatchObject({ severity: 'high', score: 75 });
  expect(one([{ severity: 'low', fixed: '1.1-1' }, { severity: 'medium', fixed: '1.2-1' }, { severity: 'low' }])).toEqual([
    { vulnerability: 'CVE-1', advisory: 1, severity: 'medium', score: 75, fixed: '1.2-1' },
  ]);
});

test('names and releases as advisories say them', () => {
  const deb = installed('deb', '1', { distribution: 'debian:12', name: 'libssl3', sourceName: 'openssl' });
  expect([ecosystemOf(deb), advisoryNameOf(deb)]).toEqual(['debian:12', 'openssl']);
  expect(advisoryNameOf(installed('rpm', '1', { distribution: 'rocky:9', name: 'openssl-libs', sourceName: 'openssl' }))).toBe('openssl-libs');
  expect(advisoryNameOf(installed('maven', '1', { namespace: 'org.acme', name: 'app' }))).toBe('org.acme:app');
  expect(advisoryNameOf(installed('npm', '1', { namespace: '@acme', name: 'app' }))).toBe('@acme/app');
  expect(advisoryNameOf(installed('pypi', '1', { name: 'Snake_Oil.py' }))).toBe('snake-oil-py');
  expect(ecosystemOf(installed('deb', '1'))).toBe('');
  expect(['debian:12.5', 'alpine:3.20.3', 'rocky:9.4', 'ubuntu:22.04', 'wolfi'].map(releaseOf)).toEqual([
    'debian:12',
    'alpine:3.20',
    'rocky:9',
    'ubuntu:22.04',
    'wolfi',
  ]);
  expect(
    [
      'Debian:12',
      'Alpine:v3.20',
      'Ubuntu:Pro:22.04:LTS',
      'Rocky Linux:9',
      'crates.io',
      'Hackage',
      'Red Hat:enterprise_linux:9::baseos',
      'Red Hat:openshift:4.16::el9',
    ].map(ecosystemOfOsv),
  ).toEqual(['debian:12', 'alpine:3.20', 'ubuntu:22.04', 'rocky:9', 'cargo', undefined, 'rhel:9', undefined]);
});
