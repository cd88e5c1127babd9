/** Carries out what repositories say of how long tags stay: when it is asked, and by itself as a job. Manifests stay for `collection.untaggedAfter`. */
import { isRegistryError, RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Actor, MetadataStore, TagRow } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { planRetention, type RetentionPlan, type RetentionPolicy } from './plan.ts';

export type RetentionParts = { readonly rows: Pick<MetadataStore, 'tags' | 'tagPolicies' | 'retention' | 'deployments'>; readonly clock: Clock };

const pageSize = 1000;
const tagsPerTransaction = 100;

/** What it would do now. */
export async function previewRetention({ rows, clock }: RetentionParts, repository: RepositoryName, policy: RetentionPolicy): Promise<RetentionPlan> {
  const found: TagRow[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: TagRow[] = await rows.tags.listRows(repository, { after, limit: pageSize });
    found.push(...page);
    after = page.length < pageSize ? undefined : page.at(-1)?.tag;
  }
  const rules = (await rows.tagPolicies.find(repository))?.policy ?? {};
  const running = new Set(await rows.deployments.environments.listRunning(repository));
  return planRetention(policy, found, { rules, running, now: clock.now() });
}

/** Gives what went: a tag that was moved meanwhile is another's and stays. Throws CONFLICT when it would leave nothing and nobody has confirmed that. */
export async function applyRetention(
  parts: RetentionParts,
  repository: RepositoryName,
  policy: RetentionPolicy,
  actor: Actor,
  signal?: AbortSignal,
): Promise<TagRow[]> {
  const plan = await previewRetention(parts, repository, policy);
  if (plan.isRefused)
    throw new RegistryError('CONFLICT', {
      message: `this would delete every tag of ${repository}: confirm it with mayEmpty`,
      detail: { tags: plan.taken.length },
    });
  const gone: TagRow[] = [];
  for (let at = 0; at < plan.taken.length; at += tagsPerTransaction) {
    signal?.throwIfAborted();
    const some = plan.taken.slice(at, at + tagsPerTransaction);
    const tags = some.map(({ tag }) => tag);
    const where = new Map(some.map(({ tag, digest }) => [tag, digest]));
    const removed = await parts.rows.tags.removeAll({ repository, tags, where, at: parts.clock.now(), ...actor });
    gone.push(...some.filter(({ tag }) => removed.some((one) => one.tag === tag)));
  }
  return gone;
}

export function retentionJob(parts: RetentionParts & { readonly log: Log }): JobKind {
  return {
    name: 'retention',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 3, firstMs: 60e3, longestMs: 600e3 },
    async run(_, signal) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const page = await parts.rows.retention.list({ after, limit: 100 });
        for (const { repository, policy } of page) {
          signal.throwIfAborted();
          try {
            const gone = await applyRetention(parts, repository, policy, { actor: 'retention' }, signal);
            if (gone.length > 0) parts.log.info('retention deleted tags', { repository, tags: gone.length });
          } catch (error) {
            // One repository's policy must not hold up the others.
            if (!isRegistryError(error)) throw error;
            parts.log.warn('retention left a repository as it is', { repository, reason: error.message });
          }
        }
        after = page.length < 100 ? undefined : page.at(-1)?.repository;
      }
    },
  };
}
