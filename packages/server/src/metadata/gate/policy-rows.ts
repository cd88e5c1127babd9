import type { RepositoryName } from '@naru/oci/repository-name';
import type { GatePolicy, GateScope } from '../../gate/policy.ts';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import { requireRepository } from '../held-repository.ts';
import { auditOf } from '../identity/audit-of.ts';
import { recordAudit } from '../identity/audit-rows.ts';
import { enqueueJobs } from '../job-rows.ts';
import type { GatePolicyRows, StoredGatePolicy } from './port.ts';
import { auditPlace, scopesOf, toColumns, toScope } from './scope-columns.ts';

export function gatePolicyRows({ read, write }: MetadataDatabase): GatePolicyRows {
  return {
    find: (scope) => findPolicy(read, scope),

    async list({ after, limit }) {
      const begin = after === undefined ? { scope_kind: '', scope_name: '' } : toColumns(after);
      const rows = await read
        .selectFrom('gate_policy')
        .selectAll()
        .where((eb) => eb(eb.refTuple('scope_kind', 'scope_name'), '>', eb.tuple(begin.scope_kind as GateScope['kind'], begin.scope_name))) // '' comes before all
        .orderBy('scope_kind')
        .orderBy('scope_name')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ scope: toScope(row), policy: JSON.parse(row.policy) as GatePolicy })); // `set` wrote it
    },

    async listLevels(repository) {
      const scopes = scopesOf(repository);
      const rows = await read
        .selectFrom('gate_policy')
        .selectAll()
        .where((eb) => eb.or(scopes.map((scope) => eb.and(toColumns(scope)))))
        .execute();
      return scopes.flatMap((scope) => {
        const row = rows.find(({ scope_kind }) => scope_kind === scope.kind);
        return row === undefined ? [] : [{ scope, policy: JSON.parse(row.policy) as GatePolicy }]; // `set` wrote it
      });
    },

    set: ({ scope, policy, jobs, ...change }) =>
      write(async (tx) => {
        await requireScope(tx, scope);
        const row = { policy: JSON.stringify(policy), changed_at: change.at, changed_by: change.actor };
        await tx
          .insertInto('gate_policy')
          .values({ ...toColumns(scope), ...row })
          .onConflict((conflict) => conflict.columns(['scope_kind', 'scope_name']).doUpdateSet(row))
          .execute();
        await enqueueJobs(tx, jobs, change.at);
        await recordAudit(tx, [auditOf(change, 'policy.change', { ...auditPlace(scope), detail: { policy } })]);
      }),

    remove: ({ scope, jobs, ...change }) =>
      write(async (tx) => {
        const { scope_kind, scope_name } = toColumns(scope);
        const { numDeletedRows } = await tx
          .deleteFrom('gate_policy')
          .where('scope_kind', '=', scope_kind)
          .where('scope_name', '=', scope_name)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await enqueueJobs(tx, jobs, change.at);
        await recordAudit(tx, [auditOf(change, 'policy.delete', auditPlace(scope))]);
        return true;
      }),
  };
}

/** Throws NAME_UNKNOWN. */
export async function requireScope(tx: Writer, scope: GateScope): Promise<void> {
  if (scope.kind === 'repository') await requireRepository(tx, scope.name as RepositoryName); // only compared
}

async function findPolicy(db: Reader, scope: GateScope): Promise<StoredGatePolicy | undefined> {
  const { scope_kind, scope_name } = toColumns(scope);
  const row = await db.selectFrom('gate_policy').selectAll().where('scope_kind', '=', scope_kind).where('scope_name', '=', scope_name).executeTakeFirst();
  return row && { policy: JSON.parse(row.policy) as GatePolicy, changedAt: row.changed_at, changedBy: row.changed_by }; // `set` wrote it
}
