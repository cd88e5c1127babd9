import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseDigest } from '@naru/oci/digest';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { InstalledPackage } from '../package.ts';
import { PackageProblem } from '../readers/reader.ts';
import { writeCycloneDx } from './cyclonedx.ts';
import { findExpression } from './licence-expression.ts';
import { readSbom, sbomMaxBytes } from './read-sbom.ts';
import type { SbomImage } from './sbom-image.ts';
import { writeSpdx } from './spdx.ts';

const layer = parseDigest(`sha256:${'a'.repeat(64)}`);
const installed = (words: Partial<InstalledPackage>): InstalledPackage => ({
  type: 'npm',
  namespace: '',
  name: 'left',
  version: '1.0.0',
  sourceName: '',
  sourceVersion: '',
  architecture: '',
  licences: [],
  path: 'app/package.json',
  layer,
  ...words,
});

const bash = installed({
  type: 'deb',
  namespace: 'debian',
  name: 'libbash',
  version: '1:5.2-2+b1',
  sourceName: 'bash',
  sourceVersion: '1:5.2-2',
  architecture: 'amd64',
  licences: ['GPL-3.0-or-later', 'MIT OR Apache-2.0'],
  path: 'var/lib/dpkg/status',
});
const packages = [
  installed({ namespace: '@scope', licences: ['MIT'] }),
  installed({ namespace: '@scope', licences: ['MIT'], path: 'b/package.json' }),
  installed({ type: 'golang', name: 'github.com/x/y', version: 'v1.2.0', licences: ['a licence of our own', 'MIT OR ISC'] }),
  installed({ type: 'rpm', namespace: 'rocky', name: 'glibc', version: '2:2.34-1', sourceName: 'glibc', sourceVersion: '2:2.34-1', architecture: 'x86_64' }),
  installed({ type: 'pypi', name: 'six', version: '1.16.0', licences: ['BSD, see LICENSE'] }),
  bash,
];
const image: SbomImage = {
  digest: parseDigest(`sha256:${'b'.repeat(64)}`),
  repository: 'registry.example.org/team/App',
  distribution: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12' },
  packages,
  problems: ['opt/a.jar: is encrypted'],
  readAt: 1_700_000_000_123,
  version: '0.1.0',
};

type Members = Readonly<Record<string, unknown>> & { packages: Record<string, unknown>[]; components: Record<string, unknown>[] };
const parsed = (text: string) => JSON.parse(text) as Members;

/** What the readers' own words are for the same packages. */
const names = (list: readonly Partial<InstalledPackage>[]) =>
  list
    .map(({ type, namespace, name, version, architecture, sourceName, sourceVersion }) => ({
      type,
      namespace,
      name,
      version,
      architecture,
      sourceName,
      sourceVersion,
    }))
    .sort((one, other) => (String(one.name) < String(other.name) ? -1 : 1));

const writers = { spdx: writeSpdx, cyclonedx: writeCycloneDx };

for (const [format, write] of Object.entries(writers)) {
  describe(format, () => {
    test('the same inventory gives the same bytes in whatever order', () => {
      expect(write({ ...image, packages: packages.toReversed() })).toBe(write(image));
      expect(write({ ...image, packages: [...packages, ...packages] })).toBe(write(image));
      expect(write({ ...image, packages: packages.slice(1) })).not.toBe(write(image));
    });

    test('what is written is read again', () => {
      const read = readSbom(Buffer.from(write(image)));
      expect({ format: read.format, unknown: read.unknown }).toEqual({ format: format as 'spdx', unknown: 0 });
      expect(names(read.packages)).toEqual(names([packages[0], ...packages.slice(2)].map((one) => one ?? {})));
    });

    test('an image without anything in it', () => {
      const { distribution: _, ...rest } = image;
      expect(readSbom(Buffer.from(write({ ...rest, packages: [], problems: [] })))).toMatchObject({ packages: [], unknown: 0 });
    });
  });
}

describe('spdx', () => {
  const document = parsed(writeSpdx(image));

  test('every id is one that SPDX allows, is there once, and what refers to it finds it', () => {
    const ids = ['SPDXRef-DOCUMENT', ...document.packages.map(({ SPDXID }) => String(SPDXID))];
    expect(ids.filter((id) => !/^SPDXRef-[A-Za-z0-9.-]+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const related = (document['relationships'] as Record<string, string>[]).flatMap((one) => [one['spdxElementId'], one['relatedSpdxElement']]);
    expect(related.filter((id) => !ids.includes(id ?? ''))).toEqual([]);
  });

  test('licences: expressions as such, all else as texts of the document', () => {
    const licences = Object.fromEntries(document.packages.map(({ name, licenseDeclared }) => [String(name), licenseDeclared]));
    const texts = document['hasExtractedLicensingInfos'] as { licenseId: string; extractedText: string }[];
    const idOf = (text: string) => texts.find(({ extractedText }) => extractedText === text)?.licenseId;
    expect(licences).toEqual({
      'registry.example.org/team/App': 'NOASSERTION',
      debian: 'NOASSERTION',
      '@scope/left': 'MIT',
      'github.com/x/y': `(MIT OR ISC) AND ${idOf('a licence of our own')}`,
      glibc: 'NOASSERTION',
      six: String(idOf('BSD, see LICENSE')),
      libbash: 'GPL-3.0-or-later AND (MIT OR Apache-2.0)',
    });
  });

  test('what was not understood is said', () => {
    expect(document['annotations']).toEqual([
      { annotationDate: '2023-11-14T22:13:20Z', annotationType: 'OTHER', annotator: 'Tool: naru-0.1.0', comment: 'not understood: opt/a.jar: is encrypted' },
    ]);
  });
});

describe('cyclonedx', () => {
  test('as the published schema has it, which refuses what is not so', () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema');
    const schema = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'idn-email': true, 'iri-reference': true, iri: true } });
    addFormats(ajv, ['date-time', 'email', 'uri', 'date']);
    for (const name of ['spdx', 'jsf-0.82']) ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    const validate = ajv.compile(schema('bom-1.6'));
    validate(JSON.parse(writeCycloneDx(image)));
    expect(validate.errors).toBeNull();
    expect(validate({ ...(JSON.parse(writeCycloneDx(image)) as object), serialNumber: 'x' })).toBe(false);
  });

  test('licences: one expression, or names; and what was not understood makes it incomplete', () => {
    const document = parsed(writeCycloneDx(image));
    expect(Object.fromEntries(document.components.map(({ name, licenses }) => [String(name), licenses]))).toEqual({
      debian: undefined,
      left: [{ expression: 'MIT' }],
      'github.com/x/y': [{ license: { name: 'a licence of our own' } }, { license: { name: 'MIT OR ISC' } }],
      glibc: undefined,
      six: [{ license: { name: 'BSD, see LICENSE' } }],
      libbash: [{ expression: 'GPL-3.0-or-later AND (MIT OR Apache-2.0)' }],
    });
    expect(document['compositions']).toEqual([{ aggregate: 'incomplete', assemblies: [image.digest] }]);
  });
});

test('no expression: unknown names, references to other documents, none at all, nonsense', () => {
  expect(['', 'Mine', 'MIT AND', 'LicenseRef-a', '('.repeat(500), 'M'.repeat(600)].map((text) => findExpression([text]))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(findExpression([])).toBeUndefined();
});

describe('what others attached', () => {
  const read = (document: unknown) => readSbom(Buffer.from(JSON.stringify(document)));

  test('components in components, and those that say too little are counted', () => {
    const components = [
      {
        type: 'library',
        name: 'a',
        purl: 'pkg:npm/a@1',
        components: [{ type: 'library', name: 'b', purl: 'pkg:npm/b@2', licenses: [{ license: { id: 'MIT' } }] }],
      },
      { type: 'library', name: 'c' },
      { type: 'library', name: 'd', purl: 'pkg:swift/d@1' },
      { type: 'library', name: 'e', purl: 'pkg:npm/e' },
      { type: 'library', name: 'f', purl: 'no url' },
      { type: 'file', name: '/bin/g' },
    ];
    const { packages: found, unknown } = read({ bomFormat: 'CycloneDX', components });
    expect(found.map(({ name, version, licences }) => [name, version, licences])).toEqual([
      ['a', '1', []],
      ['b', '2', ['MIT']],
    ]);
    expect(unknown).toBe(4);
  });

  test('what is none, too large, too deep, too many', () => {
    for (const bad of [null, [], {}, { spdxVersion: 'SPDX-3.0' }, { bomFormat: 'x' }]) expect(() => read(bad)).toThrow('neither');
    expect(() => readSbom(Buffer.from('{'))).toThrow('not JSON');
    expect(() => readSbom(Buffer.alloc(sbomMaxBytes + 1))).toThrow('larger than');
    let component: object = {};
    for (let depth = 0; depth < 40; depth++) component = { components: [component] };
    expect(() => read({ bomFormat: 'CycloneDX', components: [component] })).toThrow('32 deep');
    expect(() => read({ spdxVersion: 'SPDX-2.2', packages: Array.from({ length: 50_001 }, () => 1) })).toThrow('more than 50000');
  });

  test('any JSON is read or refused', () => {
    const start = fc.constantFrom({ bomFormat: 'CycloneDX' }, { spdxVersion: 'SPDX-2.3' });
    fc.assert(
      fc.property(start, fc.jsonValue(), fc.jsonValue(), (first, one, other) => {
        try {
          read({ ...first, components: one, packages: other, relationships: one });
        } catch (error) {
          if (!(error instanceof PackageProblem)) throw error;
        }
      }),
    );
  });
});
