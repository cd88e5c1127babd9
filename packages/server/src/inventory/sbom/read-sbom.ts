/**
 * Bills of materials that somebody attached to an image: SPDX 2 and CycloneDX, both in JSON. What a component is
 * called is taken from its package URL alone; those without one, or of a type that is not read from images, are
 * counted, for a document that names them knows more than is said here.
 */
import { isOfDistribution } from '../package.ts';
import { isPackageType, type PackageUrl, PackageUrlError, parsePackageUrl } from '../package-url.ts';
import { type FoundPackage, found, isRecord, PackageProblem, parseJson, text } from '../readers/reader.ts';

export type SbomFormat = 'spdx' | 'cyclonedx';

/** `distribution`: as in the rows, `debian:12`; '' where the document does not say it. */
export type NamedPackage = FoundPackage & { readonly distribution: string };

export type ReadSbom = {
  readonly format: SbomFormat;
  readonly packages: readonly NamedPackage[];
  /** Components that could not be taken for packages. */
  readonly unknown: number;
};

export const sbomMaxBytes = 32 * 2 ** 20;
const packagesMax = 50_000;
/** CycloneDX puts components into components. */
const depthMax = 32;

type Component = { readonly url: string; readonly licences: readonly string[] };

/** Throws PackageProblem. */
export function readSbom(bytes: Buffer): ReadSbom {
  if (bytes.byteLength > sbomMaxBytes) throw new PackageProblem(`larger than ${sbomMaxBytes} bytes`);
  return readSbomOf(objectOf(parseJson(bytes)));
}

/** Throws PackageProblem. */
export function readSbomOf(document: Members): ReadSbom {
  const format = formatOf(document);
  const components = format === 'spdx' ? spdxComponents(document) : cycloneDxComponents(document);
  const packages = new Map<string, NamedPackage>();
  let unknown = 0;
  for (const component of components) {
    const one = findPackage(component);
    if (one === undefined) unknown++;
    else packages.set(JSON.stringify([one.type, one.namespace, one.name, one.version, one.architecture, one.distribution]), one);
  }
  return { format, packages: [...packages.values()], unknown };
}

function formatOf(document: Members): SbomFormat {
  if (/^SPDX-2\.\d$/.test(text(document['spdxVersion']))) return 'spdx';
  if (document['bomFormat'] === 'CycloneDX') return 'cyclonedx';
  throw new PackageProblem('is neither SPDX 2 nor CycloneDX in JSON');
}

function spdxComponents(document: Members): Component[] {
  const packages = listOf(document['packages']);
  checkCount(packages.length);
  const described = new Set(listOf(document['documentDescribes']).map(text));
  for (const one of listOf(document['relationships']).map(objectOf)) {
    if (one['relationshipType'] === 'DESCRIBES') described.add(text(one['relatedSpdxElement']));
  }
  return packages
    .map(objectOf)
    .filter((one) => !isWhole(one['primaryPackagePurpose']) && !(described.has(text(one['SPDXID'])) && urlOf(one).startsWith('pkg:oci/')))
    .map((one) => ({ url: urlOf(one), licences: [text(one['licenseDeclared'])].filter((licence) => !/^(?:|NONE|NOASSERTION)$/.test(licence)) }));
}

/** The image and its distribution are no packages. */
function isWhole(purpose: unknown): boolean {
  return ['CONTAINER', 'OPERATING_SYSTEM', 'OPERATING-SYSTEM', 'FILE'].includes(text(purpose));
}

function urlOf(one: Members): string {
  const references = listOf(one['externalRefs']).map(objectOf);
  return text(references.find(({ referenceType }) => referenceType === 'purl')?.['referenceLocator']);
}

function cycloneDxComponents(document: Members): Component[] {
  const listed: Component[] = [];
  const waiting = [{ components: listOf(document['components']), depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { components, depth } = next;
    if (depth > depthMax) throw new PackageProblem(`holds components in components more than ${depthMax} deep`);
    for (const component of components.map(objectOf)) {
      const type = text(component['type']);
      if (!['container', 'operating-system', 'file', 'device', 'data'].includes(type)) {
        listed.push({
          url: text(component['purl']),
          licences: listOf(component['licenses'])
            .map(licenceOf)
            .filter((licence) => licence !== ''),
        });
        checkCount(listed.length);
      }
      const nested = listOf(component['components']);
      if (nested.length > 0) waiting.push({ components: nested, depth: depth + 1 });
    }
  }
  return listed;
}

function licenceOf(choice: unknown): string {
  const { expression, license } = objectOf(choice);
  return text(expression) || text(objectOf(license)['id']) || text(objectOf(license)['name']);
}

function findPackage({ url, licences }: Component): NamedPackage | undefined {
  if (url === '') return undefined;
  try {
    const named = parsePackageUrl(url);
    const one = packageOf(named, licences);
    return one && { ...one, distribution: isOfDistribution(one.type) ? distributionOf(named.qualifiers['distro'] ?? '') : '' };
  } catch (error) {
    if (error instanceof PackageUrlError) return undefined;
    throw error;
  }
}

function packageOf({ type, namespace, name, version, qualifiers }: PackageUrl, licences: readonly string[]): FoundPackage | undefined {
  if (!isPackageType(type) || version === '' || ![namespace, name, version, ...Object.values(qualifiers)].every(isWord)) return undefined;
  if (type === 'golang') return found(type, namespace === '' ? name : `${namespace}/${name}`, version, { licences });
  if (!isOfDistribution(type)) return found(type, name, version, { namespace, licences });
  const { arch = '', upstream = '', epoch = '' } = qualifiers;
  const whole = type === 'rpm' && /^\d+$/.test(epoch) ? `${epoch}:${version}` : version;
  const [, sourceName = '', sourceVersion = ''] = /^([^@]+)(?:@(.*))?$/.exec(upstream) ?? [];
  return found(type, name, whole, { namespace, licences, architecture: arch, sourceName: sourceName || name, sourceVersion: sourceVersion || whole });
}

/** `debian-12` is written `debian:12` here; what has no release is not known there, either. */
function distributionOf(distro: string): string {
  const cut = distro.lastIndexOf('-');
  return cut < 1 || !/^\d/.test(distro.slice(cut + 1)) ? '' : `${distro.slice(0, cut)}:${distro.slice(cut + 1)}`;
}

/** These stand in rows and in pages. */
function isWord(word: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return word.length <= 512 && !/[\u0000-\u001F\u007F]/.test(word);
}

function checkCount(count: number): void {
  if (count > packagesMax) throw new PackageProblem(`names more than ${packagesMax} packages`);
}

type Members = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Members {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
