/**
 * Environments that follow tags: a tag that moves brings a release, one that is deleted ends its
 * instance. Where a policy says what may be pulled, a release waits for the verdict; what was refused
 * and may run later, since it is allowed, approved, or has run where it had to run first, is deployed
 * then, unless something newer came.
 */
import { parseRepositoryName, parseTag, type RepositoryName } from '@naru/oci/repository-name';
import { type Digest, parseDigest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { askOnce } from '../events/ask-once.ts';
import type { EventConsumer } from '../events/consumers.ts';
import { JobFailure, type JobKind } from '../jobs/job-kind.ts';
import type { Environment } from '../metadata/deploy/port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import type { EventKind, MetadataStore } from '../metadata/port.ts';
import { follows, isStepBack } from './follow.ts';
import { findFault, type ReleaseParts, requestRelease } from './releases.ts';

const kind = 'deploy';

const moves: readonly EventKind[] = ['tag.moved', 'tag.deleted'];
/** After these something may run that might not before. */
const verdicts: readonly EventKind[] = ['image.allowed', 'image.checked', 'image.approved', 'deploy.running'];
/** A signature, perhaps. */
const signatures: readonly EventKind[] = ['manifest.pushed'];

/** Where there are environments: one job for each move, and for each verdict that may let something through; those of a repository in their order. */
export function deployOnPush({ deployments }: Pick<MetadataStore, 'deployments'>): EventConsumer {
  return {
    name: 'deploy',
    async toJobs(events) {
      const environmentsOf = askOnce((repository: RepositoryName) => deployments.environments.list(repository));
      const jobs: NewJob[] = [];
      for (const { id, kind: of, repository, tag, digest, actor } of events) {
        const isMove = moves.includes(of);
        if (!isMove && !verdicts.includes(of) && !signatures.includes(of)) continue;
        const environments = await environmentsOf(repository);
        if (!environments.some(({ requires }) => !signatures.includes(of) || requires?.signedBy !== undefined)) continue;
        const payload = { event: id, repository, ...(isMove && { tag, digest }), actor };
        jobs.push({ kind, payload, ordering: repository, priority: 'high' });
      }
      return jobs;
    },
  };
}

/** So often a release waits for its verdict; then it goes on with what is known. */
const verdictAttempts = 6;
/** Of one environment, the newest. */
const releasesLooked = 100;

/** Without a tag: a verdict. */
const payloadOf = z.object({ event: z.number(), repository: z.string(), tag: z.string().optional(), digest: z.string().optional(), actor: z.string() });

export function followPushes(parts: ReleaseParts): JobKind {
  const { rows, clock } = parts;
  return {
    name: kind,
    concurrency: 4,
    retry: { attemptsMax: 8, firstMs: 1000, longestMs: 60_000 },
    async run(job) {
      const { event, actor, ...moved } = payloadOf.parse(job.payload);
      const repository = parseRepositoryName(moved.repository);
      if (moved.tag === undefined) return resume(repository, { event, actor });
      const tag = parseTag(moved.tag);
      const digest = moved.digest === undefined ? undefined : parseDigest(moved.digest);
      if (digest !== undefined) await waitForVerdict(repository, digest, job.attempts);
      let isChecking = false;
      for (const environment of await rows.deployments.environments.list(repository)) {
        if (environment.isPaused || !follows(environment.follows, tag)) continue;
        const change = { at: clock.now(), actor };
        if (digest === undefined) {
          if (environment.perTag) await rows.deployments.environments.endInstance({ repository, name: environment.name, instance: tag, ...change });
        } else if (await goesBack(environment, tag)) continue;
        else if (job.attempts < verdictAttempts && (await findFault(parts, environment, digest))?.isPending === true) isChecking = true;
        else await requestRelease(parts, environment, { digest, tag, cause: 'push', event }, change).catch(forgive);
      }
      // The others have their release by now, and an event causes none twice.
      if (isChecking) throw new JobFailure('it is still being checked', { delayMs: 1000 });
    },
  };

  /** It comes within moments of a push; a release that went before it would be pulled in vain. */
  async function waitForVerdict(repository: RepositoryName, digest: Digest, attempts: number): Promise<void> {
    if (attempts >= verdictAttempts || (await rows.gate.policies.listLevels(repository)).length === 0) return;
    if ((await rows.gate.verdicts.find({ repository, digest })) === undefined) throw new JobFailure('it is not judged yet', { delayMs: 1000 });
  }

  /** Only what is the newest that was wanted of an instance: a verdict never takes back what came after. */
  async function resume(repository: RepositoryName, { event, actor }: { event: number; actor: string }): Promise<void> {
    for (const environment of await rows.deployments.environments.list(repository)) {
      if (environment.isPaused) continue;
      const seen = new Set<string>();
      for (const { id, instance, state, cause, digest, tag, message } of await rows.deployments.releases.list(environment, { limit: releasesLooked })) {
        if (seen.has(instance)) continue;
        seen.add(instance);
        if (state !== 'refused' || cause !== 'push') continue;
        const fault = await findFault(parts, environment, digest);
        if (fault !== undefined) {
          // It was checked meanwhile, perhaps, and lacks a signature.
          if (fault.text !== message) await rows.deployments.releases.restate({ ...environment, id, message: fault.text });
          continue;
        }
        await requestRelease(parts, environment, { digest, tag, instance, cause: 'push', event }, { at: clock.now(), actor }).catch(forgive);
      }
    }
  }

  async function goesBack(environment: Environment, tag: ReturnType<typeof parseTag>): Promise<boolean> {
    if (environment.follows.kind !== 'versions' || environment.perTag) return false;
    const [instance] = await rows.deployments.environments.listInstances(environment);
    return isStepBack(environment.follows, instance?.wanted?.tag, tag);
  }
}

/** Deleted since, or one instance too many: no later try ends better. */
function forgive(error: unknown): void {
  if (!(error instanceof RegistryError)) throw error;
  if (error.code !== 'MANIFEST_UNKNOWN') throw new JobFailure(error.message, { isFinal: true, cause: error });
}
