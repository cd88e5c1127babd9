/**
 * Who sees what is staged: those who may push there, and those who review. For the others it is not
 * there; a tag shows them what was approved last. Deciding needs a person who has not pushed it, an end
 * of all checks, and no policy that blocks it.
 */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { GateRows } from '../metadata/gate/port.ts';
import type { HotReviews, ImageReview, ReviewRows } from '../metadata/reviews/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FactParts } from './image-facts.ts';
import { createJudging } from './judge-images.ts';
import { refusalText } from './judge.ts';

export type Reviews = {
  /** The repository shows this caller less than it holds. */
  hidesFrom(caller: Caller, repository: RepositoryName): Promise<boolean>;
  /** What a reference is for this caller. Throws MANIFEST_UNKNOWN. */
  findShown(caller: Caller, repository: RepositoryName, digest: Digest, tag?: Tag): Promise<Digest>;
  isShown(caller: Caller, repository: RepositoryName, digest: Digest): Promise<boolean>;
  isShownBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<boolean>;
};

export function createReviews(hot: HotReviews): Reviews {
  const isShown: Reviews['isShown'] = async (caller, repository, digest) => !(await hot.isHidden({ repository, digest })) || isInsider(caller, repository);
  return {
    isShown,
    hidesFrom: async (caller, repository) => (await hot.isReviewed(repository)) && !(await isInsider(caller, repository)),
    isShownBlob: async (caller, repository, digest) => !(await hot.isHiddenBlob({ repository, digest })) || isInsider(caller, repository),

    async findShown(caller, repository, digest, tag) {
      if (await isShown(caller, repository, digest)) return digest;
      const shown = tag === undefined ? undefined : await hot.findShown(repository, tag);
      if (shown === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { detail: tag === undefined ? { digest } : { tag } });
      return shown;
    },
  };
}

/** Clients ask for tokens that are for no more than a request needs. A scanner looks at what is staged, as at what is blocked. */
export async function isInsider(caller: Caller, repository: RepositoryName): Promise<boolean> {
  return (await caller.mayOtherwise('push', repository)) || (await caller.mayOtherwise('review', repository)) || caller.may('pull:blocked', repository);
}

export type ReviewDecision = { readonly repository: RepositoryName; readonly digest: Digest; readonly state: 'approved' | 'refused'; readonly reason: string };

export type ReviewParts = FactParts & { readonly rows: { readonly gate: GateRows; readonly reviews: ReviewRows }; readonly clock: Clock };

/** Manifests that are decided at once (I6). */
const togetherMax = 500;

/** With an image go those that it holds and what is said of it. Throws DENIED, CONFLICT, MANIFEST_UNKNOWN. */
export async function decideReview(caller: Caller, decision: ReviewDecision, parts: ReviewParts): Promise<ImageReview> {
  const { repository, digest, state, reason } = decision;
  const { reviews } = parts.rows;
  const image = await reviews.find({ repository, digest });
  if (image === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { message: 'nobody has to review this image', detail: { digest } });
  if (image.state === state) throw new RegistryError('CONFLICT', { message: `it is ${state} already` });
  if (state === 'refused' && reason === '') throw new RegistryError('REQUEST_INVALID', { message: 'say why it is refused', detail: { field: 'reason' } });
  if (caller.principal.kind !== 'user' && caller.principal.kind !== 'operator')
    throw new RegistryError('DENIED', { message: 'a person has to decide about an image: robots and CI do not' });
  const together = await reviews.listTogether({ repository, digest }, togetherMax + 1);
  if (together.length > togetherMax)
    throw new RegistryError('CONFLICT', { message: `more than ${togetherMax} manifests hang together: decide about its parts first` });
  const meant = [image, ...together.filter((one) => one.digest !== digest && one.state === image.state)];
  if (state === 'approved') {
    if (meant.some(({ stagedBy }) => stagedBy === caller.name))
      throw new RegistryError('DENIED', { message: 'whoever has pushed an image cannot approve it: ask somebody else' });
    await requireChecks(repository, meant, parts);
  }
  await reviews.decide({
    repository,
    digests: meant.map((one) => one.digest),
    from: image.state,
    state,
    reason,
    at: parts.clock.now(),
    ...actorOf(caller),
  });
  const decided = await reviews.find({ repository, digest });
  if (decided === undefined) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { digest } });
  return decided;
}

/** Judged anew, and with what every level demands: the verdict that is written may be of a moment ago. */
async function requireChecks(repository: RepositoryName, images: readonly ImageReview[], parts: ReviewParts): Promise<void> {
  const { gate } = parts.rows;
  const levels = [...(await gate.policies.listLevels(repository)), { scope: { kind: 'repository', name: repository }, policy: {} } as const];
  const exceptions = await gate.exceptions.listFor(repository, parts.clock.now());
  const judging = createJudging(repository, { levels, exceptions }, { ...parts, rows: gate });
  for (const { digest } of images) {
    const judged = await judging.judge(digest);
    if (judged === undefined || judged.state === 'exempt') continue;
    const detail = { digest };
    if (judged.state === 'blocked') throw new RegistryError('CONFLICT', { message: `what is blocked cannot be approved: ${refusalText(judged)}`, detail });
    const found = await judging.find(digest);
    if (found?.parsed.kind === 'index') continue;
    const { state, problem } = await parts.checks.findingSummary(repository, digest);
    if (state === 'pending') throw new RegistryError('CONFLICT', { message: 'it is still being checked: decide in a moment', detail });
    if (state === 'failed') throw new RegistryError('CONFLICT', { message: `its check failed: ${problem ?? 'nobody knows why'}`, detail });
  }
}
