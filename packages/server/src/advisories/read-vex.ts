/**
 * Statements that a vulnerability does not count, from VEX documents: OpenVEX
 * (https://github.com/openvex/spec) and CSAF of the category `csaf_vex`. Only what is said to be
 * `not_affected` or `fixed` is taken: that something is affected is what findings say already.
 */
import { z } from 'zod';
import type { FindingRuleStatus } from '../metadata/finding-port.ts';

/** `package`: its name; '' for whatever package has the vulnerability. */
export type VexStatement = { readonly vulnerability: string; readonly package: string; readonly status: FindingRuleStatus; readonly reason: string };
export type VexDocument = { readonly author: string; readonly statements: readonly VexStatement[] };

const word = z.string().max(1024);
const component = z.object({ '@id': word.optional(), identifiers: z.object({ purl: word.optional() }).optional() });
const product = component.extend({ subcomponents: z.array(component).max(1000).optional() });
const openVex = z.object({
  '@context': word.refine((text) => text.startsWith('https://openvex.dev/ns'), 'is no context of OpenVEX'),
  author: word.default(''),
  statements: z
    .array(
      z.object({
        vulnerability: z.union([word, z.object({ name: word })]),
        products: z.array(product).max(1000).default([]),
        status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
        justification: word.optional(),
        impact_statement: word.optional(),
      }),
    )
    .max(1000),
});

const ids = z.array(word).max(5000).default([]);
const csaf = z.object({
  document: z.object({ category: z.literal('csaf_vex'), publisher: z.object({ name: word }).optional() }),
  product_tree: z.unknown().optional(),
  vulnerabilities: z
    .array(
      z.object({
        cve: word,
        product_status: z.object({ known_not_affected: ids, fixed: ids }),
        flags: z.array(z.object({ label: word, product_ids: ids })).default([]),
        threats: z.array(z.object({ category: word, details: word, product_ids: ids })).default([]),
      }),
    )
    .max(1000),
});

export const vexDocument = z.union([openVex, csaf]);

export function readVex(document: z.output<typeof vexDocument>): VexDocument {
  return 'statements' in document ? readOpenVex(document) : readCsaf(document);
}

function readOpenVex({ author, statements }: z.output<typeof openVex>): VexDocument {
  const taken = statements.flatMap(({ vulnerability, products, status, justification = '', impact_statement: impact = '' }): VexStatement[] => {
    if (status !== 'not_affected' && status !== 'fixed') return [];
    const name = typeof vulnerability === 'string' ? vulnerability : vulnerability.name;
    // An image is named with what inside it is meant; anything else is a package itself.
    const packages = products.flatMap(({ subcomponents, ...whole }) => subcomponents ?? [whole]).map(packageIn);
    const shared = { vulnerability: name, status, reason: [justification, impact].filter((text) => text !== '').join(': ') || status };
    return (packages.length === 0 ? [''] : [...new Set(packages)]).map((each) => ({ ...shared, package: each }));
  });
  return { author, statements: taken };
}

function readCsaf({ document, product_tree: tree, vulnerabilities }: z.output<typeof csaf>): VexDocument {
  const names = new Map<string, string>();
  collectProducts(tree, names, 0);
  const taken = vulnerabilities.flatMap(({ cve, product_status: { known_not_affected: safe, fixed }, flags, threats }) => {
    const reasonOf = (id: string): string =>
      [flags.find((flag) => flag.product_ids.includes(id))?.label, threats.find((one) => one.category === 'impact' && one.product_ids.includes(id))?.details]
        .filter((text) => text !== undefined)
        .join(': ');
    const statements = (list: readonly string[], status: FindingRuleStatus) =>
      list.map((id): VexStatement => ({
        vulnerability: cve,
        package: names.get(id) ?? id.slice(id.lastIndexOf(':') + 1),
        status,
        reason: reasonOf(id) || status,
      }));
    return [...statements(safe, 'not_affected'), ...statements(fixed, 'fixed')];
  });
  const distinct = new Map(taken.map((one) => [[one.vulnerability, one.package, one.status].join('\0'), one]));
  return { author: document.publisher?.name ?? '', statements: [...distinct.values()] };
}

const depthMax = 30;
const productsMax = 100_000;

/** Wherever in the tree: `{ product_id, product_identification_helper: { purl } }`, and products that are made of others. */
function collectProducts(node: unknown, names: Map<string, string>, depth: number): void {
  if (depth > depthMax || names.size > productsMax || typeof node !== 'object' || node === null) return;
  const { product_id: id, product_identification_helper: helper } = node as { product_id?: unknown; product_identification_helper?: { purl?: unknown } }; // looked at below
  if (typeof id === 'string' && typeof helper?.purl === 'string') names.set(id, nameInPurl(helper.purl));
  const { product_reference: part, full_product_name: whole } = node as { product_reference?: unknown; full_product_name?: { product_id?: unknown } };
  if (typeof part === 'string' && typeof whole?.product_id === 'string' && names.has(part)) names.set(whole.product_id, names.get(part) ?? '');
  for (const child of Object.values(node)) collectProducts(child, names, depth + 1);
}

function packageIn({ '@id': id = '', identifiers }: z.output<typeof component>): string {
  return nameInPurl(identifiers?.purl ?? id);
}

/** `pkg:npm/%40acme/app@1.0?x=y` → `app`; an image has no name of a package. */
function nameInPurl(purl: string): string {
  const [, type, path = ''] = /^pkg:([a-z0-9.+-]+)\/([^?#]*)/i.exec(purl) ?? [];
  if (type === undefined || type === 'oci' || type === 'docker') return '';
  const at = path.lastIndexOf('@');
  const name = (at > 0 ? path.slice(0, at) : path).split('/');
  const text = type === 'golang' ? name.join('/') : (name.at(-1) ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
