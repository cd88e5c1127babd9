/**
 * Where a package belongs, and what advisories call it there. Distributions speak of releases and of source
 * packages; languages of the names in their registries. Both sides of a match, what is installed and what
 * an advisory says, go through here, so that equal things are equal texts.
 */
import { isOfDistribution, type PackageType } from '../inventory/package.ts';
import type { MatchedPackage } from '../metadata/finding-port.ts';

/** Whose releases are numbered `9.4`, and whose advisories say 9. */
const byMajor: ReadonlySet<string> = new Set(['rhel', 'centos', 'rocky', 'almalinux', 'ol', 'amzn', 'fedora', 'debian']);
/** Whose advisories speak of the packages that are built, not of their sources. */
const byBinary: ReadonlySet<string> = new Set(['rhel', 'centos', 'rocky', 'almalinux', 'ol', 'amzn', 'fedora', 'opensuse', 'sles']);

/** `debian:12`, `npm`; '' when it is a distribution's and that is not known. */
export function ecosystemOf({ type, distribution }: Pick<MatchedPackage, 'type' | 'distribution'>): string {
  return isOfDistribution(type) ? releaseOf(distribution) : type;
}

export function advisoryNameOf(installed: MatchedPackage): string {
  const { type, distribution, namespace, name, sourceName } = installed;
  if (isOfDistribution(type)) return byBinary.has(distribution.split(':')[0] ?? '') || sourceName === '' ? name : sourceName;
  return nameIn(type, namespace === '' ? name : `${namespace}${type === 'maven' ? ':' : '/'}${name}`);
}

/** What the advisory's ranges speak of: of distributions the version of the source. */
export function advisoryVersionOf(installed: MatchedPackage): string {
  const { version, sourceVersion, distribution, type } = installed;
  const ofSource = isOfDistribution(type) && !byBinary.has(distribution.split(':')[0] ?? '') && sourceVersion !== '';
  return ofSource ? sourceVersion : version;
}

/** As the registry of that ecosystem compares names. */
export function nameIn(ecosystem: string, name: string): string {
  if (ecosystem === 'pypi') return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
  return ecosystem === 'nuget' || ecosystem === 'composer' ? name.toLowerCase() : name;
}

/** `debian:12.5` → `debian:12`, `alpine:3.20.3` → `alpine:3.20`; a distribution without releases stands alone. */
export function releaseOf(distribution: string): string {
  const [id = '', version = ''] = distribution.split(':');
  if (id === '' || version === '') return id;
  const [major = '', minor] = version.replace(/^v/, '').split('.');
  return byMajor.has(id) || minor === undefined ? `${id}:${major}` : `${id}:${major}.${minor}`;
}

const languages: Readonly<Record<string, PackageType>> = {
  npm: 'npm',
  pypi: 'pypi',
  go: 'golang',
  'crates.io': 'cargo',
  maven: 'maven',
  nuget: 'nuget',
  rubygems: 'gem',
  packagist: 'composer',
};

const distributions: Readonly<Record<string, string>> = {
  alpine: 'alpine',
  debian: 'debian',
  ubuntu: 'ubuntu',
  'rocky linux': 'rocky',
  almalinux: 'almalinux',
  'red hat': 'rhel',
  wolfi: 'wolfi',
  chainguard: 'chainguard',
  opensuse: 'opensuse',
  suse: 'sles',
};

/** Of OSV's names (`Debian:12`, `Alpine:v3.20`, `Ubuntu:Pro:22.04:LTS`, `npm`); undefined for those that no inventory has. */
export function ecosystemOfOsv(text: string): string | undefined {
  const [head = '', ...rest] = text.split(':');
  const language = languages[head.toLowerCase()];
  if (language !== undefined) return language;
  const id = distributions[head.toLowerCase()];
  if (id === undefined) return undefined;
  // Of Red Hat's products (`Red Hat:enterprise_linux:9::appstream`, `Red Hat:openshift:4.16::el9`) one is what images stand on.
  if (id === 'rhel' && rest.length > 0 && rest[0] !== 'enterprise_linux') return undefined;
  const release = rest.map((part) => /\d+(?:\.\d+)?/.exec(part)?.[0]).find((part) => part !== undefined);
  return release === undefined ? id : releaseOf(`${id}:${release}`);
}

/** Which order the versions of an ecosystem have; undefined where none is known. */
export function orderOf(ecosystem: string): PackageType | undefined {
  const [id = ''] = ecosystem.split(':');
  if (id === 'debian' || id === 'ubuntu') return 'deb';
  if (id === 'alpine' || id === 'wolfi' || id === 'chainguard') return 'apk';
  if (byBinary.has(id)) return 'rpm';
  return Object.values(languages).find((type) => type === id);
}

/** Of the code names that Debian's lists use. */
export const debianReleases: Readonly<Record<string, string>> = {
  sarge: '3.1',
  etch: '4',
  lenny: '5',
  squeeze: '6',
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
};
