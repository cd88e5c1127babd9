import { namespaceOf } from '../../access/namespace.ts';
import { RegistryError } from '@naru/oci/registry-error';
import { recordAudit } from '../identity/audit-rows.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import { type FindingRule, type FindingRuleRows, findingRulesMax, type FindingScope } from '../finding-port.ts';
import { enqueueJobs } from '../job-rows.ts';
import type { AdvisoryTables } from './tables.ts';
import type { Selectable } from 'kysely';

export function findingRuleRows({ read, write }: MetadataDatabase): FindingRuleRows {
  return {
    async record(rules, jobs) {
      await write(async (tx) => {
        for (const { scope, expiresAt = null, createdAt, createdBy, ...rule } of rules) {
          await tx
            .insertInto('finding_rule')
            .values({ ...rule, scope: scope.kind, scope_name: nameOf(scope), expires_at: expiresAt, created_at: createdAt, created_by: createdBy })
            .execute();
          await recordAudit(tx, [{ at: createdAt, action: 'finding-rule.created', actor: createdBy, ...placeOf(scope), detail: { ...rule, expiresAt } }]);
        }
        for (const scope of new Map(rules.map((rule) => [`${rule.scope.kind} ${nameOf(rule.scope)}`, rule.scope])).values()) await refuseTooMany(tx, scope);
        await enqueueJobs(tx, jobs, rules[0]?.createdAt ?? 0);
      });
    },

    async find(id) {
      const row = await read.selectFrom('finding_rule').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRule(row);
    },

    async remove({ id, jobs, at, actor }) {
      return write(async (tx) => {
        const row = await tx.deleteFrom('finding_rule').where('id', '=', id).returningAll().executeTakeFirst();
        if (row === undefined) return false;
        const { scope, vulnerability } = toRule(row);
        await recordAudit(tx, [{ at, action: 'finding-rule.deleted', actor, ...placeOf(scope), detail: { id, vulnerability, package: row.package } }]);
        await enqueueJobs(tx, jobs, at);
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
        .limit(3 * findingRulesMax)
        .execute();
      return rows.map(toRule).toSorted((one, other) => scopeWidths[one.scope.kind] - scopeWidths[other.scope.kind]);
    },
  };
}

const scopeWidths = { server: 0, namespace: 1, repository: 2 } as const;

async function refuseTooMany(tx: Reader, scope: FindingScope): Promise<void> {
  const { count } = await tx
    .selectFrom('finding_rule')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('scope', '=', scope.kind)
    .where('scope_name', '=', nameOf(scope))
    .executeTakeFirstOrThrow();
  if (count > findingRulesMax) throw new RegistryError('CONFLICT', { message: `no more than ${findingRulesMax} rules are kept in one place: take some away` });
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
