/**
 * An inventory as SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3). Licences are what packages say, which
 * is often no SPDX expression: each text is a licence of the document's own, and nothing is guessed.
 */
import { documentId, imageUrl, inOrder, type SbomOf, type SbomPackage, timeOf } from './sbom.ts';

export const spdxMediaType = 'application/spdx+json';

const imageId = 'SPDXRef-Image';
const unsaid = { downloadLocation: 'NOASSERTION', filesAnalyzed: false, licenseConcluded: 'NOASSERTION', copyrightText: 'NOASSERTION' } as const;

export function spdxDocument(sbom: SbomOf): Record<string, unknown> {
  const { repository, digest, inventory, version } = sbom;
  const packages = inOrder(sbom.packages);
  const licences = new Map([...new Set(packages.flatMap((one) => one.licences))].sort().map((text, at) => [text, `LicenseRef-${at + 1}`]));
  const [algorithm = '', hex = ''] = digest.split(':');
  const image = {
    SPDXID: imageId,
    name: repository,
    versionInfo: digest,
    primaryPackagePurpose: 'CONTAINER',
    ...unsaid,
    licenseDeclared: 'NOASSERTION',
    checksums: [{ algorithm: algorithm.toUpperCase(), checksumValue: hex }],
    externalRefs: [purlReference(imageUrl(sbom))],
  };
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${repository}@${digest}`,
    documentNamespace: `https://spdx.org/spdxdocs/naru-${documentId(digest)}`,
    creationInfo: { created: timeOf(inventory), creators: [`Tool: naru-${version}`] },
    ...(inventory.problems.length > 0 && { comment: `Not understood, so what it holds is unknown:\n${inventory.problems.join('\n')}` }),
    packages: [image, ...packages.map((one, at) => toPackage(one, idOf(at), licences))],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: imageId },
      ...packages.map((_, at) => ({ spdxElementId: imageId, relationshipType: 'CONTAINS', relatedSpdxElement: idOf(at) })),
    ],
    ...(licences.size > 0 && {
      hasExtractedLicensingInfos: [...licences].map(([text, licenseId]) => ({ licenseId, name: text, extractedText: text })),
    }),
  };
}

function toPackage(one: SbomPackage, id: string, licences: ReadonlyMap<string, string>): Record<string, unknown> {
  const said = one.licences.flatMap((text) => licences.get(text) ?? []);
  const source = one.sourceName === '' ? '' : `, built from ${one.sourceName} ${one.sourceVersion}`;
  return {
    SPDXID: id,
    name: one.namespace === '' ? one.name : `${one.namespace}/${one.name}`,
    versionInfo: one.version,
    ...unsaid,
    licenseDeclared: said.length === 0 ? 'NOASSERTION' : said.join(' AND '),
    sourceInfo: `${one.path} in the layer ${one.layer}${source}`,
    externalRefs: [purlReference(one.purl)],
  };
}

const idOf = (at: number): string => `SPDXRef-Package-${at + 1}`;

function purlReference(purl: string): Record<string, string> {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
}
