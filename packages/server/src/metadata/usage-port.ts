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
