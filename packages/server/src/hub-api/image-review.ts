/** What became of the review of an image, on the image itself. Who pushed and who decided, and why, is between them. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { isInsider } from '../gate/reviews.ts';
import { reviewStates } from '../metadata/reviews/port.ts';
import type { ApiCall } from './route.ts';
import { time } from './schemas.ts';

/** Absent of what was there before reviews were. */
export const imageReview = z.object({
  state: z.enum(reviewStates),
  /** When it was pushed, or decided about. */
  at: time,
  stagedBy: z.string().optional(),
  decidedBy: z.string().optional(),
  reason: z.string().optional(),
});

export async function describeReview(
  repository: RepositoryName,
  digest: Digest,
  { caller, parts: { rows } }: Pick<ApiCall, 'caller' | 'parts'>,
): Promise<z.input<typeof imageReview> | undefined> {
  if (!(await rows.reviews.hot.isReviewed(repository))) return undefined;
  const found = await rows.reviews.find({ repository, digest });
  if (found === undefined) return undefined;
  const { state, stagedAt, stagedBy, decidedAt, decidedBy, reason } = found;
  const everybodys = { state, at: decidedAt ?? stagedAt };
  if (!(await isInsider(caller, repository))) return everybodys;
  return { ...everybodys, stagedBy, ...(decidedBy !== undefined && { decidedBy }), ...(reason !== '' && { reason }) };
}
