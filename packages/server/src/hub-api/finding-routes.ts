/** What is vulnerable in images: lists, exports, comparisons, and which images hold a package. */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { createFindingCounter } from '../advisories/count-findings.ts';
import { type Check, type CheckSummary, type Finding, isWhole, type Wanted } from '../advisories/findings.ts';
import { findingsCsv } from '../advisories/findings-csv.ts';
import { findingsSarif } from '../advisories/findings-sarif.ts';
import { packageUrl } from '../advisories/package-url.ts';
import { fullNameOf } from '../advisories/tallies/tally-of.ts';
import type { Remark } from '../advisories/remark.ts';
import { severities, type Severity } from '../metadata/advisory-port.ts';
import { findingRuleStatuses } from '../metadata/finding-port.ts';
import { version } from '../runtime/version.ts';
import { listRemarks } from './image-remarks.ts';
import { streamOf } from './stream-of.ts';
import { resolveImage } from './image-routes.ts';
import type { HubParts } from './parts.ts';
import { otherRepository } from './other-repository.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, listOf, tag, time } from './schemas.ts';

const count = z.number().int().nonnegative();
const severity = z.enum(severities);
const counts = z.record(severity, z.object({ fixable: count, unfixable: count }));

/** `checking`: ask again in a moment. `unknown`: nobody knows what is in it, which is not clean. */
const check = z.object({
  state: z.enum(['checked', 'checking', 'failed', 'unknown']),
  problem: z.string().optional(),
  checkedAt: time.optional(),
  packages: count,
  /** What is not known, although the rest is. */
  unknown: z.array(z.object({ reason: z.enum(['no-advisories', 'version', 'unmatched']), ecosystem: z.string(), packages: count })),
  counts,
  /** What scanners of others say: of the last good report, and why there is no newer one. */
  scans: z.array(
    z.object({
      scanner: z.string(),
      state: z.enum(['scanning', 'reported', 'failed']),
      reportedAt: time.optional(),
      reportedBy: z.string(),
      failedAt: time.optional(),
      problem: z.string().optional(),
    }),
  ),
});

const finding = z.object({
  id: z.string(),
  advisory: z.string(),
  aliases: z.array(z.string()),
  severity,
  score: z.number().optional(),
  vector: z.string().optional(),
  summary: z.string(),
  url: z.string().optional(),
  source: z.string(),
  package: z.object({ type: z.string(), name: z.string(), version: z.string(), purl: z.string(), path: z.string() }),
  /** Absent: no version mends it yet. */
  fixed: z.string().optional(),
  /** Absent: it was not found in a layer. */
  layer: digest.optional(),
  /** The attached SBOM that says that the package is there. */
  sbom: digest.optional(),
  /** Who found it; absent: this server itself. */
  scanner: z.string().optional(),
  /** The step of the build that brought the layer. */
  instruction: z.string().optional(),
  epss: z.number().optional(),
  percentile: z.number().optional(),
  exploitedSince: z.string().optional(),
  publishedAt: time.optional(),
  foundAt: time,
  state: z.enum(['open', ...findingRuleStatuses]),
  reason: z.string().optional(),
});
type ShownFinding = z.input<typeof finding>;

const filters = z.object({
  platform: z.string().max(100).optional(),
  /** As bad as this, or worse. */
  severity: severity.optional(),
  fixable: z.enum(['true', 'false']).optional(),
  exploited: z.enum(['true', 'false']).optional(),
  package: z.string().max(256).optional(),
  id: z.string().max(256).optional(),
  state: z.enum(['open', 'all', ...findingRuleStatuses]).default('open'),
});
type Filters = z.output<typeof filters>;
/** Remarks on how it was built have neither package nor fix: whoever asks for such gets none, nor whoever wants none. */
const exported = filters.extend({ configuration: z.enum(['true', 'false']).default('true') });

const findingsMax = 1000;
const place = '/repositories/{repository}/-/images/{reference}';

export const findingRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listFindings',
    method: 'GET',
    path: `${place}/findings`,
    summary: 'List what is vulnerable in an image, the worst first; of an index, in the image of `platform`, or its first',
    access: 'pull',
    query: filters.extend({ after: z.coerce.number().int().nonnegative().default(0), limit: z.coerce.number().int().min(1).max(findingsMax).default(100) }),
    response: check.extend({
      digest,
      platform: z.string(),
      total: count,
      /** False: the pages end before `total`, since no more than the worst are listed; filters look at all, and the CSV holds all. */
      isWhole: z.boolean(),
      items: z.array(finding),
      next: z.string().optional(),
    }),
    async handle(call) {
      const { query } = call;
      const { image, platform, checked, steps } = await checkImage(call, query, wantedBy(query));
      const { findings, total } = checked;
      const items = findings.slice(query.after, query.after + query.limit).map((one) => toShown(one, steps));
      const end = query.after + items.length;
      const next = end < findings.length && items.length > 0 && { next: String(end) };
      return { value: { digest: image, platform, ...toCheck(checked), total, isWhole: isWhole(checked), items, ...next } };
    },
  }),
  route({
    operation: 'exportFindings',
    method: 'GET',
    path: `${place}/findings.csv`,
    summary: 'Get what is vulnerable in an image, and what is amiss with how it was built, as CSV',
    access: 'pull',
    query: exported,
    async handle(call) {
      const { checked, image } = await checkedImage(call, call.query, wantedBy(call.query));
      const remarks = await listWanted(image, call);
      // Sorted where that many can be; else as they come.
      const found = isWhole(checked) ? checked.findings : eachWanted(image, call, call.query);
      const headers = {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="findings.csv"',
        'x-content-type-options': 'nosniff',
      };
      return { headers, stream: streamOf(findingsCsv(found, remarks)) };
    },
  }),
  route({
    operation: 'getFindingsAsSarif',
    method: 'GET',
    path: `${place}/findings.sarif`,
    summary: 'Get what is vulnerable in an image, and what is amiss with how it was built, as SARIF 2.1.0',
    access: 'pull',
    query: exported,
    response: z.record(z.string(), z.unknown()),
    async handle(call) {
      const repository = required(call.repository);
      const { checked, image } = await checkedImage(call, call.query, wantedBy({ ...call.query, state: 'all' }));
      return { value: findingsSarif(checked, await listWanted(image, call), { repository, digest: image, version }) };
    },
  }),
  route({
    operation: 'compareFindings',
    method: 'GET',
    path: `${place}/compare-findings`,
    summary: 'Say which vulnerabilities an image has gained and lost against another one (`with`), of the same or of another repository',
    access: 'pull',
    query: z.object({ with: z.string().min(1).max(256), repository: z.string().max(255).optional(), platform: z.string().max(100).optional() }),
    response: z.object({
      from: digest,
      to: digest,
      gained: z.array(finding),
      lost: z.array(finding),
      kept: count,
      total: z.object({ gained: count, lost: count }),
      /** False: of what was gained or lost there is more than is listed. */
      isWhole: z.boolean(),
    }),
    async handle(call) {
      const { platform, with: reference } = call.query;
      const repository = await otherRepository(call, call.query.repository);
      const other = { ...call, repository, params: { ...call.params, reference } };
      const to = await checkedImage(call, { platform }, { keep: () => false });
      const from = await checkedImage(other, { platform }, { keep: () => false });
      const [before, after] = [await listKeys(from.image, other), await listKeys(to.image, call)];
      const gained = await checkShown(required(call.repository), to.image, call, { keep: isMissingIn(before) });
      const lost = await checkShown(repository, from.image, other, { keep: isMissingIn(after) });
      return {
        value: {
          from: from.image,
          to: to.image,
          gained: gained.findings.map((one) => toShown(one, to.steps)),
          lost: lost.findings.map((one) => toShown(one, from.steps)),
          kept: after.size - gained.total,
          total: { gained: gained.total, lost: lost.total },
          isWhole: isWhole(gained) && isWhole(lost),
        },
      };
    },
  }),
  route({
    operation: 'listFindingCounts',
    method: 'GET',
    path: '/repositories/{repository}/-/finding-counts',
    summary: 'List the tags of a repository with how much is vulnerable in each, by severity, in byte order of the tags',
    access: 'pull',
    query: z.object({ after: z.string().max(512).optional(), limit: z.coerce.number().int().min(1).max(100).default(50) }),
    response: listOf(check.extend({ tag, digest })),
    async handle({ repository, query: { after, limit }, caller, parts }) {
      const name = required(repository);
      const rows = await parts.shown.listTags(caller, name, { limit, ...(after !== undefined && { after }) });
      const items = [];
      for (const row of rows) items.push({ tag: row.tag, digest: row.digest, ...toCheck(await summarizeAll(name, row.digest, { caller, parts })) });
      return { value: { items, ...(rows.length === limit && { next: rows.at(-1)?.tag }) } };
    },
  }),
  route({
    operation: 'findPackage',
    method: 'GET',
    path: '/search/packages',
    summary: 'Find the images with a package, among the repositories that the caller may pull',
    access: 'open',
    query: z.object({
      /** As the package has it, or with what stands before it: `@scope/name`, `group:name`. */
      name: z.string().min(1).max(256),
      version: z.string().max(256).optional(),
      type: z.string().max(20).optional(),
      after: z.string().max(600).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: listOf(
      z.object({
        repository: z.string(),
        digest,
        tags: z.array(tag),
        package: z.object({ type: z.string(), name: z.string(), version: z.string(), purl: z.string() }),
      }),
    ),
    handle: findPackage,
  }),
];

/** Tags that are named on one image. */
const tagsMax = 20;
/** Rows that are looked at for one page: who may see little is told where to go on. */
const rowsMax = 2000;

async function findPackage({ query, caller, parts }: ApiCall): Promise<{ value: unknown }> {
  const { name, version: wanted, type, after, limit } = query as { name: string; version?: string; type?: string; after?: string; limit: number }; // the route's own schema
  const items = [];
  let key = after === undefined ? undefined : parseKey(after);
  const findTags = parts.shown.placesFor(caller);
  const named = await nameOf(name, parts);
  for (let seen = 0; seen < rowsMax && items.length < limit; seen += limit) {
    const rows = await parts.rows.findings.listHolders({
      ...named,
      ...(wanted && { version: wanted }),
      ...(type && { type }),
      ...(key && { after: key }),
      limit,
    });
    for (const { repository, digest: image, package: found } of rows) {
      if (items.length === limit) break;
      key = { repository, digest: image };
      if ((await findTags(repository, image, 1)) === undefined) continue;
      const tags = (await parts.shown.listTagsOn(caller, repository, image, tagsMax)) ?? [];
      const shown = { type: found.type, name: fullNameOf(found), version: found.version, purl: packageUrl(found) };
      items.push({ repository, digest: image, tags, package: shown });
    }
    if (rows.length < limit) return { value: { items } };
  }
  return { value: { items, ...(key && { next: `${key.repository}@${key.digest}` }) } };
}

/** With a namespace where nothing is named so without one. */
async function nameOf(name: string, { rows: { findings } }: HubParts): Promise<{ name: string; namespace?: string }> {
  const [, namespace = '', last = ''] = /^(.+)[/:]([^/:]+)$/.exec(name) ?? [];
  if (last === '' || (await findings.listHolders({ name, limit: 1 })).length > 0) return { name };
  return { name: last, namespace };
}

function parseKey(text: string): { repository: RepositoryName; digest: Digest } {
  const at = text.lastIndexOf('@');
  if (at < 1) throw new RegistryError('REQUEST_INVALID', { message: 'after is not what a page gave as next', detail: { field: 'after' } });
  return { repository: text.slice(0, at) as RepositoryName, digest: text.slice(at + 1) as Digest }; // only compared with
}

type Checked = { readonly image: Digest; readonly platform: string; readonly checked: Check; readonly steps: ReadonlyMap<Digest, string> };

async function checkImage(
  { repository, params, parts, caller }: Pick<ApiCall, 'repository' | 'params' | 'parts' | 'caller'>,
  { platform }: { readonly platform?: string | undefined },
  wanted: Wanted,
): Promise<Checked> {
  const name = required(repository);
  const asked = await resolveImage(name, params['reference'] ?? '', { caller, parts });
  const image = await parts.gate.findShown(caller, name, await findPlatform(name, asked, platform, parts));
  const detail = await parts.registry.images.get(name, image);
  const steps = new Map(
    detail.steps.flatMap(({ layer, createdBy }) => (layer === undefined || createdBy === undefined ? [] : [[layer.digest, createdBy] as const])),
  );
  return { image, platform: detail.platforms[0] ?? '', checked: await checkShown(name, image, { caller, parts }, wanted), steps };
}

type Asking = Pick<ApiCall, 'caller' | 'parts'>;

function checkShown(name: RepositoryName, image: Digest, call: Asking, wanted: Wanted): Promise<Check> {
  return call.parts.findings.check(image, name, { ...wanted, ...shownTo(name, call) });
}

/** Without what an SBOM says that the caller may not know of. */
function shownTo(name: RepositoryName, { caller, parts: { gate } }: Asking): Pick<Wanted, 'showsSbom'> {
  return { showsSbom: (sbom) => gate.isShown(caller, name, sbom) };
}

async function* eachWanted(image: Digest, call: Asking & Pick<ApiCall, 'repository'>, query: Filters): AsyncGenerator<Finding> {
  const name = required(call.repository);
  const { keep } = wantedBy(query);
  for await (const one of call.parts.findings.each(image, name, shownTo(name, call))) if (keep(one)) yield one;
}

/** Of what is open. */
async function listKeys(image: Digest, call: Asking & Pick<ApiCall, 'repository'>): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const one of eachWanted(image, call, { state: 'open' })) keys.add(keyOf(one));
  return keys;
}

/** Once of each, of what is open. */
function isMissingIn(keys: ReadonlySet<string>): (finding: Finding) => boolean {
  const seen = new Set<string>();
  return (one) => {
    const key = keyOf(one);
    if (one.rule !== undefined || keys.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}

/** For what cannot say "unknown": throws CHECK_PENDING while it is not known yet, and REQUEST_INVALID where it never will be. */
async function checkedImage(
  call: Pick<ApiCall, 'repository' | 'params' | 'parts' | 'caller'>,
  query: { readonly platform?: string | undefined },
  wanted: Wanted,
): Promise<Checked> {
  const found = await checkImage(call, query, wanted);
  const { state, problem = '' } = found.checked;
  if (state === 'checked') return found;
  const message = state === 'checking' ? 'the image is being checked: ask again in a moment' : `the image could not be checked: ${problem}`;
  throw new RegistryError('REQUEST_INVALID', { message, detail: { state, digest: found.image } });
}

/** Of an index the image of that platform, or the first. Throws MANIFEST_UNKNOWN. */
async function findPlatform(name: RepositoryName, asked: Digest, platform: string | undefined, { registry }: HubParts): Promise<Digest> {
  const { kind, manifests } = await registry.images.get(name, asked);
  if (kind === 'image') return asked;
  const images = manifests.filter((one) => one.platform !== undefined && !one.platform.startsWith('unknown'));
  const found = platform === undefined ? (images[0] ?? manifests[0]) : images.find((one) => one.platform === platform);
  if (found === undefined)
    throw new RegistryError('MANIFEST_UNKNOWN', { message: `the index has no image for ${platform ?? 'any platform'}`, detail: { digest: asked } });
  return found.digest;
}

/** Platforms of one index that are looked into. */
const platformsMax = 20;

/** Of an index: all its platforms together. */
async function summarizeAll(name: RepositoryName, asked: Digest, call: Asking): Promise<CheckSummary & Pick<Check, 'counts'>> {
  const { kind, manifests } = await call.parts.registry.images.get(name, asked);
  const images = manifests.filter((one) => one.platform !== undefined && !one.platform.startsWith('unknown')).slice(0, platformsMax);
  const counter = createFindingCounter();
  const checks: Check[] = [];
  for (const image of kind === 'image' ? [asked] : images.map(({ digest: one }) => one)) {
    checks.push(await checkShown(name, image, call, { keep: () => false, counter }));
  }
  const worst = (['failed', 'unknown', 'checking', 'checked'] as const).find((state) => checks.some((one) => one.state === state)) ?? 'unknown';
  const problem = checks.find((one) => one.problem !== undefined)?.problem;
  const times = checks.flatMap(({ checkedAt }) => checkedAt ?? []);
  return {
    state: worst,
    ...(problem !== undefined && { problem }),
    ...(times.length > 0 && { checkedAt: Math.min(...times) }),
    packages: checks.reduce((sum, one) => sum + one.packages, 0),
    unknown: checks.flatMap(({ unknown }) => unknown),
    counts: counter.result().counts,
    scans: checks.flatMap((one) => one.scans),
  };
}

async function listWanted(image: Digest, call: Pick<ApiCall, 'repository' | 'caller' | 'parts'> & { query: z.output<typeof exported> }): Promise<Remark[]> {
  const { severity: bad, fixable, exploited, package: of, id, configuration, state } = call.query;
  const isAboutPackages = [bad, fixable, exploited, of].some((given) => given !== undefined) || (state !== 'open' && state !== 'all');
  if (configuration === 'false' || isAboutPackages) return [];
  const remarks = await listRemarks(required(call.repository), image, call);
  return id === undefined ? remarks : remarks.filter(({ rule }) => rule === id);
}

function toCheck({ state, problem, checkedAt, packages, unknown, counts: counted, scans }: CheckSummary & Pick<Check, 'counts'>): z.input<typeof check> {
  return {
    state,
    ...(problem !== undefined && { problem }),
    ...(checkedAt !== undefined && { checkedAt }),
    packages,
    unknown: [...unknown],
    scans: [...scans],
    counts: counted,
  };
}

function wantedBy(query: Filters): { keep: (finding: Finding) => boolean } {
  const rank = (one: Severity): number => severities.indexOf(one);
  return {
    keep: (one) =>
      (query.severity === undefined || rank(one.severity) <= rank(query.severity)) &&
      (query.fixable === undefined || (one.fixed !== '') === (query.fixable === 'true')) &&
      (query.exploited === undefined || (one.exploitedSince !== undefined) === (query.exploited === 'true')) &&
      (query.package === undefined || one.package.name === query.package || fullNameOf(one.package) === query.package) &&
      (query.id === undefined || [one.vulnerability, one.advisory, ...one.aliases].includes(query.id)) &&
      (query.state === 'all' || (one.rule?.status ?? 'open') === query.state),
  };
}

function toShown(
  { vulnerability, package: installed, score, vector, url, fixed, epss, percentile, rule, ...found }: Finding,
  steps: ReadonlyMap<Digest, string>,
): ShownFinding {
  const { layer, path, type, sbom } = installed;
  const instruction = layer && steps.get(layer);
  return {
    id: vulnerability,
    advisory: found.advisory,
    aliases: [...found.aliases],
    severity: found.severity,
    ...(score !== undefined && { score: score / 10 }),
    ...(vector !== '' && { vector }),
    summary: found.summary,
    ...(url !== '' && { url }),
    source: found.source,
    package: { type, name: fullNameOf(installed), version: installed.version, purl: packageUrl(installed), path },
    ...(fixed !== '' && { fixed }),
    ...(layer && { layer }),
    ...(sbom && { sbom }),
    ...(found.scanner !== undefined && { scanner: found.scanner }),
    ...(instruction !== undefined && { instruction }),
    ...(epss !== undefined && { epss: epss / 1e6 }),
    ...(percentile !== undefined && { percentile: percentile / 1e6 }),
    ...(found.exploitedSince !== undefined && { exploitedSince: found.exploitedSince }),
    ...(found.publishedAt !== undefined && { publishedAt: found.publishedAt }),
    foundAt: found.foundAt,
    state: rule?.status ?? 'open',
    ...(rule && { reason: rule.reason }),
  };
}

/** The same hole in the same package, in whatever version. */
const keyOf = ({ vulnerability, package: { type, namespace, name } }: Finding): string => [vulnerability, type, namespace, name].join('\0');
