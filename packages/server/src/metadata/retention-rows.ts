import type { RepositoryName } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import type { RetentionPolicy } from '../retention/plan.ts';
import type { MetadataDatabase } from './database.ts';
import { requireRepository } from './held-repository.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import type { RetentionRows, StoredRetention } from './retention-port.ts';
import type { Tables } from './schema.ts';

export function retentionRows({ read, write }: MetadataDatabase): RetentionRows {
  return {
    async find(repository) {
      const row = await read.selectFrom('retention_policy').selectAll().where('repository', '=', repository).executeTakeFirst();
      return row && toRetention(row);
    },

    async list({ after = '', limit }) {
      // `after` need not be a name: it is only compared.
      const rows = await read
        .selectFrom('retention_policy')
        .selectAll()
        .where('repository', '>', after as RepositoryName)
        .orderBy('repository')
        .limit(limit)
        .execute();
      return rows.map(toRetention);
    },

    set: ({ repository, policy, ...change }) =>
      write(async (tx) => {
        await requireRepository(tx, repository);
        const row = { policy: JSON.stringify(policy), changed_at: change.at, changed_by: change.actor };
        await tx
          .insertInto('retention_policy')
          .values({ repository, ...row })
          .onConflict((conflict) => conflict.column('repository').doUpdateSet(row))
          .execute();
        await recordAudit(tx, [auditOf(change, 'retention.change', { namespace: namespaceOf(repository), repository, detail: { policy } })]);
      }),

    remove: ({ repository, ...change }) =>
      write(async (tx) => {
        const { numDeletedRows } = await tx.deleteFrom('retention_policy').where('repository', '=', repository).executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await recordAudit(tx, [auditOf(change, 'retention.delete', { namespace: namespaceOf(repository), repository })]);
        return true;
      }),
  };
}

function toRetention({ repository, policy, changed_at, changed_by }: Tables['retention_policy']): StoredRetention {
  return { repository, policy: JSON.parse(policy) as RetentionPolicy, changedAt: changed_at, changedBy: changed_by }; // `set` wrote it
}
