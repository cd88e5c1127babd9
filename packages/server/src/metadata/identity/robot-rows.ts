import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase, Writer } from '../database.ts';
import type { Change } from '../port.ts';
import type { Tables } from '../schema.ts';
import { touchAccess } from './access-version.ts';
import { getAccount, removeSubject } from './account-row.ts';
import { auditOf } from './audit-of.ts';
import { recordAudit } from './audit-rows.ts';
import type { Robot, RobotRows } from './port.ts';

export function robotRows({ read, write }: MetadataDatabase): RobotRows {
  const robots = read.selectFrom('robot').selectAll();
  return {
    create: ({ id, accountId, name, description, disabledAt, ...change }) =>
      write(async (tx) => {
        const taken = await tx.selectFrom('robot').select('id').where('account_id', '=', accountId).where('name', '=', name).executeTakeFirst();
        if (taken !== undefined) throw new RegistryError('NAME_TAKEN', { detail: { name } });
        await tx
          .insertInto('robot')
          .values({ id, account_id: accountId, name, description, created_at: change.at, created_by: change.actor, disabled_at: disabledAt ?? null })
          .execute();
        await record(tx, id, change, 'robot.create');
      }),

    async get(id) {
      const row = await robots.where('id', '=', id).executeTakeFirst();
      return row && toRobot(row);
    },

    async find(accountId, name) {
      const row = await robots.where('account_id', '=', accountId).where('name', '=', name).executeTakeFirst();
      return row && toRobot(row);
    },

    async list(accountId, { after = '', limit }) {
      const rows = await robots.where('account_id', '=', accountId).where('name', '>', after).orderBy('name').limit(limit).execute();
      return rows.map(toRobot);
    },

    setDisabled: ({ id, disabled, ...change }) =>
      write(async (tx) => {
        await tx
          .updateTable('robot')
          .set({ disabled_at: disabled ? change.at : null })
          .where('id', '=', id)
          .execute();
        await record(tx, id, change, disabled ? 'robot.disable' : 'robot.enable');
      }),

    remove: ({ id, ...change }) =>
      write(async (tx) => {
        await record(tx, id, change, 'robot.delete');
        await removeSubject(tx, 'robot', id);
        await tx.deleteFrom('robot').where('id', '=', id).execute();
      }),
  };
}

async function record(tx: Writer, id: string, change: Change, action: string): Promise<void> {
  const robot = await tx.selectFrom('robot').select(['account_id', 'name']).where('id', '=', id).executeTakeFirst();
  if (robot === undefined) throw new RegistryError('ACCOUNT_UNKNOWN');
  const { name } = await getAccount(tx, robot.account_id);
  await touchAccess(tx);
  await recordAudit(tx, [auditOf(change, action, { namespace: name, detail: { robot: robot.name } })]);
}

function toRobot({ id, account_id, name, description, created_at, created_by, disabled_at }: Tables['robot']): Robot {
  return {
    id,
    accountId: account_id,
    name,
    description,
    createdAt: created_at,
    createdBy: created_by,
    ...(disabled_at !== null && { disabledAt: disabled_at }),
  };
}
