/**
 * How vulnerable a namespace is: its images, repositories, vulnerabilities and packages, the worst first, as it is and
 * as it was. All of it was counted when it was found, so that it answers at once for ten thousand images.
 *
 * Images and repositories are those that the caller may pull. What is counted over all of the namespace, as it is now
 * or was on former days, is for who may pull in all of it: a sum would tell of what one may not see.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { parseTag, type RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { keptTallyDays } from '../advisories/tallies/tally-kinds.ts';
import { severities } from '../metadata/advisory-port.ts';
import { imageOrders, type TallyScope, tallyStates, type UpgradeScope } from '../metadata/tallies/port.ts';
import { namespaceIn } from './namespace-in.ts';
import { listWithCsv } from './list-with-csv.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, tag, time } from './schemas.ts';

const count = z.number().int().nonnegative();
const severity = z.enum(severities);
const counts = z.record(severity, z.object({ fixable: count, unfixable: count }));
/** `partly`: of some packages nobody knows anything. `unknown`: nobody knows what is in it, which is not clean. */
const state = z.enum(tallyStates);
const repository = z.string();
/** Between 0 and 1. */
const share = z.number().min(0).max(1);

const image = z.object({
  repository,
  digest,
  tags: z.array(tag),
  state,
  packages: count,
  unknownPackages: count,
  counts,
  /** Vulnerabilities that are known to be exploited. */
  exploited: count,
  /** Of the vulnerability that is the most likely to be exploited. */
  epss: share.optional(),
  talliedAt: time,
});

/** Each vulnerability of each package once, in however many images. */
const overview = z.object({
  images: z.record(state, count),
  /** The caller may see all of it; otherwise `images` are those that it may see, and the rest is absent. */
  isWhole: z.boolean(),
  counts: counts.optional(),
  exploited: count.optional(),
  /** Images that would lose so much if they were built again. */
  newerBases: z.object({ images: count, removed: z.record(severity, count) }),
  /** Absent before anything was counted. */
  talliedAt: time.optional(),
});

const repositoryTally = z.object({ repository, images: count, /** Of which not everything is known. */ unchecked: count, counts });

const vulnerability = z.object({
  id: z.string(),
  package: z.string(),
  severity,
  score: z.number().optional(),
  epss: share.optional(),
  exploited: z.boolean(),
  fixable: z.boolean(),
  images: count,
  /** When it was first open in the namespace. */
  since: time,
});

const packageTally = z.object({
  ecosystem: z.string(),
  type: z.string(),
  name: z.string(),
  severity,
  /** The version that mends all that can be mended; absent where there is none, or versions cannot be compared. */
  fixed: z.string().optional(),
  vulnerabilities: count,
  fixable: count,
  images: count,
  findings: count,
  /** Findings that an upgrade removes, of all images together. */
  removable: count,
});

/** Images that stand on a former version of a base. `compared`: of so many it is known what they would lose and gain. */
const upgrade = z.object({
  base: repository,
  tag,
  /** What the tag is on. */
  now: digest,
  images: count,
  compared: count,
  removed: z.record(severity, count),
  added: z.record(severity, count),
});

const rebuild = z.object({
  repository,
  digest,
  tags: z.array(tag),
  base: repository,
  baseTag: tag,
  standsOn: digest,
  now: digest,
  /** Absent while the newer base is not checked. */
  removed: z.record(severity, count).optional(),
  added: z.record(severity, count).optional(),
});

/** `opened`, `closed`: that day; absent on the first, when everything is new. */
const day = z.object({ day: z.iso.date(), counts, exploited: count, images: count, unchecked: count, opened: count.optional(), closed: count.optional() });

const dayMs = 24 * 3600e3;
const place = '/namespaces/{namespace}/security';

const severityColumns = Object.fromEntries(
  severities.map((one) => [one, ({ counts: found }: { counts: z.output<typeof counts> }) => found[one].fixable + found[one].unfixable]),
);

const differenceColumns = Object.fromEntries(
  (['removed', 'added'] as const).flatMap((kind) =>
    severities.map((one) => [`${kind} ${one}`, ({ [kind]: found }: Partial<Record<'removed' | 'added', Partial<Record<string, number>>>>) => found?.[one]]),
  ),
);

export const securityRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getNamespaceSecurity',
    method: 'GET',
    path: place,
    summary: 'Say how much is open in a namespace by severity, and how much of it is checked',
    access: 'account',
    response: overview,
    async handle(call) {
      const { rows } = call.parts;
      const scope = await readScope(call);
      const images = await rows.tallies.countStates(scope);
      const newerBases = await rows.newerBases.sum(await withBases(scope, call));
      if (scope.only !== undefined) return { value: { images, newerBases, isWhole: false } };
      const tally = await rows.namespaceTallies.find(scope.namespace);
      return { value: { images, newerBases, isWhole: true, ...(tally && { counts: tally.counts, exploited: tally.exploited, talliedAt: tally.talliedAt }) } };
    },
  }),
  ...listWithCsv({
    name: 'images',
    access: 'account',
    operation: 'NamespaceImages',
    what: 'the images that tags lead to, the worst first',
    query: z.object({ order: z.enum(imageOrders).default('severity'), state: state.optional() }),
    item: image,
    columns: {
      repository: (one) => one.repository,
      tags: ({ tags }) => tags.join(' '),
      digest: (one) => one.digest,
      state: (one) => one.state,
      ...severityColumns,
      exploited: ({ exploited }) => exploited,
      epss: ({ epss }) => epss,
      packages: ({ packages }) => packages,
      'unknown packages': ({ unknownPackages }) => unknownPackages,
    },
    async list(call, { order, state: wanted }, page) {
      const found = await call.parts.rows.tallies.listImages(await readScope(call), { order, ...(wanted && { state: wanted }), ...page });
      return found.map(({ epss, tags, ...one }) => ({ ...one, tags: [...tags], ...(epss > 0 && { epss: epss / 1e6 }) }));
    },
  }),
  ...listWithCsv({
    name: 'repositories',
    access: 'account',
    operation: 'NamespaceRepositories',
    what: 'the repositories, the worst first, with what is open in all their images',
    query: z.object({}),
    item: repositoryTally,
    columns: { repository: (one) => one.repository, images: ({ images }) => images, unchecked: ({ unchecked }) => unchecked, ...severityColumns },
    list: async (call, _, page) => call.parts.rows.tallies.listRepositories(await readScope(call), page),
  }),
  ...listWithCsv({
    name: 'vulnerabilities',
    access: 'pull',
    operation: 'NamespaceVulnerabilities',
    what: 'the vulnerabilities of each package: what is exploited first, then the worst, then what is in the most images',
    query: z.object({}),
    item: vulnerability,
    columns: {
      severity: (one) => one.severity,
      id: ({ id }) => id,
      package: (one) => one.package,
      images: ({ images }) => images,
      fixable: ({ fixable }) => String(fixable),
      exploited: ({ exploited }) => String(exploited),
      score: ({ score }) => score,
      epss: ({ epss }) => epss,
      since: ({ since }) => new Date(since).toISOString(),
    },
    async list(call, _, page) {
      const found = await call.parts.rows.namespaceTallies.listVulnerabilities(await requireWhole(call), page);
      return found.map(({ vulnerability: id, score, epss, ...one }) => ({
        id,
        ...one,
        ...(score !== undefined && { score: score / 10 }),
        ...(epss !== undefined && { epss: epss / 1e6 }),
      }));
    },
  }),
  ...listWithCsv({
    name: 'packages',
    access: 'pull',
    operation: 'NamespacePackages',
    what: 'the packages with open vulnerabilities, those first whose upgrade removes the most',
    query: z.object({}),
    item: packageTally,
    columns: {
      severity: (one) => one.severity,
      ecosystem: ({ ecosystem }) => ecosystem,
      package: ({ name }) => name,
      fixed: ({ fixed }) => fixed,
      images: ({ images }) => images,
      vulnerabilities: ({ vulnerabilities }) => vulnerabilities,
      fixable: ({ fixable }) => fixable,
      findings: ({ findings }) => findings,
      removable: ({ removable }) => removable,
    },
    async list(call, _, page) {
      const found = await call.parts.rows.namespaceTallies.listPackages(await requireWhole(call), page);
      return found.map(({ fixed, ...one }) => ({ ...one, ...(fixed !== '' && { fixed }) }));
    },
  }),
  ...listWithCsv({
    name: 'bases',
    access: 'account',
    operation: 'NamespaceBases',
    what: 'the bases that have a newer version than images stand on: those first whose rebuilds remove the worst',
    query: z.object({}),
    item: upgrade,
    columns: {
      base: ({ base }) => base,
      tag: (one) => one.tag,
      now: ({ now }) => now,
      images: ({ images }) => images,
      compared: ({ compared }) => compared,
      ...differenceColumns,
    },
    list: async (call, _, page) => call.parts.rows.newerBases.listUpgrades(await withBases(await readScope(call), call), page),
  }),
  ...listWithCsv({
    name: 'rebuilds',
    access: 'account',
    operation: 'NamespaceRebuilds',
    what: 'the images that stand on a former version of a base (or of `base` and its `tag`), with what a rebuild removes and brings',
    query: z.object({ base: z.string().max(256).optional(), tag: tag.optional() }),
    item: rebuild,
    columns: {
      repository: (one) => one.repository,
      tags: ({ tags }) => tags.join(' '),
      digest: (one) => one.digest,
      base: ({ base, baseTag }) => `${base}:${baseTag}`,
      'stands on': ({ standsOn }) => standsOn,
      now: ({ now }) => now,
      ...differenceColumns,
    },
    async list(call, { base, tag: baseTag }, page) {
      const { bases, ...scope } = await withBases(await readScope(call), call);
      const wanted = { ...scope, bases: base === undefined ? bases : bases.filter((one) => one === base), ...(baseTag && { tag: parseTag(baseTag) }) };
      const found = await call.parts.rows.newerBases.listRebuilds(wanted, page);
      return found.map(({ tag: of, tags, difference, ...one }) => ({ ...one, tags: [...tags], baseTag: of, ...difference }));
    },
  }),
  ...listWithCsv({
    name: 'days',
    access: 'pull',
    operation: 'NamespaceSecurityDays',
    what: 'how much was open at the end of each of the last days (UTC), oldest first; days on which nobody counted are left out',
    query: z.object({ days: z.coerce.number().int().min(1).max(keptTallyDays).default(90) }),
    item: day,
    columns: {
      day: (one) => one.day,
      ...severityColumns,
      exploited: ({ exploited }) => exploited,
      images: ({ images }) => images,
      unchecked: ({ unchecked }) => unchecked,
      opened: ({ opened }) => opened,
      closed: ({ closed }) => closed,
    },
    async list(call, { days }, { after, limit }) {
      const to = Math.floor(call.parts.clock.now() / dayMs);
      const found = await call.parts.rows.namespaceTallies.listDays(await requireWhole(call), { from: to - days + 1, to });
      return found.slice(after, after + limit).map(({ day: number, ...one }) => ({ day: new Date(number * dayMs).toISOString().slice(0, 10), ...one }));
    },
  }),
];

/** Of one answer (I6): of a namespace with more repositories, the first are looked at. */
const repositoriesMax = 10_000;
const basesMax = 1000;

/** What of the namespace the caller may see: nothing is like a namespace without images. */
async function readScope({ caller, params, parts: { rows } }: Pick<ApiCall, 'caller' | 'params' | 'parts'>): Promise<TallyScope> {
  const namespace = namespaceIn(params);
  const mayAll = await caller.mayInNamespace('pull', namespace);
  const names = await rows.tallies.listRepositoryNames(namespace, repositoriesMax);
  const only: RepositoryName[] = [];
  for (const name of names) if (await caller.may('pull', name)) only.push(name);
  return mayAll && only.length === names.length ? { namespace } : { namespace, only };
}

/** Bases of others are named to those who may pull them. */
async function withBases(scope: TallyScope, { caller, parts: { rows } }: Pick<ApiCall, 'caller' | 'parts'>): Promise<UpgradeScope> {
  const bases: RepositoryName[] = [];
  for (const base of await rows.newerBases.listBases(scope, basesMax)) if (await caller.may('pull', base)) bases.push(base);
  return { ...scope, bases };
}

/** The namespace. Throws DENIED where a grant denies a part of it to the caller. */
async function requireWhole(call: Pick<ApiCall, 'caller' | 'params' | 'parts'>): Promise<string> {
  const { namespace, only } = await readScope(call);
  if (only !== undefined) throw new RegistryError('DENIED', { message: 'this is counted over all of the namespace, and you may not see all of it' });
  return namespace;
}
