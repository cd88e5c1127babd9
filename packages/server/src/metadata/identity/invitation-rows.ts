import type { MetadataDatabase, Writer } from '../database.ts';
import { enqueueJobs } from '../job-rows.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { getAccount } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import { setMembership } from './organisation-rows.ts';
import type { Invitation, InvitationRows } from './port.ts';

export function invitationRows({ read, write }: MetadataDatabase): InvitationRows {
  return {
    create: ({ id, secretHash, organisationId, email, role, teamId, invitedBy, createdAt, expiresAt, jobs, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, organisationId);
        // A second invitation takes the place of the first.
        await tx.deleteFrom('invitation').where('organisation_id', '=', organisationId).where('email', '=', email).execute();
        await tx
          .insertInto('invitation')
          .values({
            id,
            secret_hash: secretHash,
            organisation_id: organisationId,
            email,
            role,
            team_id: teamId ?? null,
            invited_by: invitedBy,
            created_at: createdAt,
            expires_at: expiresAt,
          })
          .execute();
        await recordAudit(tx, [auditOf(change, 'organisation.invite', { namespace: name, detail: { email, role } })]);
        await enqueueJobs(tx, jobs, change.at);
      }),

    async find(secretHash) {
      const row = await read.selectFrom('invitation').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst();
      return row && toInvitation(row);
    },

    async list(organisationId, { after = '', limit }) {
      const rows = await read
        .selectFrom('invitation')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toInvitation);
    },

    accept: ({ id, userId, ...change }) =>
      write(async (tx) => {
        const invitation = await tx.selectFrom('invitation').selectAll().where('id', '=', id).executeTakeFirst();
        if (invitation === undefined) return false;
        const { name } = await getAccount(tx, invitation.organisation_id);
        const user = await getAccount(tx, userId);
        await joinAs(tx, invitation, userId, change.at);
        await tx.deleteFrom('invitation').where('id', '=', id).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'organisation.join', { namespace: name, detail: { user: user.name, role: invitation.role } })]);
        return true;
      }),

    remove: ({ organisationId, id, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, organisationId);
        const { numDeletedRows } = await tx.deleteFrom('invitation').where('organisation_id', '=', organisationId).where('id', '=', id).executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await recordAudit(tx, [auditOf(change, 'organisation.uninvite', { namespace: name })]);
        return true;
      }),
  };
}

/** An owner who accepts an invitation as a member stays an owner. */
async function joinAs(tx: Writer, { organisation_id, role, team_id }: Tables['invitation'], userId: string, at: number): Promise<void> {
  const present = await tx
    .selectFrom('membership')
    .select('role')
    .where('organisation_id', '=', organisation_id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  await setMembership(tx, { organisation_id, user_id: userId, role: present?.role === 'owner' ? 'owner' : role, since: at });
  if (team_id === null) return;
  const team = await tx.selectFrom('team').select('id').where('id', '=', team_id).executeTakeFirst();
  if (team === undefined) return;
  await tx
    .insertInto('team_member')
    .values({ team_id, user_id: userId })
    .onConflict((conflict) => conflict.columns(['team_id', 'user_id']).doNothing())
    .execute();
}

function toInvitation(row: Tables['invitation']): Invitation {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    email: row.email,
    role: row.role,
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.team_id !== null && { teamId: row.team_id }),
  };
}
