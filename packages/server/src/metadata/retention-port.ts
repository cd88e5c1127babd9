/** How long tags stay, as rows: one policy for a repository. `retention/plan.ts` says what it means. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { RetentionPolicy } from '../retention/plan.ts';
import type { Change, Page } from './port.ts';

export type StoredRetention = { readonly repository: RepositoryName; readonly policy: RetentionPolicy; readonly changedAt: number; readonly changedBy: string };

export interface RetentionRows {
  find(repository: RepositoryName): Promise<StoredRetention | undefined>;
  list(page: Page<string>): Promise<StoredRetention[]>;
  /** Throws NAME_UNKNOWN. */
  set(policy: { repository: RepositoryName; policy: RetentionPolicy } & Change): Promise<void>;
  /** False: there was none. */
  remove(policy: { repository: RepositoryName } & Change): Promise<boolean>;
}
