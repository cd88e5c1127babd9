/** A bill of materials as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/). */
import { isOfDistribution } from '../package.ts';
import { formatPackageUrl } from '../package-url.ts';
import { findExpression, isExpression } from './licence-expression.ts';
import { hashOf, imageUrlName, type SbomImage, type SbomPackage, sbomPackages, sbomProblems, timestampOf } from './sbom-image.ts';

const imageId = 'SPDXRef-Image';
const systemId = 'SPDXRef-OperatingSystem';
const unsaid = 'NOASSERTION';

/** The same image and inventory give the same text. */
export function writeSpdx(image: SbomImage): string {
  const packages = sbomPackages(image);
  const created = timestampOf(image.readAt);
  const creator = `Tool: naru-${image.version}`;
  const note = (comment: string) => ({ annotationDate: created, annotationType: 'OTHER', annotator: creator, comment });
  const texts = new Map<string, string>();
  const problems = sbomProblems(image);
  const body = {
    packages: [imagePackage(image), ...systemPackage(image), ...packages.map((one) => ({ ...toPackage(one, texts), annotations: placeOf(one).map(note) }))],
    relationships: relationships(image, packages),
    ...(texts.size > 0 && {
      hasExtractedLicensingInfos: [...texts]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([licenseId, extractedText]) => ({ licenseId, extractedText, name: extractedText })),
    }),
    ...(problems.length > 0 && { annotations: problems.map((problem) => note(`not understood: ${problem}`)) }),
  };
  return JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${image.repository}@${image.digest}`,
    documentNamespace: `https://spdx.org/spdxdocs/naru-${hashOf([image.repository, image.digest, created, image.version, JSON.stringify(body)]).slice(0, 32)}`,
    creationInfo: { created, creators: [creator] },
    documentDescribes: [imageId],
    ...body,
  });
}

function imagePackage({ digest, repository }: SbomImage): object {
  const url = { type: 'oci', namespace: '', name: imageUrlName(repository), version: digest, qualifiers: { repository_url: repository }, subpath: '' };
  const [algorithm = '', checksumValue = ''] = digest.split(':');
  return {
    ...unsaidPackage(imageId, repository, digest),
    primaryPackagePurpose: 'CONTAINER',
    checksums: [{ algorithm: algorithm.toUpperCase(), checksumValue }],
    externalRefs: [urlReference(formatPackageUrl(url))],
    licenseDeclared: unsaid,
  };
}

function systemPackage({ distribution }: SbomImage): object[] {
  if (distribution === undefined) return [];
  const { id, name, version } = distribution;
  return [
    { ...unsaidPackage(systemId, id, version), primaryPackagePurpose: 'OPERATING_SYSTEM', licenseDeclared: unsaid, ...(name !== '' && { summary: name }) },
  ];
}

function toPackage(one: SbomPackage, texts: Map<string, string>): object {
  const name = one.namespace === '' || isOfDistribution(one.type) ? one.name : `${one.namespace}/${one.name}`;
  return {
    ...unsaidPackage(`SPDXRef-Package-${one.key}`, name, one.version),
    sourceInfo: one.saidBy === undefined ? `installed according to /${one.path}` : `not found, but said by the attached SBOM ${one.saidBy}`,
    externalRefs: [urlReference(one.url)],
    licenseDeclared: declared(one.licences, texts),
  };
}

function placeOf({ layer, path, saidBy }: SbomPackage): string[] {
  return saidBy === undefined ? [`layer: ${layer}`, `path: ${path}`] : [`said by: ${saidBy}`];
}

/** What is no expression stands in the document as text, under a name of its own. */
function declared(licences: readonly string[], texts: Map<string, string>): string {
  const named = licences.map((licence) => {
    if (isExpression(licence)) return licence;
    const id = `LicenseRef-${hashOf([licence]).slice(0, 16)}`;
    texts.set(id, licence);
    return id;
  });
  const references = named.filter((licence) => licence.startsWith('LicenseRef-'));
  const expression = findExpression(named.filter((licence) => !licence.startsWith('LicenseRef-')));
  const parts = [...(expression === undefined ? [] : [references.length > 0 && expression.includes(' ') ? `(${expression})` : expression]), ...references];
  return parts.length === 0 ? unsaid : parts.join(' AND ');
}

function unsaidPackage(SPDXID: string, name: string, version: string): object {
  return {
    SPDXID,
    name,
    ...(version !== '' && { versionInfo: version }),
    downloadLocation: unsaid,
    filesAnalyzed: false,
    licenseConcluded: unsaid,
    copyrightText: unsaid,
  };
}

function urlReference(url: string): object {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: url };
}

function relationships({ distribution }: SbomImage, packages: readonly SbomPackage[]): object[] {
  const held = [...(distribution === undefined ? [] : [systemId]), ...packages.map(({ key }) => `SPDXRef-Package-${key}`)];
  return [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: imageId },
    ...held.map((id) => ({ spdxElementId: imageId, relationshipType: 'CONTAINS', relatedSpdxElement: id })),
  ];
}
