import type { Selectable } from 'kysely';
import type { MetadataDatabase, Writer } from './database.ts';
import { enqueueJobs } from './job-rows.ts';
import type { Tables } from './schema.ts';
import {
  attemptsMax,
  deliveriesMax,
  type Delivery,
  type DeliveryCallback,
  type DeliveryKey,
  type DeliveryRows,
  type Exchange,
  type ReportedEvent,
} from './webhook-port.ts';

export function deliveryRows({ read, write }: MetadataDatabase): DeliveryRows {
  return {
    async find({ webhookId, messageId }) {
      const row = await read
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('message_id', '=', messageId)
        .executeTakeFirst();
      return row && toDelivery(row);
    },

    async get(webhookId, id) {
      const row = await read.selectFrom('webhook_delivery').selectAll().where('webhook_id', '=', webhookId).where('id', '=', id).executeTakeFirst();
      return row && toDelivery(row);
    },

    async list(webhookId, { before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = await read
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('id', '<', before)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toDelivery);
    },

    async listAttempts(id) {
      const rows = await read.selectFrom('webhook_attempt').selectAll().where('delivery_id', '=', id).orderBy('id').execute();
      return rows.map(({ at, duration_ms, exchange }) => ({ at, durationMs: duration_ms, ...(JSON.parse(exchange) as Exchange) })); // recordAttempt wrote it
    },

    postpone: ({ webhookId, messageId, event }, job, at) =>
      write(async (tx) => {
        if (!(await isThere(tx, webhookId))) return;
        await upsert(tx, { webhookId, messageId }, { event, at, state: 'pending' });
        await enqueueJobs(tx, [job], at);
      }),

    recordAttempt: ({ webhookId, messageId, event, state, body, attempt, job }) =>
      write(async (tx) => {
        // The webhook may have gone while it was sent to: then nobody reads its log.
        if (!(await isThere(tx, webhookId))) return 0;
        const { at, durationMs, ...exchange } = attempt;
        const id = await upsert(tx, { webhookId, messageId }, { event, at, state, ...(body !== undefined && { body }) });
        await tx
          .updateTable('webhook_delivery')
          .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
          .where('id', '=', id)
          .execute();
        await tx
          .insertInto('webhook_attempt')
          .values({ delivery_id: id, at, duration_ms: durationMs, exchange: JSON.stringify(exchange) })
          .execute();
        await forgetOldAttempts(tx, id);
        await recordHealth(tx, webhookId, state === 'delivered' ? null : at);
        if (job !== undefined) await enqueueJobs(tx, [job], at);
        return id;
      }),

    recordCallback: ({ webhookId, messageId }, callback, at) =>
      write(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('webhook_delivery')
          .set({ callback: JSON.stringify(callback), changed_at: at })
          .where('webhook_id', '=', webhookId)
          .where('message_id', '=', messageId)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),

    prune: (before, limit) =>
      write(async (tx) => {
        const rows = await tx.selectFrom('webhook_delivery').select('id').where('changed_at', '<', before).orderBy('changed_at').limit(limit).execute();
        for (const { id } of rows) await tx.deleteFrom('webhook_delivery').where('id', '=', id).execute();
        return rows.length;
      }),
  };
}

type Written = Pick<Delivery, 'event' | 'state' | 'body'> & { readonly at: number };

async function upsert(tx: Writer, { webhookId, messageId }: DeliveryKey, { event, at, state, body }: Written): Promise<number> {
  const known = await tx.selectFrom('webhook_delivery').select('id').where('webhook_id', '=', webhookId).where('message_id', '=', messageId).executeTakeFirst();
  if (known !== undefined) {
    await tx
      .updateTable('webhook_delivery')
      .set({ state, changed_at: at, ...(body !== undefined && { body }) })
      .where('id', '=', known.id)
      .execute();
    return known.id;
  }
  await forgetOldDeliveries(tx, webhookId);
  const { id } = await tx
    .insertInto('webhook_delivery')
    .values({
      webhook_id: webhookId,
      message_id: messageId,
      event: JSON.stringify(event),
      state,
      attempts: 0,
      body: body ?? null,
      callback: null,
      created_at: at,
      changed_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function isThere(tx: Writer, webhookId: string): Promise<boolean> {
  return (await tx.selectFrom('webhook').select('id').where('id', '=', webhookId).executeTakeFirst()) !== undefined;
}

/** Null: it works. */
async function recordHealth(tx: Writer, webhookId: string, failedAt: number | null): Promise<void> {
  const update = tx.updateTable('webhook').set({ failing_since: failedAt }).where('id', '=', webhookId);
  await update.where('failing_since', failedAt === null ? 'is not' : 'is', null).execute();
}

async function forgetOldAttempts(tx: Writer, id: number): Promise<void> {
  const over = await tx
    .selectFrom('webhook_attempt')
    .select('id')
    .where('delivery_id', '=', id)
    .orderBy('id', 'desc')
    .offset(attemptsMax)
    .limit(1)
    .executeTakeFirst();
  if (over !== undefined) await tx.deleteFrom('webhook_attempt').where('delivery_id', '=', id).where('id', '<=', over.id).execute();
}

async function forgetOldDeliveries(tx: Writer, webhookId: string): Promise<void> {
  const over = await tx
    .selectFrom('webhook_delivery')
    .select('id')
    .where('webhook_id', '=', webhookId)
    .orderBy('id', 'desc')
    .offset(deliveriesMax - 1)
    .limit(1)
    .executeTakeFirst();
  if (over !== undefined) await tx.deleteFrom('webhook_delivery').where('webhook_id', '=', webhookId).where('id', '<=', over.id).execute();
}

function toDelivery(row: Selectable<Tables['webhook_delivery']>): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    messageId: row.message_id,
    event: JSON.parse(row.event) as ReportedEvent, // written from one
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    ...(row.body !== null && { body: row.body }),
    ...(row.callback !== null && { callback: JSON.parse(row.callback) as DeliveryCallback }), // recordCallback wrote it
  };
}
