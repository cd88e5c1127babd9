/** A bill of materials as CycloneDX 1.6 in JSON (https://cyclonedx.org/docs/1.6/json/). */
import { formatPackageUrl } from '../package-url.ts';
import { findExpression } from './licence-expression.ts';
import { hashOf, imageUrlName, type SbomImage, type SbomPackage, sbomPackages, sbomProblems, timestampOf } from './sbom-image.ts';

/** The same image and inventory give the same text. */
export function writeCycloneDx(image: SbomImage): string {
  const packages = sbomPackages(image);
  const problems = sbomProblems(image);
  const body = {
    version: 1,
    metadata: {
      timestamp: timestampOf(image.readAt),
      tools: { components: [{ type: 'application', name: 'naru', version: image.version }] },
      component: imageComponent(image),
      ...(problems.length > 0 && { properties: problems.map((value) => ({ name: 'naru:not-understood', value })) }),
    },
    components: [...systemComponent(image), ...packages.map(toComponent)],
    // Where files were not understood something is missing for sure; else nobody can know.
    compositions: [{ aggregate: problems.length > 0 ? 'incomplete' : 'unknown', assemblies: [image.digest] }],
  };
  const serial = hashOf([image.repository, image.digest, JSON.stringify(body)]);
  const uuid = `${serial.slice(0, 8)}-${serial.slice(8, 12)}-8${serial.slice(13, 16)}-a${serial.slice(17, 20)}-${serial.slice(20, 32)}`;
  return JSON.stringify({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    ...body,
  });
}

function imageComponent({ digest, repository }: SbomImage): object {
  const [algorithm = '', content = ''] = digest.split(':');
  return {
    type: 'container',
    'bom-ref': digest,
    name: repository,
    version: digest,
    hashes: [{ alg: algorithm === 'sha512' ? 'SHA-512' : 'SHA-256', content }],
    purl: formatPackageUrl({
      type: 'oci',
      namespace: '',
      name: imageUrlName(repository),
      version: digest,
      qualifiers: { repository_url: repository },
      subpath: '',
    }),
  };
}

function systemComponent({ distribution }: SbomImage): object[] {
  if (distribution === undefined) return [];
  const { id, version, name } = distribution;
  return [{ type: 'operating-system', 'bom-ref': 'operating-system', name: id, ...(version !== '' && { version }), ...(name !== '' && { description: name }) }];
}

function toComponent({ namespace, name, version, licences, url, key, layer, path, saidBy, sourceName, sourceVersion }: SbomPackage): object {
  const place =
    saidBy === undefined
      ? [
          { name: 'naru:layer', value: layer },
          { name: 'naru:path', value: path },
        ]
      : [{ name: 'naru:said-by', value: saidBy }];
  const source = [sourceName, sourceVersion].filter((word) => word !== '').join('@');
  return {
    type: 'library',
    'bom-ref': `${url}#${key}`,
    ...(namespace !== '' && { group: namespace }),
    name,
    version,
    ...(licences.length > 0 && { licenses: toLicences(licences) }),
    purl: url,
    properties: [...place, ...(source === '' ? [] : [{ name: 'naru:source', value: source }])],
  };
}

/** The format takes one expression, or a list of names. */
function toLicences(licences: readonly string[]): object[] {
  const expression = findExpression(licences);
  return expression === undefined ? licences.map((name) => ({ license: { name } })) : [{ expression }];
}
