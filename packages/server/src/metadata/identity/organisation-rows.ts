import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase, Writer } from '../database.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { createAccount, getAccount, removeSubject } from './account-row.ts';
import { joinActions, splitActions } from './action-list.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import type { Organisation, OrganisationRows } from './port.ts';
import { refuseLastOwner } from './user-rows.ts';

export function organisationRows({ read, write }: MetadataDatabase): OrganisationRows {
  const members = read
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.user_id')
    .innerJoin('user', 'user.id', 'membership.user_id')
    .select(['membership.user_id as userId', 'account.name', 'user.full_name as fullName', 'membership.role', 'membership.since']);

  return {
    create: ({ id, name, fullName, memberActions, ownerId, ...change }) =>
      write(async (tx) => {
        await createAccount(tx, { id, name, kind: 'organisation' }, change);
        await tx
          .insertInto('organisation')
          .values({ id, full_name: fullName, member_actions: joinActions(memberActions) })
          .execute();
        await tx.insertInto('membership').values({ organisation_id: id, user_id: ownerId, role: 'owner', since: change.at }).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'organisation.create', { namespace: name })]);
      }),

    async get(id) {
      const row = await read
        .selectFrom('organisation')
        .innerJoin('account', 'account.id', 'organisation.id')
        .selectAll('organisation')
        .select('account.name')
        .where('organisation.id', '=', id)
        .executeTakeFirst();
      return row && toOrganisation(row);
    },

    change: ({ id, fullName, memberActions, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, id);
        const columns = { ...(fullName !== undefined && { full_name: fullName }), ...(memberActions && { member_actions: joinActions(memberActions) }) };
        if (Object.keys(columns).length > 0) await tx.updateTable('organisation').set(columns).where('id', '=', id).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'organisation.change', { namespace: name, detail: { fullName, memberActions } })]);
      }),

    async listOf(userId) {
      const rows = await read
        .selectFrom('membership')
        .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
        .innerJoin('account', 'account.id', 'organisation.id')
        .selectAll('organisation')
        .select(['account.name', 'membership.role'])
        .where('membership.user_id', '=', userId)
        .execute();
      return rows.map((row) => ({ ...toOrganisation(row), role: row.role })).sort((one, other) => (one.name < other.name ? -1 : 1));
    },

    // In the order of the key, which is the order of the members' ids.
    listMembers: (id, { after = '', limit }) =>
      members.where('membership.organisation_id', '=', id).where('membership.user_id', '>', after).orderBy('membership.user_id').limit(limit).execute(),

    findMember: (id, userId) => members.where('membership.organisation_id', '=', id).where('membership.user_id', '=', userId).executeTakeFirst(),

    setMember: ({ id, userId, role, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, id);
        const user = await getAccount(tx, userId);
        if (role !== 'owner') await refuseLastOwner(tx, id, userId);
        await setMembership(tx, { organisation_id: id, user_id: userId, role, since: change.at });
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'organisation.member.set', { namespace: name, detail: { user: user.name, role } })]);
      }),

    removeMember: ({ id, userId, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, id);
        const user = await getAccount(tx, userId);
        await refuseLastOwner(tx, id, userId);
        if (!(await removeMembership(tx, { id, name }, userId))) throw new RegistryError('ACCOUNT_UNKNOWN');
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'organisation.member.remove', { namespace: name, detail: { user: user.name } })]);
      }),
  };
}

/** Whoever is a member already keeps the day. */
export async function setMembership(tx: Writer, membership: Tables['membership']): Promise<void> {
  await tx
    .insertInto('membership')
    .values(membership)
    .onConflict((conflict) => conflict.columns(['organisation_id', 'user_id']).doUpdateSet({ role: membership.role }))
    .execute();
}

/** With the places in its teams and the user's own grants. False when there is none. */
export async function removeMembership(tx: Writer, { id, name }: { id: string; name: string }, userId: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('membership').where('organisation_id', '=', id).where('user_id', '=', userId).executeTakeFirst();
  const teams = await tx.selectFrom('team').select('id').where('organisation_id', '=', id).execute();
  for (const team of teams) await tx.deleteFrom('team_member').where('user_id', '=', userId).where('team_id', '=', team.id).execute();
  await tx.deleteFrom('access_grant').where('namespace', '=', name).where('subject_kind', '=', 'user').where('subject_id', '=', userId).execute();
  return numDeletedRows > 0n;
}

export async function removeOrganisation(tx: Writer, id: string): Promise<void> {
  const teams = await tx.selectFrom('team').select('id').where('organisation_id', '=', id).execute();
  for (const team of teams) {
    await tx.deleteFrom('team_member').where('team_id', '=', team.id).execute();
    await tx.deleteFrom('external_membership').where('target', '=', `team:${team.id}`).execute();
    await removeSubject(tx, 'team', team.id);
  }
  await tx.deleteFrom('external_membership').where('target', '=', `organisation:${id}`).execute();
  await tx.deleteFrom('team').where('organisation_id', '=', id).execute();
  await tx.deleteFrom('invitation').where('organisation_id', '=', id).execute();
  await tx.deleteFrom('membership').where('organisation_id', '=', id).execute();
  await tx.deleteFrom('organisation').where('id', '=', id).execute();
}

function toOrganisation({ id, name, full_name, member_actions }: Tables['organisation'] & { name: string }): Organisation {
  return { id, name, fullName: full_name, memberActions: splitActions(member_actions) };
}
