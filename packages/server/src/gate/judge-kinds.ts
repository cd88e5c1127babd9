/** The jobs that judge: one image, all of a level, all places of one image, and what time alone has changed. */
import { type Digest, parseDigest } from '@naru/oci/digest';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { namespaceOf } from '../access/namespace.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { judgeChecked, judgeEach, type JudgeParts, judgeRelated, openJudging } from './judge-images.ts';
import { judgeCheckedKind, judgeImageJob, judgeImageKind, judgeScopeJob, judgeScopeKind, judgeSignalsKind } from './judge-jobs.ts';
import type { GatePolicy, GateScope } from './policy.ts';

export type GateJobParts = JudgeParts & { readonly store: Pick<MetadataStore, 'repositories' | 'jobs'> };

const image = z.object({ repository: z.string(), digest: z.string() });
const checked = z.object({ digest: z.string() });
const level = z.object({
  scope: z.union([z.object({ kind: z.literal('server') }), z.object({ kind: z.enum(['namespace', 'repository']), name: z.string() })]),
  after: z.string().optional(),
});

const retry = { attemptsMax: 8, firstMs: 1000, longestMs: 300e3 };
const perPage = 200;
/** Repositories that one job looks through, so that it ends before its lease. */
const repositoriesPerJob = 50;

export function gateJobKinds(parts: GateJobParts): JobKind[] {
  return [
    {
      name: judgeImageKind,
      concurrency: 2,
      retry,
      async run({ payload }, signal) {
        const { repository, digest } = image.parse(payload);
        await judgeRelated(parseRepositoryName(repository), parseDigest(digest), parts, signal);
      },
    },
    {
      name: judgeCheckedKind,
      concurrency: 1,
      retry,
      async run({ payload }, signal) {
        const digest = parseDigest(checked.parse(payload).digest);
        for await (const repository of listHolders(digest, parts)) await judgeChecked(repository, digest, parts, signal);
      },
    },
    {
      name: judgeScopeKind,
      concurrency: 1,
      retry,
      async run({ payload }, signal) {
        const { scope, after } = level.parse(payload);
        await judgeScope(scope, after === undefined ? undefined : parseRepositoryName(after), parts, signal);
      },
    },
    {
      name: judgeSignalsKind,
      concurrency: 1,
      retry,
      run: (_, signal) => judgeSignals(parts, signal),
    },
    {
      name: 'judge-due',
      concurrency: 1,
      everyMs: 60e3,
      retry: { attemptsMax: 3, firstMs: 10e3, longestMs: 60e3 },
      async run() {
        const now = parts.clock.now();
        const due = await parts.rows.verdicts.listDue(now, perPage);
        await parts.store.jobs.enqueue(
          due.map(({ repository, digest }) => judgeImageJob(repository, digest)),
          now,
        );
      },
    },
  ];
}

async function* listHolders(digest: Digest, { rows }: GateJobParts): AsyncGenerator<RepositoryName> {
  let after: RepositoryName | undefined;
  do {
    const page = await rows.verdicts.listHolders(digest, { limit: perPage, ...(after !== undefined && { after }) });
    yield* page;
    after = page.length < perPage ? undefined : page.at(-1);
  } while (after !== undefined);
}

async function judgeScope(scope: GateScope, after: RepositoryName | undefined, parts: GateJobParts, signal: AbortSignal): Promise<void> {
  if (scope.kind === 'repository') return judgeRepository(parseRepositoryName(scope.name), parts, signal);
  // Names of a namespace stand together, behind its own with a slash.
  const begin = after ?? (scope.kind === 'namespace' ? `${scope.name}/` : undefined);
  const page = await parts.store.repositories.list({ limit: repositoriesPerJob, ...(begin !== undefined && { after: begin }) });
  const mine = scope.kind === 'server' ? page : page.filter((name) => namespaceOf(name) === scope.name);
  for (const repository of mine) await judgeRepository(repository, parts, signal);
  const last = mine.at(-1);
  if (last !== undefined && mine.length === repositoriesPerJob) await parts.store.jobs.enqueue([judgeScopeJob(scope, last)], parts.clock.now());
}

/** Only the levels that ask for what signals say: those are the images whose verdicts they can change. */
async function judgeSignals({ rows, store, clock }: GateJobParts, signal: AbortSignal): Promise<void> {
  let after: GateScope | undefined;
  do {
    signal.throwIfAborted();
    const page = await rows.policies.list({ limit: perPage, ...(after !== undefined && { after }) });
    const asking = page.filter(({ policy }) => asksForSignals(policy));
    await store.jobs.enqueue(
      asking.map(({ scope }) => judgeScopeJob(scope)),
      clock.now(),
    );
    after = page.length < perPage ? undefined : page.at(-1)?.scope;
  } while (after !== undefined);
}

function asksForSignals({ block = [] }: GatePolicy): boolean {
  return block.some(({ epss, exploited }) => epss !== undefined || exploited !== undefined);
}

async function judgeRepository(repository: RepositoryName, parts: GateJobParts, signal: AbortSignal): Promise<void> {
  const { rows } = parts;
  if ((await openJudging(repository, parts)) === undefined) {
    while ((await rows.verdicts.forget(repository, perPage)) === perPage) signal.throwIfAborted();
    return;
  }
  let after: Digest | undefined;
  do {
    const page = await rows.verdicts.listManifests(repository, { limit: perPage, ...(after !== undefined && { after }) });
    // What one page was judged by is not kept for the next: repositories are large, memory is not.
    const judging = await openJudging(repository, parts);
    if (judging !== undefined) await judgeEach(repository, page, judging, parts, signal);
    after = page.length < perPage ? undefined : page.at(-1);
  } while (after !== undefined);
}
