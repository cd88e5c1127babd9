import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase, Writer } from '../database.ts';
import type { Change } from '../port.ts';
import { touchAccess } from './access-version.ts';
import { getAccount, removeSubject } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import type { TeamRows } from './port.ts';

export function teamRows({ read, write }: MetadataDatabase): TeamRows {
  const teams = read.selectFrom('team').select(['id', 'organisation_id as organisationId', 'name', 'description']);
  return {
    create: ({ id, organisationId, name, description, ...change }) =>
      write(async (tx) => {
        const taken = await tx.selectFrom('team').select('id').where('organisation_id', '=', organisationId).where('name', '=', name).executeTakeFirst();
        if (taken !== undefined) throw new RegistryError('NAME_TAKEN', { detail: { name } });
        await tx.insertInto('team').values({ id, organisation_id: organisationId, name, description }).execute();
        await record(tx, id, change, 'team.create');
      }),

    get: (id) => teams.where('id', '=', id).executeTakeFirst(),

    find: (organisationId, name) => teams.where('organisation_id', '=', organisationId).where('name', '=', name).executeTakeFirst(),

    list: (organisationId, { after = '', limit }) =>
      teams.where('organisation_id', '=', organisationId).where('name', '>', after).orderBy('name').limit(limit).execute(),

    listMembers: (id, { after = '', limit }) =>
      read
        .selectFrom('team_member')
        .innerJoin('account', 'account.id', 'team_member.user_id')
        .select(['team_member.user_id as userId', 'account.name'])
        .where('team_member.team_id', '=', id)
        .where('team_member.user_id', '>', after)
        .orderBy('team_member.user_id')
        .limit(limit)
        .execute(),

    addMember: ({ id, userId, ...change }) =>
      write(async (tx) => {
        const member = await tx
          .selectFrom('team')
          .innerJoin('membership', 'membership.organisation_id', 'team.organisation_id')
          .select('membership.user_id')
          .where('team.id', '=', id)
          .where('membership.user_id', '=', userId)
          .executeTakeFirst();
        if (member === undefined) throw new RegistryError('ACCOUNT_UNKNOWN', { message: 'only members of the organisation can be in its teams' });
        await tx
          .insertInto('team_member')
          .values({ team_id: id, user_id: userId })
          .onConflict((conflict) => conflict.columns(['team_id', 'user_id']).doNothing())
          .execute();
        await record(tx, id, change, 'team.member.add', { user: (await getAccount(tx, userId)).name });
      }),

    removeMember: ({ id, userId, ...change }) =>
      write(async (tx) => {
        const { name: user } = await getAccount(tx, userId);
        await tx.deleteFrom('team_member').where('team_id', '=', id).where('user_id', '=', userId).execute();
        await record(tx, id, change, 'team.member.remove', { user });
      }),

    remove: ({ id, ...change }) =>
      write(async (tx) => {
        await record(tx, id, change, 'team.delete');
        await tx.deleteFrom('team_member').where('team_id', '=', id).execute();
        await tx.deleteFrom('external_membership').where('target', '=', `team:${id}`).execute();
        await removeSubject(tx, 'team', id);
        await tx.deleteFrom('team').where('id', '=', id).execute();
      }),
  };
}

async function record(tx: Writer, id: string, change: Change, action: string, detail: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const team = await tx
    .selectFrom('team')
    .innerJoin('account', 'account.id', 'team.organisation_id')
    .select(['team.name', 'account.name as namespace'])
    .where('team.id', '=', id)
    .executeTakeFirst();
  if (team === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
  await touchAccess(tx);
  await recordAudit(tx, [auditOf(change, action, { namespace: team.namespace, detail: { team: team.name, ...detail } })]);
}
