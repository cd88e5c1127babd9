import { RegistryError } from '@naru/oci/registry-error';
import { namespaceOf } from '../access/namespace.ts';
import type { MetadataDatabase, Writer } from './database.ts';
import { findNewestId } from './event-rows.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import type { Change } from './port.ts';
import type { Tables } from './schema.ts';
import { type Webhook, type WebhookFilter, type WebhookRows, type WebhookScope, webhooksPerScopeMax } from './webhook-port.ts';

export function webhookRows({ read, write }: MetadataDatabase): WebhookRows {
  return {
    create: ({ id, scope, url, format, secret, filter, allowPrivateAddress, ...change }) =>
      write(async (tx) => {
        const { count } = await tx
          .selectFrom('webhook')
          .select((eb) => eb.fn.countAll<number | string>().as('count'))
          .where('scope_kind', '=', scope.kind)
          .where('scope_name', '=', scope.name)
          .executeTakeFirstOrThrow();
        if (Number(count) >= webhooksPerScopeMax) throw new RegistryError('CONFLICT', { message: `at most ${webhooksPerScopeMax} webhooks in one place` });
        const row = {
          id,
          scope_kind: scope.kind,
          scope_name: scope.name,
          url,
          format,
          secret,
          filter: JSON.stringify(filter),
          allow_private_address: allowPrivateAddress ? 1 : 0,
          after_event: await findNewestId(tx),
          disabled_at: null,
          failing_since: null,
          created_at: change.at,
          created_by: change.actor,
        };
        await tx.insertInto('webhook').values(row).execute();
        await record(tx, row, change, 'webhook.create');
      }),

    async find(id) {
      const row = await read.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toWebhook(row);
    },

    async list({ kind, name }) {
      const rows = await read.selectFrom('webhook').selectAll().where('scope_kind', '=', kind).where('scope_name', '=', name).orderBy('id').execute();
      return rows.map(toWebhook);
    },

    async listFor(repository) {
      const scopes: WebhookScope[] = [
        { kind: 'server', name: '' },
        { kind: 'namespace', name: namespaceOf(repository) },
        { kind: 'repository', name: repository },
      ];
      const rows = await read
        .selectFrom('webhook')
        .selectAll()
        .where((eb) => eb.or(scopes.map(({ kind, name }) => eb.and({ scope_kind: kind, scope_name: name }))))
        .where('disabled_at', 'is', null)
        .execute();
      return rows.map(toWebhook).toSorted((one, other) => (one.id < other.id ? -1 : 1));
    },

    change: ({ id, url, format, filter, allowPrivateAddress, ...change }) =>
      write(async (tx) => {
        const row = await tx
          .updateTable('webhook')
          .set({ url, format, filter: JSON.stringify(filter), allow_private_address: allowPrivateAddress ? 1 : 0, failing_since: null })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return false;
        await record(tx, row, change, 'webhook.change');
        return true;
      }),

    setDisabled: ({ id, disabled, ...change }) =>
      write(async (tx) => {
        const row = await tx.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return false;
        await tx
          .updateTable('webhook')
          .set({ disabled_at: disabled ? change.at : null, failing_since: null })
          .where('id', '=', id)
          .execute();
        await record(tx, row, change, disabled ? 'webhook.disable' : 'webhook.enable');
        return true;
      }),

    remove: ({ id, ...change }) =>
      write(async (tx) => {
        const row = await tx.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return false;
        await removeWebhook(tx, id);
        await record(tx, row, change, 'webhook.delete');
        return true;
      }),
  };
}

/** Those of a namespace or a repository that is no more, with what was to be delivered: whoever takes the name next is somebody else. */
export async function removeWebhooksOf(tx: Writer, scope: WebhookScope): Promise<void> {
  const rows = await tx.selectFrom('webhook').select('id').where('scope_kind', '=', scope.kind).where('scope_name', '=', scope.name).execute();
  for (const { id } of rows) await removeWebhook(tx, id);
}

async function removeWebhook(tx: Writer, id: string): Promise<void> {
  await tx.deleteFrom('webhook_delivery').where('webhook_id', '=', id).execute();
  await tx.deleteFrom('webhook').where('id', '=', id).execute();
}

/** The address may hold a secret (Slack's do), so the audit names its host alone. */
async function record(tx: Writer, { id, url, scope_kind, scope_name }: Tables['webhook'], change: Change, action: string): Promise<void> {
  const { host, protocol } = new URL(url);
  await recordAudit(tx, [
    auditOf(change, action, {
      ...(scope_kind === 'namespace' && { namespace: scope_name }),
      ...(scope_kind === 'repository' && { namespace: namespaceOf(scope_name), repository: scope_name }),
      detail: { webhook: id, to: `${protocol}//${host}` },
    }),
  ]);
}

function toWebhook(row: Tables['webhook']): Webhook {
  return {
    id: row.id,
    scope: { kind: row.scope_kind, name: row.scope_name },
    url: row.url,
    format: row.format,
    secret: row.secret,
    filter: JSON.parse(row.filter) as WebhookFilter, // `create` or `change` wrote it
    allowPrivateAddress: row.allow_private_address === 1,
    afterEvent: row.after_event,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.disabled_at !== null && { disabledAt: row.disabled_at }),
    ...(row.failing_since !== null && { failingSince: row.failing_since }),
  };
}
