import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { joinActions, splitActions } from './action-list.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import { type GrantRows, grantsPerSubjectMax, type StoredGrant, type WrittenConditions } from './port.ts';

export function grantRows({ read, write }: MetadataDatabase): GrantRows {
  return {
    create: ({ id, namespace, subject, effect, actions, pattern, conditions, ...change }) =>
      write(async (tx) => {
        const { count } = await tx
          .selectFrom('access_grant')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('namespace', '=', namespace)
          .where('subject_kind', '=', subject.kind)
          .where('subject_id', '=', subject.id)
          .executeTakeFirstOrThrow();
        if (count >= grantsPerSubjectMax) {
          throw new RegistryError('CONFLICT', { message: `at most ${grantsPerSubjectMax} grants for one subject in a namespace: use patterns, or a team` });
        }
        await tx
          .insertInto('access_grant')
          .values({
            id,
            namespace,
            subject_kind: subject.kind,
            subject_id: subject.id,
            effect,
            actions: joinActions(actions),
            pattern,
            conditions: JSON.stringify(conditions),
            created_at: change.at,
            created_by: change.actor,
          })
          .execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'grant.create', { namespace, detail: { subject, effect, actions, pattern, conditions } })]);
      }),

    async list(namespace, { after = '', limit }) {
      const rows = await read
        .selectFrom('access_grant')
        .selectAll()
        .where('namespace', '=', namespace)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toGrant);
    },

    remove: ({ namespace, id, ...change }) =>
      write(async (tx) => {
        const grant = await tx.selectFrom('access_grant').selectAll().where('id', '=', id).where('namespace', '=', namespace).executeTakeFirst();
        if (grant === undefined) return false;
        await tx.deleteFrom('access_grant').where('id', '=', id).execute();
        await touchAccess(tx);
        const { subject, effect, actions, pattern } = toGrant(grant);
        await recordAudit(tx, [auditOf(change, 'grant.delete', { namespace, detail: { subject, effect, actions, pattern } })]);
        return true;
      }),
  };
}

export function toGrant(row: Tables['access_grant']): StoredGrant {
  return {
    id: row.id,
    namespace: row.namespace,
    subject: { kind: row.subject_kind, id: row.subject_id },
    effect: row.effect,
    actions: splitActions(row.actions),
    pattern: row.pattern,
    conditions: JSON.parse(row.conditions) as WrittenConditions, // `create` wrote it
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
