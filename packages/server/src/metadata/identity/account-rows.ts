import type { Selectable } from 'kysely';
import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import { removeGateOf } from '../gate/remove-gate.ts';
import { removeGoldenOf } from '../golden-rows.ts';
import { removeTalliesOf } from '../tallies/namespace-tally-rows.ts';
import { removeWebhooksOf } from '../webhook-rows.ts';
import { removeUsageOf } from '../usage-rows.ts';
import { touchAccess } from './access-version.ts';
import { moveNamespace } from '../namespace-content.ts';
import { getAccount, hasRepositories, refuseTakenName, removeSubject } from './account-row.ts';
import { recordAudit } from './audit-rows.ts';
import { auditOf } from './audit-of.ts';
import type { Account, AccountRows } from './port.ts';
import { removeOrganisation } from './organisation-rows.ts';
import { removeUser } from './user-rows.ts';

export function accountRows({ read, write }: MetadataDatabase): AccountRows {
  return {
    async find(name) {
      const row = await read.selectFrom('account').selectAll().where('name', '=', name).executeTakeFirst();
      return row && toAccount(row);
    },

    async get(id) {
      const row = await read.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toAccount(row);
    },

    async list({ after = '', limit, kind }) {
      let query = read.selectFrom('account').selectAll().where('name', '>', after).orderBy('name').limit(limit);
      if (kind !== undefined) query = query.where('kind', '=', kind);
      return (await query.execute()).map(toAccount);
    },

    change: ({ id, visibility, networks, ...change }) =>
      write(async (tx) => {
        const { name } = await getAccount(tx, id);
        await tx
          .updateTable('account')
          .set({
            ...(visibility !== undefined && { visibility }),
            ...(networks !== undefined && { networks: networks === null ? null : JSON.stringify(networks) }),
          })
          .where('id', '=', id)
          .execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, 'namespace.change', { namespace: name, detail: { visibility, networks } })]);
      }),

    rename: ({ id, name: to, ...change }) =>
      write(async (tx) => {
        const { name, kind } = await getAccount(tx, id);
        if (name === to) return;
        if (await hasRepositories(tx, name)) {
          throw new RegistryError('CONFLICT', {
            message: `${name} has repositories, whose names begin with it: delete or transfer them first`,
            detail: { name },
          });
        }
        await refuseTakenName(tx, to);
        await tx.updateTable('account').set({ name: to, named_at: change.at }).where('id', '=', id).execute();
        await moveNamespace(tx, name, to);
        await touchAccess(tx);
        await recordAudit(
          tx,
          [name, to].map((namespace) => auditOf(change, `${kind}.rename`, { namespace, detail: { from: name, to } })),
        );
      }),

    remove: ({ id, ...change }) =>
      write(async (tx) => {
        const { name, kind } = await getAccount(tx, id);
        if (await hasRepositories(tx, name)) {
          throw new RegistryError('CONFLICT', { message: `${name} has repositories: delete or transfer them first`, detail: { name } });
        }
        const robots = await tx.selectFrom('robot').select('id').where('account_id', '=', id).execute();
        for (const robot of robots) await removeSubject(tx, 'robot', robot.id);
        await tx.deleteFrom('robot').where('account_id', '=', id).execute();
        const trusts = await tx.selectFrom('trusted_issuer').select('id').where('account_id', '=', id).execute();
        for (const trust of trusts) await removeSubject(tx, 'ci', trust.id);
        await tx.deleteFrom('trusted_issuer').where('account_id', '=', id).execute();
        await (kind === 'user' ? removeUser(tx, id) : removeOrganisation(tx, id));
        await tx.deleteFrom('access_grant').where('namespace', '=', name).execute();
        await removeWebhooksOf(tx, { kind: 'namespace', name });
        await removeGateOf(tx, { kind: 'namespace', name });
        await removeGoldenOf(tx, name);
        await removeUsageOf(tx, name);
        await removeTalliesOf(tx, name);
        await tx.deleteFrom('account').where('id', '=', id).execute();
        await touchAccess(tx);
        await recordAudit(tx, [auditOf(change, `${kind}.delete`, { namespace: name })]);
      }),
  };
}

function toAccount({ id, name, kind, created_at, named_at, visibility, networks }: Omit<Selectable<Tables['account']>, 'verified'>): Account {
  return {
    id,
    name,
    kind,
    createdAt: created_at,
    namedAt: named_at,
    ...(visibility !== null && { visibility }),
    ...(networks !== null && { networks: JSON.parse(networks) as string[] }), // `change` wrote it
  };
}
