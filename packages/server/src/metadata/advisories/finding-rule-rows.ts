import { namespaceOf } from '../../access/namespace.ts';
import { recordAudit } from '../identity/audit-rows.ts';
import type { MetadataDatabase } from '../database.ts';
import type { FindingRule, FindingRuleRows, FindingScope } from '../finding-port.ts';
import type { AdvisoryTables } from './tables.ts';
import type { Selectable } from 'kysely';

/** Of one repository with all above it (I6). */
const rulesMax = 10_000;

export function findingRuleRows({ read, write }: MetadataDatabase): FindingRuleRows {
  return {
    async record({ scope, expiresAt = null, createdAt, createdBy, ...rule }) {
      await write(async (tx) => {
        await tx
          .insertInto('finding_rule')
          .values({ ...rule, scope: scope.kind, scope_name: nameOf(scope), expires_at: expiresAt, created_at: createdAt, created_by: createdBy })
          .execute();
        await recordAudit(tx, [{ at: createdAt, action: 'finding-rule.created', actor: createdBy, ...placeOf(scope), detail: { ...rule, expiresAt } }]);
      });
    },

    async find(id) {
      const row = await read.selectFrom('finding_rule').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRule(row);
    },

    async remove(id, { at, actor }) {
      return write(async (tx) => {
        const row = await tx.deleteFrom('finding_rule').where('id', '=', id).returningAll().executeTakeFirst();
        if (row === undefined) return false;
        const { scope, vulnerability } = toRule(row);
        await recordAudit(tx, [{ at, action: 'finding-rule.deleted', actor, ...placeOf(scope), detail: { id, vulnerability, package: row.package } }]);
        return true;
      });
    },

    async list(scope, { after = '', limit }) {
      const rows = await read
        .selectFrom('finding_rule')
        .selectAll()
        .where('scope', '=', scope.kind)
        .where('scope_name', '=', nameOf(scope))
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toRule);
    },

    async listFor(repository, at) {
      const rows = await read
        .selectFrom('finding_rule')
        .selectAll()
        .where((eb) =>
          eb.or([
            eb.and([eb('scope', '=', 'server'), eb('scope_name', '=', '')]),
            ...(repository === undefined
              ? []
              : [
                  eb.and([eb('scope', '=', 'namespace'), eb('scope_name', '=', namespaceOf(repository))]),
                  eb.and([eb('scope', '=', 'repository'), eb('scope_name', '=', repository)]),
                ]),
          ]),
        )
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
        .orderBy('id')
        .limit(rulesMax)
        .execute();
      return rows.map(toRule);
    },
  };
}

type Row = Selectable<AdvisoryTables['finding_rule']>;

function toRule({ scope, scope_name: name, expires_at, created_at, created_by, ...row }: Row): FindingRule {
  return {
    ...row,
    scope: (scope === 'server' ? { kind: scope } : { kind: scope, name }) as FindingScope, // record wrote it of one
    ...(expires_at !== null && { expiresAt: expires_at }),
    createdAt: created_at,
    createdBy: created_by,
  };
}

const nameOf = (scope: FindingScope): string => (scope.kind === 'server' ? '' : scope.name);

function placeOf(scope: FindingScope) {
  if (scope.kind === 'server') return {};
  return scope.kind === 'namespace' ? { namespace: scope.name } : { repository: scope.name };
}
