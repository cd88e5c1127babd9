/** How much namespaces hold, and how much they may. Bytes of blobs, each counted once in a namespace. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Change, Page } from './port.ts';

/** `namespace` '' is that of the names of one part. `maxBytes` is absent where there is no limit; `isOwn`: not the server's for all. */
export type Usage = { readonly namespace: string; readonly bytes: number; readonly repositories: number; readonly maxBytes?: number; readonly isOwn: boolean };

export interface UsageRows {
  /** Of what holds nothing and has no limit of its own, too. */
  find(namespace: string): Promise<Usage>;
  /** In order of their names; those that hold something or have a limit of their own. */
  list(page: Page<string>): Promise<Usage[]>;
  /** Undefined: as much as it likes. */
  setQuota(quota: { namespace: string; maxBytes: number | undefined } & Change): Promise<void>;
  /** As the server says for all again. False when it had none of its own. */
  removeQuota(quota: { namespace: string } & Change): Promise<boolean>;
  /**
   * Before bytes are kept: what a repository has no room for. Throws QUOTA_EXCEEDED, and reports it once
   * (`quota.reached`) until there was room again. Rows ask again in the transaction that links the blob.
   */
  requireRoom(blob: { repository: RepositoryName; digest: Digest; sizeBytes: number } & Change): Promise<void>;
}

/** Where a namespace comes near to its limit, `quota.near` is told once. */
export const nearShare = 0.9;

/** `day`: of UTC, counted from the epoch. */
export type UsageDay = { readonly day: number; readonly bytes: number };

/** Stands for all namespaces together, each blob once: no namespace can be called so. */
export const wholeServer = '*';

/** How much was held on each day, as it was when the day was looked at last. */
export interface UsageDayRows {
  /** What the namespaces of a page hold now, as that of the day. Gives where the next page begins; undefined: that was all. */
  record(day: number, page: Page<string>): Promise<string | undefined>;
  recordWhole(day: number): Promise<void>;
  /** In order of days: the first day that is known, and each on which it was another amount. */
  list(namespace: string, days: { from: number; to: number }): Promise<UsageDay[]>;
  /** Forgets what was before a day, as far as it does not say how much it was on that day; returns how many. */
  prune(before: number, limit: number): Promise<number>;
}
