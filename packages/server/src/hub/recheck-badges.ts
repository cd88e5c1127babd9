/**
 * Looks again and again whether what has a badge still deserves it: official repositories, and all of a
 * verified publisher. What does not is in doubt, with the reason, until it is mended or somebody revokes
 * the badge; after two weeks the server revokes it.
 */
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { JobKind } from '../jobs/job-kind.ts';
import type { BadgeRequest } from '../metadata/hub-port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import type { Actor, MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

export type RecheckParts = {
  readonly rows: Pick<MetadataStore, 'hub' | 'tags' | 'repositories' | 'gate' | 'inventory' | 'reviews'>;
  readonly clock: Clock;
  /** The job that tells of it whom it concerns. */
  readonly noticeOf: (doubt: BadgeDoubt) => NewJob;
};

/** `at`: when it was so. */
export type BadgeDoubt = Pick<BadgeRequest, 'id' | 'badge' | 'subject'> & {
  readonly state: 'doubted' | 'confirmed' | 'revoked';
  readonly reason: string;
  readonly askedBy: string;
  readonly at: number;
};

const dayMs = 86_400e3;
export const doubtMaxMs = 14 * dayMs;
const perPage = 100;
/** Of one publisher, and of one repository (I6). */
const [repositoriesMax, tagsMax] = [50, 200] as const;
const server: Actor = { actor: 'badges' };

export function recheckBadges(parts: RecheckParts): JobKind {
  return {
    name: 'recheck-badges',
    concurrency: 1,
    everyMs: 3600e3,
    retry: { attemptsMax: 4, firstMs: 60e3, longestMs: 600e3 },
    run: (_, signal) => recheck(parts, signal),
  };
}

async function recheck(parts: RecheckParts, signal: AbortSignal): Promise<void> {
  const { badges } = parts.rows.hub;
  let after: string | undefined;
  do {
    const page: BadgeRequest[] = await badges.list({ state: 'granted', limit: perPage, ...(after !== undefined && { after }) });
    for (const request of page) {
      signal.throwIfAborted();
      const doubt = await findDoubt(request, parts);
      const at = parts.clock.now();
      const isOver = doubt !== undefined && request.doubtedAt !== undefined && request.doubtedAt + doubtMaxMs <= at;
      const { id, badge, subject, appliedBy } = request;
      const notice = (state: BadgeDoubt['state'], reason: string) => parts.noticeOf({ id, badge, subject, state, reason, askedBy: appliedBy, at });
      if (isOver) {
        const reason = `in doubt for two weeks: ${doubt}`;
        await badges.decide({ id, state: 'revoked', reason, toJob: () => notice('revoked', reason), at, ...server });
      } else if (doubt !== request.doubt) {
        const jobs = [doubt === undefined ? notice('confirmed', '') : notice('doubted', doubt)];
        await badges.doubt({ id, doubt, jobs, at, ...server });
      }
    }
    after = page.length < perPage ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
}

/** Undefined: it deserves its badge. */
async function findDoubt({ badge, subject }: BadgeRequest, parts: RecheckParts): Promise<string | undefined> {
  if (badge === 'official') return findProblem(parseRepositoryName(subject), parts);
  const names = await parts.rows.repositories.list({ after: `${subject}/`, limit: repositoriesMax });
  for (const name of names.filter((one) => one.startsWith(`${subject}/`))) {
    const problem = await findProblem(name, parts);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Of what its tags show to everybody. */
async function findProblem(repository: RepositoryName, { rows }: RecheckParts): Promise<string | undefined> {
  for (const { tag, digest } of await rows.tags.listRows(repository, { limit: tagsMax })) {
    const { hot } = rows.reviews;
    const shown = (await hot.isHidden({ repository, digest })) ? await hot.findShown(repository, tag) : digest;
    if (shown === undefined) continue;
    const verdict = await rows.gate.verdicts.find({ repository, digest: shown });
    if (verdict?.state === 'blocked') return `${repository}:${tag} is blocked: ${verdict.reasons[0]?.text ?? 'a policy says so'}`;
    if ((await rows.inventory.find(shown))?.state === 'failed') return `${repository}:${tag} could not be checked`;
  }
  return undefined;
}
