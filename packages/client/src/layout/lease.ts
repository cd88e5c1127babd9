/**
 * Leases keep content from being deleted between the moment somebody relies on it and the moment an
 * image needs it. One belongs to a process and ends with it, or after a day where nobody can tell.
 */
import type { Digest } from '@naru/oci/digest';
import { currentOwner, isRunning } from './process-owner.ts';
import { StoreError } from './store-error.ts';
import type { StoreParts } from './store-parts.ts';

export type Lease = Disposable & {
  readonly id: number;
  /** To be asked before looking whether the content is there: afterwards it stays. */
  protect(digests: Iterable<Digest>): void;
};

const leaseMs = 24 * 3600 * 1000;

export function openLease({ rows, clock }: StoreParts): Lease {
  const id = rows.transaction(() => {
    rows.run('insert into lease (owner, expires_at) values (?, ?)', currentOwner(), clock.now() + leaseMs);
    return rows.all<{ id: number }>('select last_insert_rowid() as id')[0]?.id ?? 0;
  });
  return {
    id,
    protect: (digests) =>
      rows.transaction(() => {
        for (const digest of digests) rows.run('insert or ignore into lease_content (lease, digest) values (?, ?)', id, digest);
      }),
    [Symbol.dispose]() {
      try {
        rows.transaction(() => endLease({ rows }, id));
      } catch (error) {
        // It ends with the process at the latest, and what went wrong before is what there is to tell.
        if (!(error instanceof StoreError)) throw error;
      }
    },
  };
}

/** Inside a transaction: the leases of processes that are gone end. */
export function endDeadLeases({ rows, clock }: StoreParts): void {
  for (const { id, owner, expires_at } of rows.all<{ id: number; owner: string; expires_at: number }>('select id, owner, expires_at from lease')) {
    if (expires_at <= clock.now() || !isRunning(owner)) endLease({ rows }, id);
  }
}

/** What it held is looked at again by the next sweep. */
function endLease({ rows }: Pick<StoreParts, 'rows'>, id: number): void {
  rows.run('insert or ignore into garbage (digest) select digest from lease_content where lease = ?', id);
  rows.run('delete from lease where id = ?', id);
}
