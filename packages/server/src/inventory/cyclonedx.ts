/**
 * An inventory as CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json). Programs without a package
 * manager leave no trace, so it never claims to be complete.
 */
import { documentId, imageUrl, inOrder, type SbomOf, type SbomPackage, timeOf } from './sbom.ts';

export const cyclonedxMediaType = 'application/vnd.cyclonedx+json';

const imageRef = 'image';

export function cyclonedxDocument(sbom: SbomOf): Record<string, unknown> {
  const { repository, digest, inventory, version } = sbom;
  const { release, problems } = inventory;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${documentId(digest)}`,
    version: 1,
    metadata: {
      timestamp: timeOf(inventory),
      tools: { components: [{ type: 'application', name: 'naru', version }] },
      component: { type: 'container', 'bom-ref': imageRef, name: repository, version: digest, purl: imageUrl(sbom) },
      properties: problems.map((value) => ({ name: 'naru:problem', value })),
    },
    components: [
      ...(release === undefined
        ? []
        : [{ type: 'operating-system', 'bom-ref': 'distribution', name: release.id, version: release.version, description: release.name }]),
      ...inOrder(sbom.packages).map(toComponent),
    ],
    compositions: [{ aggregate: problems.length > 0 ? 'incomplete' : 'unknown', assemblies: [imageRef] }],
  };
}

function toComponent(one: SbomPackage, at: number): Record<string, unknown> {
  const properties = Object.entries({ path: one.path, layer: one.layer, source: one.sourceName, sourceVersion: one.sourceVersion });
  return {
    type: 'library',
    'bom-ref': `package-${at + 1}`,
    ...(one.namespace !== '' && { group: one.namespace }),
    name: one.name,
    version: one.version,
    ...(one.licences.length > 0 && { licenses: one.licences.map((name) => ({ license: { name } })) }),
    purl: one.purl,
    properties: properties.filter(([, value]) => value !== '').map(([name, value]) => ({ name: `naru:${name}`, value })),
  };
}
