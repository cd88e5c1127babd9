/**
 * How vulnerable a namespace is: its images, repositories, vulnerabilities and packages, the worst first, as it is and
 * as it was. All of it was counted when it was found, so that it answers at once for ten thousand images.
 *
 * Images and repositories are those that the caller may pull. What is counted over all of the namespace, as it is now
 * or was on former days, is for who may pull in all of it: a sum would tell of what one may not see.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { severities } from '../metadata/advisory-port.ts';
import { imageOrders, type TallyScope, tallyStates } from '../metadata/tallies/port.ts';
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

const place = '/namespaces/{namespace}/security';

const severityColumns = Object.fromEntries(
  severities.map((one) => [one, ({ counts: found }: { counts: z.output<typeof counts> }) => found[one].fixable + found[one].unfixable]),
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
      if (scope.only !== undefined) return { value: { images, isWhole: false } };
      const tally = await rows.namespaceTallies.find(scope.namespace);
      return { value: { images, isWhole: true, ...(tally && { counts: tally.counts, exploited: tally.exploited, talliedAt: tally.talliedAt }) } };
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
];

/** Of one answer (I6): of a namespace with more repositories, the first are looked at. */
const repositoriesMax = 10_000;

/** What of the namespace the caller may see: nothing is like a namespace without images. */
async function readScope({ caller, params, parts: { rows } }: Pick<ApiCall, 'caller' | 'params' | 'parts'>): Promise<TallyScope> {
  const namespace = namespaceIn(params);
  const mayAll = await caller.mayInNamespace('pull', namespace);
  const names = await rows.tallies.listRepositoryNames(namespace, repositoriesMax);
  const only: RepositoryName[] = [];
  for (const name of names) if (await caller.may('pull', name)) only.push(name);
  return mayAll && only.length === names.length ? { namespace } : { namespace, only };
}

/** The namespace. Throws DENIED where a grant denies a part of it to the caller. */
async function requireWhole(call: Pick<ApiCall, 'caller' | 'params' | 'parts'>): Promise<string> {
  const { namespace, only } = await readScope(call);
  if (only !== undefined) throw new RegistryError('DENIED', { message: 'this is counted over all of the namespace, and you may not see all of it' });
  return namespace;
}
