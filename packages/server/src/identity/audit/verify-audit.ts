/** The audit as a whole: is its chain of hashes sound? */
import { chainStart, hashOf } from '../../metadata/identity/audit-rows.ts';
import type { AuditRows } from '../../metadata/identity/port.ts';

export type AuditVerdict = {
  readonly entries: number;
  /** The hash of the last entry. */ readonly last: string;
  readonly broken?: { readonly id: number; readonly why: string };
};

const pageSize = 1000;

export async function verifyAudit(rows: Pick<AuditRows, 'read'>): Promise<AuditVerdict> {
  let last: string | undefined;
  let after = 0;
  let entries = 0;
  for (;;) {
    const page = await rows.read({ after, limit: pageSize });
    for (const { id, previous, hash, text } of page) {
      const why =
        hashOf(text) !== hash
          ? 'the entry is not what was hashed'
          : last !== undefined && previous !== last
            ? 'an entry before it is missing or was changed'
            : undefined;
      if (why !== undefined) return { entries, last: last ?? chainStart, broken: { id, why } };
      last = hash;
      after = id;
      entries++;
    }
    if (page.length < pageSize) return { entries, last: last ?? chainStart };
  }
}
