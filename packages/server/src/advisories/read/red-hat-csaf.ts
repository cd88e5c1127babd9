/**
 * What Red Hat publishes as CSAF 2.0 (OASIS): an advisory for what was mended, and a VEX document for each
 * CVE. A statement is about a component of a product: the component is known by its package URL, the product
 * by its CPE. Products other than Enterprise Linux itself, and its streams of extended support, are passed over.
 */
import { z } from 'zod';
import type { Advisory, AffectedRange } from '../../metadata/advisory-port.ts';
import { type PackageUrl, PackageUrlError, parsePackageUrl } from '../../inventory/package-url.ts';
import { scoreOfVector, severityOfScore, severityOfWord } from '../severity.ts';
import { AdvisoryError } from './advisory-error.ts';
import { firstKnown, timeOf } from './osv.ts';
import { parseAs } from './parse-as.ts';

const word = z.string().max(2048);
const ids = z.array(word).max(500_000).default([]);
const product = z.object({ product_id: word, product_identification_helper: z.object({ cpe: word.optional(), purl: word.optional() }).optional() });
/** One level: an attacker's tree may be deeper than a stack. */
const branches = z.array(z.object({ product: product.optional(), branches: z.array(z.unknown()).max(500_000).default([]) }));

const vulnerability = z.object({
  cve: word.optional(),
  title: z.string().optional(),
  product_status: z.object({ fixed: ids, known_affected: ids }).default({ fixed: [], known_affected: [] }),
  scores: z
    .array(z.object({ cvss_v3: z.object({ vectorString: word }).optional() }))
    .max(10_000)
    .default([]),
  threats: z
    .array(z.object({ category: word, details: z.string(), product_ids: z.array(word).max(500_000).optional() }))
    .max(100_000)
    .default([]),
  references: z
    .array(z.object({ category: word.optional(), url: z.string() }))
    .max(10_000)
    .default([]),
});
type Vulnerability = z.output<typeof vulnerability>;

const document = z.object({
  document: z.object({
    category: word,
    title: z.string().default(''),
    aggregate_severity: z.object({ text: word }).optional(),
    tracking: z.object({ id: word.min(1), current_release_date: word, initial_release_date: word.optional() }),
  }),
  product_tree: z
    .object({
      branches: z.array(z.unknown()).max(500_000).default([]),
      relationships: z
        .array(z.object({ product_reference: word, relates_to_product_reference: word, full_product_name: z.object({ product_id: word }) }))
        .max(500_000)
        .default([]),
    })
    .default({ branches: [], relationships: [] }),
  vulnerabilities: z.array(vulnerability).max(10_000).default([]),
});

const depthMax = 20;
const summaryMax = 300;

export function isRedHatCsaf(value: object): boolean {
  const { document: head } = value as { document?: { csaf_version?: unknown; publisher?: { namespace?: unknown } } | null }; // looked at here
  return typeof head?.csaf_version === 'string' && head.publisher?.namespace === 'https://www.redhat.com';
}

/** Advisories and VEX documents are two sources: each is published as a whole. Throws AdvisoryError. */
export function readRedHatCsaf(value: unknown, where: string): { source: string; dataAt: number | undefined; advisories: Advisory[] } {
  const { document: head, product_tree: tree, vulnerabilities } = parseAs(document, value, where, 'CSAF');
  const places = placesOf(tree, where);
  const { id, current_release_date: modified, initial_release_date: published } = head.tracking;
  const times = { ...timeOf('publishedAt', published), ...timeOf('modifiedAt', modified) };
  return {
    source: head.category === 'csaf_vex' ? 'redhat-vex' : 'redhat-csaf',
    dataAt: times.modifiedAt,
    advisories: vulnerabilities.map((said) => {
      const { score, vector } = scoreOf(said);
      const name = said.cve ?? id;
      return {
        name: name === id ? id : `${id}/${name}`,
        vulnerability: name,
        aliases: name === id ? [] : [id],
        severity: firstKnown(severityOfWord(head.aggregate_severity?.text), severityOfScore(score)),
        ...(score !== undefined && { score }),
        vector,
        summary: (said.title ?? head.title).slice(0, summaryMax),
        url: said.references.find(({ category, url }) => category === 'self' && url.startsWith('https://'))?.url ?? '',
        ...times,
        affected: rangesOf(said, places),
      };
    }),
  };
}

/** Of a component in a product: `rhel:9`, and what is installed there. */
type Place = { readonly ecosystem: string; readonly component: Component };
type Component = { readonly name: string; readonly version: string; readonly stream: string };

function placesOf({ branches: trunk, relationships }: z.output<typeof document>['product_tree'], where: string): ReadonlyMap<string, Place> {
  const components = new Map<string, Component>();
  const ecosystems = new Map<string, string>();
  collect(trunk, 'product_tree', 0);
  const places = new Map<string, Place>();
  // A package of a module is a component of the module, and that of the product; the outer one comes first or last.
  const outer = new Map(relationships.map((one) => [one.full_product_name.product_id, one.relates_to_product_reference]));
  for (const { product_reference: part, relates_to_product_reference: whole, full_product_name: both } of relationships) {
    const component = components.get(part);
    const ecosystem = ecosystems.get(whole) ?? ecosystems.get(outer.get(whole) ?? '');
    if (component !== undefined && ecosystem !== undefined) places.set(both.product_id, { ecosystem, component });
  }
  return places;

  function collect(list: readonly unknown[], path: string, depth: number): void {
    if (depth > depthMax) throw new AdvisoryError(where, `product_tree: has branches more than ${depthMax} deep`);
    for (const { product: one, branches: within } of parseAs(branches, list, `${where}: ${path}.branches`, 'CSAF')) {
      const { cpe, purl } = one?.product_identification_helper ?? {};
      const ecosystem = cpe === undefined ? undefined : ecosystemOfCpe(cpe);
      const component = purl === undefined ? undefined : componentOf(purl);
      if (one !== undefined && ecosystem !== undefined) ecosystems.set(one.product_id, ecosystem);
      if (one !== undefined && component !== undefined) components.set(one.product_id, component);
      collect(within, `${path}.branches`, depth + 1);
    }
  }
}

/** `cpe:/o:redhat:enterprise_linux:9::baseos`, `cpe:/a:redhat:enterprise_linux:9.4::appstream` → `rhel:9`. */
function ecosystemOfCpe(cpe: string): string | undefined {
  const major = /^cpe:\/[ao]:redhat:enterprise_linux:(\d+)(?:[.:]|$)/.exec(cpe)?.[1];
  return major === undefined ? undefined : `rhel:${major}`;
}

/** `pkg:rpm/redhat/bash@5.1.8-9.el9?arch=x86_64&epoch=0`, for a module with `rpmmod=nodejs:20:…`. Sources are what packages are built of, and not installed. */
function componentOf(purl: string): Component | undefined {
  const { type, namespace, name, version, qualifiers } = readPurl(purl) ?? {};
  if (type !== 'rpm' || namespace !== 'redhat' || name === undefined || version === undefined) return undefined;
  const { arch, epoch = '0', rpmmod = '' } = qualifiers ?? {};
  if (version !== '' && arch === 'src') return undefined;
  return { name, version: version === '' || epoch === '0' ? version : `${epoch}:${version}`, stream: rpmmod.split(':')[1] ?? '' };
}

/** Undefined for what is none: it names nothing that is installed. */
function readPurl(purl: string): Partial<PackageUrl> | undefined {
  try {
    return parsePackageUrl(purl);
  } catch (error) {
    if (error instanceof PackageUrlError) return undefined;
    throw error;
  }
}

function rangesOf(said: Vulnerability, places: ReadonlyMap<string, Place>): AffectedRange[] {
  const impacts = impactsOf(said);
  const ranges = new Map<string, AffectedRange>();
  const mended = new Set<string>();
  /** A stream that is open says no epoch; that of one that is mended is its own. */
  const epochs = new Map<string, string>();
  for (const id of said.product_status.fixed) {
    const place = places.get(id);
    if (place === undefined || place.component.version === '') continue; // mended with what is not said
    mended.add(keyOf(place));
    epochs.set(place.component.name, epochOf(place.component.version));
    add(id, place);
  }
  for (const id of said.product_status.known_affected) {
    const place = places.get(id);
    // What was mended in one release of a product is still said to be open for those before.
    if (place !== undefined && !mended.has(keyOf(place))) add(id, place);
  }
  return [...ranges.values()];

  function add(id: string, { ecosystem, component: { name, version: fixed, stream } }: Place): void {
    const begin = beginOf(stream, fixed, epochs.get(name));
    const lastAffected = fixed === '' && begin !== '' ? `${begin}.${afterAll}` : '';
    ranges.set([ecosystem, name, begin, fixed].join('\0'), {
      ecosystem,
      name,
      introduced: begin,
      fixed,
      lastAffected,
      versions: [],
      severity: severityOfWord(impacts.get(id) ?? impacts.get('')),
    });
  }
}

const keyOf = ({ ecosystem, component: { name, stream } }: Place): string => [ecosystem, name, stream].join('\0');

/** No part of a version is larger, so that 18 ends with it. */
const afterAll = 999_999_999;

/**
 * Each stream of a module is mended for itself: what mends stream 20 says nothing of 18. '' where it cannot
 * be said which versions are of the stream: the stream's name is none, or nobody knows the epoch.
 */
function beginOf(stream: string, fixed: string, epoch: string | undefined): string {
  const version = fixed.slice(fixed.indexOf(':') + 1);
  if (epoch === undefined || !/^\d+(?:\.\d+)*$/.test(stream) || !(version === '' || version === stream || version.startsWith(`${stream}.`))) return '';
  return `${epoch}${stream}`;
}

/** `1:`, or ''. */
const epochOf = (version: string): string => /^\d+:/.exec(version)?.[0] ?? '';

/** Red Hat's word by product; under '' the one for all. */
function impactsOf({ threats }: Vulnerability): ReadonlyMap<string, string> {
  const impacts = threats.filter(({ category }) => category === 'impact');
  return new Map(impacts.flatMap(({ details, product_ids: of }) => (of ?? ['']).map((id) => [id, details] as const)));
}

function scoreOf({ scores }: Vulnerability): { score: number | undefined; vector: string } {
  for (const { cvss_v3: cvss } of scores) {
    const score = cvss === undefined ? undefined : scoreOfVector(cvss.vectorString);
    if (cvss !== undefined && score !== undefined) return { score, vector: cvss.vectorString };
  }
  return { score: undefined, vector: '' };
}
