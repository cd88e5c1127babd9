/**
 * Package URLs (https://github.com/package-url/purl-spec): names of packages that scanners, advisories and
 * bills of materials share. `pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH`
 */
import { type DistributionRelease, type InstalledPackage, isOfDistribution, type PackageType, packageTypes } from './package.ts';

export type PackageUrl = {
  readonly type: string;
  /** With `/` between its segments; '' where there is none, as with the version and the subpath. */
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath: string;
};

/** The message says what is wrong with it. */
export class PackageUrlError extends Error {
  override readonly name = 'PackageUrlError';
}

export const longestPackageUrl = 4096;

/** What is read from images: other types, of which there are many, are known to nobody here. */
export function isPackageType(type: string): type is PackageType {
  return (packageTypes as readonly string[]).includes(type);
}

type Named = Pick<InstalledPackage, 'type' | 'namespace' | 'name' | 'version' | 'architecture' | 'sourceName' | 'sourceVersion'>;

export function packageUrlOf(installed: Named, release?: DistributionRelease): string {
  const { type, version } = installed;
  const cut = type === 'golang' ? installed.name.lastIndexOf('/') : -1;
  // What RPM writes as `1:2.3-4` has its epoch among the qualifiers; Debian's stays where it is.
  const [, epoch = '', rest = version] = (type === 'rpm' ? /^(\d+):(.*)$/.exec(version) : null) ?? [];
  return formatPackageUrl({
    type,
    namespace: namespaceOf(installed, release),
    name: installed.name.slice(cut + 1),
    version: rest,
    qualifiers: isOfDistribution(type)
      ? { arch: installed.architecture, epoch: epoch === '0' ? '' : epoch, distro: distroOf(release), upstream: upstreamOf(installed) }
      : {},
    subpath: '',
  });
}

/** A distribution's package that names none is its image's. */
function namespaceOf({ type, namespace, name }: Named, release: DistributionRelease | undefined): string {
  if (type === 'golang') return name.slice(0, Math.max(0, name.lastIndexOf('/')));
  return namespace === '' && isOfDistribution(type) ? (release?.id ?? '') : namespace;
}

function distroOf(release: DistributionRelease | undefined): string {
  return release === undefined ? '' : [release.id, release.version].filter((word) => word !== '').join('-');
}

/** Only where it is another than the package itself. */
function upstreamOf({ name, version, sourceName, sourceVersion }: Named): string {
  const isOther = sourceVersion !== '' && sourceVersion !== version;
  if (sourceName === '' || (sourceName === name && !isOther)) return '';
  return isOther ? `${sourceName}@${sourceVersion}` : sourceName;
}

/** In the one way that the specification calls canonical. */
export function formatPackageUrl(url: PackageUrl): string {
  const { type, namespace, name, version, qualifiers, subpath } = normalised(url);
  const path = [...namespace.split('/'), name].filter((segment) => segment !== '').map(encode);
  const pairs = Object.entries(qualifiers)
    .filter(([, value]) => value !== '')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  const below = subpath.split('/').filter(isRealSegment).map(encode);
  return [
    `pkg:${type}/${path.join('/')}`,
    version === '' ? '' : `@${encode(version)}`,
    pairs.length === 0 ? '' : `?${pairs.join('&')}`,
    below.length === 0 ? '' : `#${below.join('/')}`,
  ].join('');
}

/** Throws PackageUrlError. */
export function parsePackageUrl(text: string): PackageUrl {
  if (text.length > longestPackageUrl) throw new PackageUrlError(`longer than ${longestPackageUrl} letters`);
  const [whole = '', ...fragments] = text.split('#');
  const [place = '', ...queries] = whole.split('?');
  const [, type = '', path = ''] = /^pkg:\/*([A-Za-z][A-Za-z0-9.-]*)\/+(.+)$/i.exec(place) ?? [];
  if (type === '') throw new PackageUrlError('not written as pkg:TYPE/NAME');
  // An @ in front is the scope of npm as careless tools write it.
  const at = path.lastIndexOf('@');
  const hasVersion = at > 0 && at > path.lastIndexOf('/');
  const segments = (hasVersion ? path.slice(0, at) : path).split('/').filter((segment) => segment !== '');
  const name = decode(segments.pop() ?? '');
  if (name === '') throw new PackageUrlError('without a name');
  return normalised({
    type,
    namespace: segments.map(decode).join('/'),
    name,
    version: hasVersion ? decode(path.slice(at + 1)) : '',
    qualifiers: parseQualifiers(queries.join('?')),
    subpath: fragments.join('#').split('/').map(decode).filter(isRealSegment).join('/'),
  });
}

function parseQualifiers(query: string): Record<string, string> {
  const pairs = query.split('&').filter((pair) => pair !== '');
  if (pairs.length > 64) throw new PackageUrlError('with more than 64 qualifiers');
  const qualifiers = new Map<string, string>();
  for (const pair of pairs) {
    const [, key = '', value = ''] = /^([A-Za-z][A-Za-z0-9._-]*)=(.*)$/.exec(pair) ?? [];
    if (key === '') throw new PackageUrlError('with a qualifier that is not KEY=VALUE');
    if (qualifiers.has(key.toLowerCase())) throw new PackageUrlError(`with ${key} twice`);
    if (value !== '') qualifiers.set(key.toLowerCase(), decode(value));
  }
  return Object.fromEntries(qualifiers);
}

/** Of each type: what counts as the same name is written the same. */
function normalised(url: PackageUrl): PackageUrl {
  const type = url.type.toLowerCase();
  const namespace = url.namespace.replace(/^\/+|\/+$/g, '');
  const lower = { namespace: namespace.toLowerCase(), name: url.name.toLowerCase() };
  switch (type) {
    case 'deb':
    case 'apk':
    case 'npm':
    case 'composer':
    case 'golang':
    case 'github':
    case 'bitbucket':
      return { ...url, type, ...lower };
    case 'pypi':
      return { ...url, type, namespace, name: lower.name.replaceAll('_', '-') };
    case 'rpm':
      return { ...url, type, namespace: lower.namespace };
    case 'oci':
      return { ...url, type, namespace: '', name: lower.name };
    default:
      return { ...url, type, namespace };
  }
}

const isRealSegment = (segment: string): boolean => segment !== '' && segment !== '.' && segment !== '..';

/** Colons stay as they are; all else but letters, digits and `.-_~` is in percents. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new PackageUrlError('with percents that encode nothing', { cause: error });
  }
}
