/** Reviews: which repositories have them, what waits for a decision, and the decision. */
import { isDigest } from '@naru/oci/digest';
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { decideReview, isInsider } from '../gate/reviews.ts';
import { describeJob } from '../hub/describe-repository.ts';
import { type ImageReview, type ReviewKey, reviewStates } from '../metadata/reviews/port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { resolveImage } from './image-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { digest, line, listOf, page, tag, time } from './schemas.ts';

const requirement = z.object({ required: z.boolean(), since: time.optional(), by: z.string().optional() });
const review = z.object({
  repository: z.string(),
  digest,
  state: z.enum(reviewStates),
  tags: z.array(tag),
  stagedAt: time,
  stagedBy: z.string(),
  decidedAt: time.optional(),
  decidedBy: z.string().optional(),
  reason: z.string(),
});
const query = page.extend({ state: z.enum(reviewStates).default('staged') });
const decisions = { approve: 'approved', refuse: 'refused' } as const;

/** Tags that are named on one image. */
const tagsMax = 20;
/** Images that one request looks at for those that its caller reviews (I6). */
const lookedAtMax = 1000;

export const reviewRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getReviewRequirement',
    method: 'GET',
    path: '/repositories/{repository}/-/review',
    summary: 'Get whether what is pushed to a repository is shown to others only when a person has approved it',
    access: 'pull',
    response: requirement,
    edited: ['required'],
    async handle({ repository, parts: { rows } }) {
      return { value: await showRequirement(required(repository), rows) };
    },
  }),
  route({
    operation: 'setReviewRequirement',
    method: 'PUT',
    path: '/repositories/{repository}/-/review',
    summary:
      'Begin or end the reviews of a repository. What is there when they begin is approved; when they end, everything is shown. An official repository has them always',
    access: 'manage',
    edits: { record: 'getReviewRequirement', audit: ['reviews.required', 'reviews.ended'] },
    body: z.object({ required: z.boolean() }),
    response: requirement,
    async handle({ repository, body, caller, parts: { rows, clock } }) {
      const name = required(repository);
      const at = clock.now();
      await rows.reviews.setRequirement({ repository: name, required: body.required, at, ...actorOf(caller) });
      await rows.jobs.enqueue([describeJob(name, at)], at);
      return { value: await showRequirement(name, rows) };
    },
  }),
  route({
    operation: 'listRepositoryReviews',
    method: 'GET',
    path: '/repositories/{repository}/-/reviews',
    summary: 'List images of a repository by the state of their review: none for whoever may neither push nor review',
    access: 'pull',
    query,
    response: listOf(review),
    async handle({ repository, query: asked, caller, parts: { rows } }) {
      const name = required(repository);
      if (!(await isInsider(caller, name))) return { value: { items: [] } };
      const found = await rows.reviews.list({ state: asked.state, repository: name, ...readPage(asked) });
      return { value: await toPageOf(found, found.length === asked.limit, rows) };
    },
  }),
  route({
    operation: 'listReviews',
    method: 'GET',
    path: '/reviews',
    summary: 'List images of all repositories that the caller reviews, by the state of their review',
    access: 'account',
    query,
    response: listOf(review),
    async handle({ query: asked, caller, parts: { rows } }) {
      const { after, limit } = readPage(asked);
      const looked = await rows.reviews.list({ state: asked.state, limit: lookedAtMax, ...(after && { after }) });
      const may = new Map<RepositoryName, boolean>();
      const mine: ImageReview[] = [];
      for (const one of looked) {
        if (!may.has(one.repository)) may.set(one.repository, await caller.may('review', one.repository));
        if (may.get(one.repository) === true) mine.push(one);
        if (mine.length === limit) break;
      }
      const last = mine.length === limit ? mine.at(-1) : looked.length === lookedAtMax ? looked.at(-1) : undefined;
      return { value: { items: await describe(mine, rows), ...(last && { next: keyOf(last) }) } };
    },
  }),
  route({
    operation: 'decideReview',
    method: 'POST',
    path: '/repositories/{repository}/-/images/{reference}/review',
    summary:
      'Approve an image that is staged, with what it holds and what is said of it, or refuse it (needs review; of an official repository, that of the whole server). Nobody approves what is theirs, what is not checked, or what a policy blocks',
    access: 'review',
    body: z.object({ decision: z.enum(['approve', 'refuse']), reason: line.default('') }),
    response: review,
    async handle(call) {
      const { repository, params, body, caller, parts } = call;
      const name = required(repository);
      await requireReviewer(caller, name, parts.rows);
      const found = await resolveImage(name, params['reference'] ?? '', call);
      const decision = { repository: name, digest: found, state: decisions[body.decision], reason: body.reason };
      const decided = await decideReview(caller, decision, { ...parts.facts, rows: parts.rows, clock: parts.clock });
      return { value: (await describe([decided], parts.rows))[0] };
    },
  }),
];

/** A namespace's grants are its owner's: they make nobody a reviewer of what the server stands for. */
async function requireReviewer(caller: Caller, name: RepositoryName, { reviews }: Pick<MetadataStore, 'reviews'>): Promise<void> {
  if ((await reviews.findRequirement(name))?.isOfficial !== true || (await caller.mayInNamespace('review', ''))) return;
  throw new RegistryError('DENIED', { message: 'images of an official repository are decided about by reviewers of the whole server' });
}

async function showRequirement(name: RepositoryName, rows: Pick<MetadataStore, 'reviews'>): Promise<z.input<typeof requirement>> {
  const found = await rows.reviews.findRequirement(name);
  return { required: found !== undefined, ...(found && { since: found.since, by: found.by }) };
}

async function toPageOf(found: readonly ImageReview[], isFull: boolean, rows: Pick<MetadataStore, 'tags'>) {
  const last = isFull ? found.at(-1) : undefined;
  return { items: await describe(found, rows), ...(last && { next: keyOf(last) }) };
}

async function describe(found: readonly ImageReview[], { tags }: Pick<MetadataStore, 'tags'>): Promise<z.input<typeof review>[]> {
  const shown = [];
  for (const one of found) shown.push({ ...one, tags: await tags.listOn(one.repository, one.digest, tagsMax) });
  return shown;
}

function keyOf({ repository, digest: of }: ReviewKey): string {
  return `${repository}@${of}`;
}

function readPage({ after, limit }: z.output<typeof page>): { after?: ReviewKey; limit: number } {
  if (after === undefined) return { limit };
  const at = after.lastIndexOf('@');
  const [name, of] = [after.slice(0, at), after.slice(at + 1)];
  if (!isRepositoryName(name) || !isDigest(of))
    throw new RegistryError('REQUEST_INVALID', { message: 'after is not what a page gave as next', detail: { field: 'after' } });
  return { after: { repository: name, digest: of }, limit };
}
