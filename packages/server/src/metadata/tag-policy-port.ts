/** What repositories ask of their tags, as rows: one document for each. `tag-rules/policy.ts` says what it means. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { TagPolicy } from '../tag-rules/policy.ts';
import type { Change } from './port.ts';

export type StoredTagPolicy = { readonly policy: TagPolicy; readonly changedAt: number; readonly changedBy: string };

export interface TagPolicyRows {
  find(repository: RepositoryName): Promise<StoredTagPolicy | undefined>;
  /** For every pull: from memory while nothing was committed. */
  findHot(repository: RepositoryName): Promise<TagPolicy | undefined>;
  /**
   * Makes the policy of what it is now; `edit` may be called again. Its aliases are placed in the same
   * transaction, with their history and events. Throws NAME_UNKNOWN, and what `edit` throws.
   */
  edit(policy: { repository: RepositoryName; edit: (now: TagPolicy) => TagPolicy } & Change): Promise<TagPolicy>;
  /** What it kept stays where it is. False: there was none. */
  remove(policy: { repository: RepositoryName } & Change): Promise<boolean>;
}
