/** The tables of reviews, as Kysely knows them (`port.ts` says what they mean). */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { ReviewState } from './port.ts';

export type ReviewTables = {
  reviewed_repository: { repository: RepositoryName; since: number; required_by: string };
  /** An image without a row was there before reviews were, and is shown. */
  image_review: {
    repository: RepositoryName;
    digest: Digest;
    state: ReviewState;
    staged_at: number;
    staged_by: string;
    decided_at: number | null;
    decided_by: string | null;
    reason: string;
  };
  /** What a tag is for others while it points at what is not approved. */
  shown_tag: { repository: RepositoryName; tag: Tag; digest: Digest };
};
