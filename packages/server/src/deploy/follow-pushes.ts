/** Environments that follow tags: a tag that moves brings a release, one that is deleted ends its instance. */
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import { parseDigest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { EventConsumer } from '../events/consumers.ts';
import { JobFailure, type JobKind } from '../jobs/job-kind.ts';
import type { Environment } from '../metadata/deploy/port.ts';
import type { Event, MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { follows, isStepBack } from './follow.ts';
import { requestRelease } from './releases.ts';

const kind = 'deploy';

/** One job for each move; those of a repository in their order. */
export const deployOnPush: EventConsumer = {
  name: 'deploy',
  toJobs: (events) =>
    events
      .filter(({ kind: of }) => of === 'tag.moved' || of === 'tag.deleted')
      .map(({ id, repository, tag, digest, actor }: Event) => ({
        kind,
        payload: { event: id, repository, tag, digest, actor },
        ordering: repository,
        priority: 'high' as const,
      })),
};

const payloadOf = z.object({ event: z.number(), repository: z.string(), tag: z.string(), digest: z.string().optional(), actor: z.string() });
type Parts = { readonly rows: Pick<MetadataStore, 'deployments'>; readonly clock: Clock };

export function followPushes({ rows, clock }: Parts): JobKind {
  return {
    name: kind,
    concurrency: 4,
    retry: { attemptsMax: 8, firstMs: 1000, longestMs: 60_000 },
    async run(job) {
      const { event, actor, ...moved } = payloadOf.parse(job.payload);
      const [repository, tag, digest] = [
        parseRepositoryName(moved.repository),
        parseTag(moved.tag),
        moved.digest === undefined ? undefined : parseDigest(moved.digest),
      ];
      for (const environment of await rows.deployments.environments.list(repository)) {
        if (environment.isPaused || !follows(environment.follows, tag)) continue;
        const change = { at: clock.now(), actor };
        if (digest === undefined) {
          if (environment.perTag) await rows.deployments.environments.endInstance({ repository, name: environment.name, instance: tag, ...change });
        } else if (!(await goesBack(environment, tag))) {
          await requestRelease({ rows }, environment, { digest, tag, cause: 'push', event }, change).catch(forgive);
        }
      }
    },
  };

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
