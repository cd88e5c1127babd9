import { expect, test } from 'bun:test';
import { readVex, vexDocument } from './read-vex.ts';

const read = (value: object) => readVex(vexDocument.parse(value));
const context = 'https://openvex.dev/ns/v0.2.0';

test('OpenVEX: packages, what inside an image is meant, and anything', () => {
  const statements = [
    {
      vulnerability: { name: 'CVE-1' },
      products: [{ '@id': 'pkg:npm/%40acme/app@1.0' }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
    },
    {
      vulnerability: 'CVE-2',
      products: [{ '@id': 'pkg:oci/app@sha256:0', subcomponents: [{ '@id': 'x', identifiers: { purl: 'pkg:deb/debian/openssl@3?distro=x' } }] }],
      status: 'fixed',
    },
    { vulnerability: 'CVE-3', products: [{ '@id': 'pkg:oci/app' }], status: 'not_affected', impact_statement: 'it cannot be reached' },
    { vulnerability: 'CVE-4', status: 'affected' },
    { vulnerability: 'CVE-5', products: [{ '@id': 'pkg:golang/example.org/x/y@v1' }], status: 'not_affected' },
  ];
  expect(read({ '@context': context, author: 'Acme', statements })).toEqual({
    author: 'Acme',
    statements: [
      { vulnerability: 'CVE-1', package: 'app', status: 'not_affected', reason: 'vulnerable_code_not_present' },
      { vulnerability: 'CVE-2', package: 'openssl', status: 'fixed', reason: 'fixed' },
      { vulnerability: 'CVE-3', package: '', status: 'not_affected', reason: 'it cannot be reached' },
      { vulnerability: 'CVE-5', package: 'example.org/x/y', status: 'not_affected', reason: 'not_affected' },
    ],
  });
});

test('CSAF: products by their package URLs, also within others', () => {
  const document = {
    document: { category: 'csaf_vex', publisher: { name: 'Acme' } },
    product_tree: {
      branches: [{ branches: [{ product: { product_id: 'P', product_identification_helper: { purl: 'pkg:rpm/acme/openssl@3' } } }] }],
      relationships: [{ product_reference: 'P', full_product_name: { product_id: 'OS:P' } }],
    },
    vulnerabilities: [
      {
        cve: 'CVE-1',
        product_status: { known_not_affected: ['OS:P', 'OS:other'], fixed: ['P'] },
        flags: [{ label: 'component_not_present', product_ids: ['OS:P'] }],
      },
    ],
  };
  expect(read(document).statements).toEqual([
    { vulnerability: 'CVE-1', package: 'openssl', status: 'not_affected', reason: 'component_not_present' },
    { vulnerability: 'CVE-1', package: 'other', status: 'not_affected', reason: 'not_affected' },
    { vulnerability: 'CVE-1', package: 'openssl', status: 'fixed', reason: 'fixed' },
  ]);
});

test('what is neither is refused', () => {
  const wrong = [{}, { '@context': 'https://example.org', statements: [] }, { document: { category: 'csaf_base' }, vulnerabilities: [] }];
  expect(wrong.filter((value) => vexDocument.safeParse(value).success)).toEqual([]);
});
