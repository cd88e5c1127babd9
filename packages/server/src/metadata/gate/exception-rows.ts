import { RegistryError } from '@naru/oci/registry-error';
import type { Selectable } from 'kysely';
import type { GateScope } from '../../gate/policy.ts';
import type { ExceptionTarget } from '../../gate/judge.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import { auditOf } from '../identity/audit-of.ts';
import { recordAudit } from '../identity/audit-rows.ts';
import { enqueueJobs } from '../job-rows.ts';
import { requireScope } from './policy-rows.ts';
import { exceptionsMax, type GateExceptionRows, type StoredException } from './port.ts';
import { auditPlace, scopesOf, toColumns, toScope } from './scope-columns.ts';
import type { GateTables } from './tables.ts';

export function gateExceptionRows({ read, write }: MetadataDatabase): GateExceptionRows {
  return {
    list: (scope, limit) => listIn(read, scope, 0, limit),

    async listFor(repository, now) {
      const found: StoredException[] = [];
      for (const scope of scopesOf(repository)) found.push(...(await listIn(read, scope, now + 1, exceptionsMax)));
      return found;
    },

    create: ({ id, scope, target, endsAt, reason, owner, jobs, ...change }) =>
      write(async (tx) => {
        await requireScope(tx, scope);
        if ((await listIn(tx, scope, 0, exceptionsMax)).length >= exceptionsMax)
          throw new RegistryError('CONFLICT', { message: `there are ${exceptionsMax} exceptions already: take some away` });
        const columns = toColumns(scope);
        await tx
          .insertInto('gate_exception')
          .values({ id, ...columns, target: JSON.stringify(target), reason, owner, ends_at: endsAt, created_at: change.at, created_by: change.actor })
          .execute();
        await enqueueJobs(tx, jobs, change.at);
        await recordAudit(tx, [auditOf(change, 'policy.exception', { ...auditPlace(scope), detail: { id, ...target, reason, owner, endsAt } })]);
      }),

    remove: ({ scope, id, jobs, ...change }) =>
      write(async (tx) => {
        const { scope_kind, scope_name } = toColumns(scope);
        const { numDeletedRows } = await tx
          .deleteFrom('gate_exception')
          .where('id', '=', id)
          .where('scope_kind', '=', scope_kind)
          .where('scope_name', '=', scope_name)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await enqueueJobs(tx, jobs, change.at);
        await recordAudit(tx, [auditOf(change, 'policy.exception.delete', { ...auditPlace(scope), detail: { id } })]);
        return true;
      }),
  };
}

async function listIn(db: Reader, scope: GateScope, endsFrom: number, limit: number): Promise<StoredException[]> {
  const { scope_kind, scope_name } = toColumns(scope);
  const rows = await db
    .selectFrom('gate_exception')
    .selectAll()
    .where('scope_kind', '=', scope_kind)
    .where('scope_name', '=', scope_name)
    .where('ends_at', '>=', endsFrom)
    .orderBy('ends_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toException);
}

function toException(row: Selectable<GateTables['gate_exception']>): StoredException {
  const { id, target, reason, owner, ends_at: endsAt, created_at: createdAt, created_by: createdBy } = row;
  return { id, scope: toScope(row), target: JSON.parse(target) as ExceptionTarget, reason, owner, endsAt, createdAt, createdBy }; // `create` wrote it
}
