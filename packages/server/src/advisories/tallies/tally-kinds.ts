/**
 * The jobs that count: one image, all of a level, what a namespace is together, and what it was on each day. All of it
 * is made of checks that are there, so each can be done again, and a night's run mends what was missed.
 */
import { setImmediate } from 'node:timers/promises';
import { type Digest, parseDigest } from '@naru/oci/digest';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { namespaceOf } from '../../access/namespace.ts';
import type { JobKind } from '../../jobs/job-kind.ts';
import { pruneJob } from '../../jobs/prune-job.ts';
import type { FindingScope } from '../../metadata/finding-port.ts';
import type { MetadataStore } from '../../metadata/port.ts';
import type { ImageKey, NewerBaseOf } from '../../metadata/tallies/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Check, type Findings, isWhole } from '../findings.ts';
import { compareWithBase } from './compare-with-base.ts';
import { createSums } from './sum-findings.ts';
import { tallyImageJob, tallyImageKind, tallyNamespaceJob, tallyNamespaceKind, tallyScopeJob, tallyScopeKind } from './tally-jobs.ts';
import { tallyOf } from './tally-of.ts';

export type TallyParts = {
  readonly rows: Pick<MetadataStore, 'tallies' | 'namespaceTallies' | 'newerBases' | 'lineage' | 'repositories' | 'jobs' | 'gate'>;
  readonly findings: Pick<Findings, 'check'>;
  readonly clock: Clock;
  /** What it would stand on if it was built again; undefined: the same. `layers`: how many of its layers are its base's. */
  readonly findNewerBase: (repository: RepositoryName, image: Digest) => Promise<(NewerBaseOf & { readonly layers: number }) | undefined>;
  readonly layersOf: (repository: RepositoryName, image: Digest) => Promise<readonly Digest[]>;
};

const dayMs = 24 * 3600e3;
export const keptTallyDays = 400;
const perPage = 100;
/** Each has hundreds of findings: what else is asked waits for a few milliseconds. */
const imagesPerSum = 20;
/** Repositories that one job looks through, so that it ends before its lease. */
const repositoriesPerJob = 50;
/** Images of one index. */
const membersMax = 50;
/** Others of the namespace may follow in this time. */
const soonMs = 2000;
/** Of all time, no more than a twentieth goes into the sums of one namespace. */
const restFactor = 20;
const retry = { attemptsMax: 8, firstMs: 2e3, longestMs: 300e3 };

const imageOf = z.object({ digest: z.string(), repository: z.string().optional(), isMoved: z.literal(true).optional() });
const namespaceIn = z.object({ namespace: z.string() });
const scopeOf = z.object({
  scope: z.union([z.object({ kind: z.literal('server') }), z.object({ kind: z.enum(['namespace', 'repository']), name: z.string() })]),
  after: z.string().optional(),
});

export function tallyKinds(parts: TallyParts): JobKind[] {
  const { namespaceTallies, jobs } = parts.rows;
  const today = () => Math.floor(parts.clock.now() / dayMs);
  return [
    {
      name: tallyImageKind,
      concurrency: 1,
      retry,
      async run({ payload }, signal) {
        const { digest, repository, isMoved } = imageOf.parse(payload);
        const images = await imagesOf(parseDigest(digest), parts);
        await tallyEach(images, repository === undefined ? undefined : parseRepositoryName(repository), parts, signal);
        for (const image of images) await tallyRelated(image, isMoved === true, parts, signal);
      },
    },
    {
      name: tallyScopeKind,
      concurrency: 1,
      retry,
      async run({ payload }, signal) {
        const { scope, after } = scopeOf.parse(payload);
        // The job's own schema, which `tallyScopeJob` wrote.
        await tallyScope(scope as FindingScope, after === undefined ? undefined : parseRepositoryName(after), parts, signal);
      },
    },
    {
      name: tallyNamespaceKind,
      concurrency: 1,
      retry,
      run: ({ payload }, signal) => tallyNamespace(namespaceIn.parse(payload).namespace, parts, signal),
    },
    {
      name: 'tally-all',
      concurrency: 1,
      everyMs: dayMs,
      retry,
      run: () => jobs.enqueue([tallyScopeJob({ kind: 'server' })], parts.clock.now()),
    },
    {
      name: 'record-tally-days',
      concurrency: 1,
      everyMs: 3600e3,
      retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
      async run(_, signal) {
        for (let after: string | undefined = ''; after !== undefined; signal.throwIfAborted()) {
          const page: string[] = await namespaceTallies.list({ after, limit: perPage });
          for (const namespace of page) await namespaceTallies.recordDay(namespace, today());
          after = page.length < perPage ? undefined : page.at(-1);
        }
      },
    },
    pruneJob({ name: 'prune-tally-days', everyMs: 6 * 3600e3, prunes: () => [(limit) => namespaceTallies.pruneDays(today() - keptTallyDays, limit)] }),
  ];
}

/** Itself, or the images of an index. */
async function imagesOf(digest: Digest, { rows: { lineage } }: TallyParts): Promise<Digest[]> {
  if ((await lineage.find(digest)) !== undefined) return [digest];
  const images: Digest[] = [];
  for (const member of await lineage.listMembers(digest, membersMax)) if ((await lineage.find(member)) !== undefined) images.push(member);
  return images;
}

async function tallyEach(images: readonly Digest[], only: RepositoryName | undefined, parts: TallyParts, signal: AbortSignal): Promise<void> {
  const { gate, jobs } = parts.rows;
  const namespaces = new Set<string>();
  for (const digest of images) {
    for await (const repository of only === undefined ? listHolders(digest, gate.verdicts) : [only]) {
      signal.throwIfAborted();
      await tallyImage({ repository, digest }, parts);
      namespaces.add(namespaceOf(repository));
    }
  }
  const now = parts.clock.now();
  await jobs.enqueue(
    [...namespaces].map((namespace) => tallyNamespaceJob(namespace, now + soonMs)),
    now,
  );
}

/** What waits to be compared with it, and, where a tag has come to it or left it, what stands on it. */
async function tallyRelated(image: Digest, isMoved: boolean, { rows: { lineage, newerBases, jobs }, clock }: TallyParts, signal: AbortSignal): Promise<void> {
  for (let after: ImageKey | undefined, isMore = true; isMore; signal.throwIfAborted()) {
    const page: ImageKey[] = await newerBases.listWaiting(image, { limit: perPage, ...(after !== undefined && { after }) });
    await jobs.enqueue(
      page.map(({ repository, digest }) => tallyImageJob(digest, { repository })),
      clock.now(),
    );
    after = page.at(-1);
    isMore = page.length === perPage;
  }
  for (let after = 0, isMore = isMoved; isMore; signal.throwIfAborted()) {
    const page = await lineage.listDependants(image, { after, limit: perPage });
    await jobs.enqueue(
      page.map(({ digest }) => tallyImageJob(digest)),
      clock.now(),
    );
    after = page.at(-1)?.number ?? 0;
    isMore = page.length === perPage;
  }
}

async function* listHolders(digest: Digest, verdicts: TallyParts['rows']['gate']['verdicts']): AsyncGenerator<RepositoryName> {
  for (let after: RepositoryName | undefined, isMore = true; isMore;) {
    const page: RepositoryName[] = await verdicts.listHolders(digest, { limit: perPage, ...(after !== undefined && { after }) });
    yield* page;
    after = page.at(-1);
    isMore = page.length === perPage;
  }
}

async function tallyImage(image: ImageKey, parts: TallyParts): Promise<void> {
  const { rows, findings, clock } = parts;
  if (!(await rows.tallies.isShown(image))) {
    await rows.tallies.remove(image);
    await rows.newerBases.place(image, undefined);
    return;
  }
  const check = await findings.check(image.digest, image.repository);
  // One package in very many places must not crowd out the others.
  const { tally, findings: found } = tallyOf(isWhole(check) ? check : await findings.check(image.digest, image.repository, { once: true }));
  await rows.tallies.record(image, tally, found, clock.now());
  await rows.newerBases.place(image, await findUpgrade(image, check, parts));
}

async function findUpgrade(
  { repository, digest }: ImageKey,
  check: Check,
  { findings, findNewerBase, layersOf }: TallyParts,
): Promise<NewerBaseOf | undefined> {
  const newer = await findNewerBase(repository, digest);
  if (newer === undefined) return undefined;
  const { layers, ...base } = newer;
  const below = new Set((await layersOf(repository, digest)).slice(0, layers));
  // By the rules of the image's repository, where the rebuilt one will be.
  const difference = compareWithBase(check, await findings.check(newer.nowImage, repository), below);
  return { ...base, ...(difference && { difference }) };
}

async function tallyScope(scope: FindingScope, after: RepositoryName | undefined, parts: TallyParts, signal: AbortSignal): Promise<void> {
  const { repositories, jobs } = parts.rows;
  if (scope.kind === 'repository') return tallyRepository(scope.name, parts, signal);
  // Names of a namespace stand together, behind its own with a slash.
  const begin = after ?? (scope.kind === 'namespace' ? `${scope.name}/` : undefined);
  const page = await repositories.list({ limit: repositoriesPerJob, ...(begin !== undefined && { after: begin }) });
  const mine = scope.kind === 'server' ? page : page.filter((name) => namespaceOf(name) === scope.name);
  for (const repository of mine) await tallyRepository(repository, parts, signal);
  const last = mine.at(-1);
  if (last !== undefined && mine.length === repositoriesPerJob) await jobs.enqueue([tallyScopeJob(scope, { after: last })], parts.clock.now());
}

async function tallyRepository(repository: RepositoryName, parts: TallyParts, signal: AbortSignal): Promise<void> {
  const { tallies, jobs } = parts.rows;
  for (let after: Digest | undefined, isMore = true; isMore;) {
    const page: Digest[] = await tallies.listImagesOf(repository, { limit: perPage, ...(after !== undefined && { after }) });
    for (const digest of page) {
      signal.throwIfAborted();
      await tallyImage({ repository, digest }, parts);
    }
    after = page.at(-1);
    isMore = page.length === perPage;
  }
  await jobs.enqueue([tallyNamespaceJob(namespaceOf(repository), parts.clock.now() + soonMs)], parts.clock.now());
}

async function tallyNamespace(namespace: string, { rows: { tallies, namespaceTallies, jobs }, clock }: TallyParts, signal: AbortSignal): Promise<void> {
  const before = await namespaceTallies.find(namespace);
  const begun = clock.now();
  const rested = (before?.talliedAt ?? 0) + (before?.tookMs ?? 0) * restFactor;
  if (before !== undefined && begun >= before.talliedAt && begun < rested) return jobs.enqueue([tallyNamespaceJob(namespace, rested)], begun);
  const sums = createSums();
  for (let after: ImageKey | undefined, isMore = true; isMore;) {
    const page: Awaited<ReturnType<typeof tallies.listFindings>> = await tallies.listFindings(namespace, {
      limit: imagesPerSum,
      ...(after !== undefined && { after }),
    });
    for (const { findings } of page) {
      signal.throwIfAborted();
      sums.add(findings);
    }
    after = page.at(-1);
    isMore = page.length === imagesPerSum;
    // Rows are read at once: without this nobody else would get a turn until all are.
    await setImmediate();
  }
  const now = clock.now();
  await namespaceTallies.record(namespace, { ...sums.result(), tookMs: now - begun }, { at: now, day: Math.floor(now / dayMs) });
}
