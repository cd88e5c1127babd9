import { announce } from './commit-signals.ts';
import { chunks } from './chunks.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { enqueueJobs } from './job-rows.ts';
import {
  defaultNotificationSetting,
  type Notice,
  type NotificationKind,
  notificationKinds,
  type NotificationRows,
  type NotificationSetting,
  notificationsPerUserMax,
  passedPerUserMax,
} from './notification-port.ts';

export function notificationRows({ read, write }: MetadataDatabase): NotificationRows {
  return {
    tell: ({ userId, kind, sources, notice, at, mail }) =>
      write(async (tx) => {
        const user = await tx.selectFrom('user').select('disabled_at').where('id', '=', userId).executeTakeFirst();
        if (user?.disabled_at !== null) return false;
        const { page, mail: wantsMail } = await findSetting(tx, userId, kind);
        if (!page && !wantsMail) return false;
        const fresh = await listFresh(tx, userId, sources);
        if (fresh.length === 0) return false;
        const facts = notice(fresh);
        const row = { user_id: userId, kind, at };
        for (const [index, source] of fresh.entries()) {
          const shown = Number(page && index === 0);
          const told = { source, facts: index === 0 ? JSON.stringify(facts) : '{}', is_shown: shown, is_unread: shown };
          await tx
            .insertInto('notification')
            .values({ ...row, ...told })
            .execute();
        }
        await forgetOldest(tx, userId);
        if (wantsMail && mail !== undefined) await enqueueJobs(tx, [mail({ kind, ...facts })], at);
        announce(tx, 'notifications');
        return true;
      }),

    async list(userId, { before, unread, limit }) {
      let query = read.selectFrom('notification').selectAll().where('user_id', '=', userId).where('is_shown', '=', 1).orderBy('id', 'desc').limit(limit);
      if (unread) query = query.where('is_unread', '=', 1);
      if (before !== undefined) query = query.where('id', '<', before);
      const rows = await query.execute();
      return rows.map(({ id, kind, at, is_unread, facts }) => ({ ...(JSON.parse(facts) as Omit<Notice, 'kind'>), id, kind, at, isUnread: is_unread === 1 })); // `tell` wrote it
    },

    async summarize(userId) {
      const shown = read.selectFrom('notification').where('user_id', '=', userId).where('is_shown', '=', 1);
      const newest = await shown.select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
      const { count } = await shown
        .select((eb) => eb.fn.countAll<number | string>().as('count'))
        .where('is_unread', '=', 1)
        .executeTakeFirstOrThrow();
      return { unread: Number(count), newest: newest?.id ?? 0 };
    },

    markRead: (userId, which) =>
      write(async (tx) => {
        const own = tx.updateTable('notification').set({ is_unread: 0 }).where('user_id', '=', userId).where('is_shown', '=', 1).where('is_unread', '=', 1);
        if ('upTo' in which) await own.where('id', '<=', which.upTo).execute();
        else for (const ids of chunks(which.ids)) await own.where('id', 'in', ids).execute();
        // Other windows of the same person count anew.
        announce(tx, 'notifications');
      }),

    async listSettings(userId) {
      const rows = await read.selectFrom('notification_setting').select(['kind', 'page', 'mail']).where('user_id', '=', userId).execute();
      const known = new Map(rows.map(({ kind, page, mail }) => [kind, { page: page === 1, mail: mail === 1 }]));
      return notificationKinds.map((kind) => ({ kind, ...(known.get(kind) ?? defaultNotificationSetting) }));
    },

    set: (userId, { kind, page, mail }) =>
      write(async (tx) => {
        const row = { page: Number(page), mail: Number(mail) };
        await tx
          .insertInto('notification_setting')
          .values({ user_id: userId, kind, ...row })
          .onConflict((conflict) => conflict.columns(['user_id', 'kind']).doUpdateSet(row))
          .execute();
      }),

    prune: (before, limit) =>
      write(async (tx) => {
        const rows = await tx.selectFrom('notification').select('id').where('at', '<', before).orderBy('at').orderBy('id').limit(limit).execute();
        for (const { id } of rows) await tx.deleteFrom('notification').where('id', '=', id).execute();
        return rows.length;
      }),
  };
}

async function findSetting(db: Reader, userId: string, kind: NotificationKind): Promise<Omit<NotificationSetting, 'kind'>> {
  const row = await db.selectFrom('notification_setting').select(['page', 'mail']).where('user_id', '=', userId).where('kind', '=', kind).executeTakeFirst();
  return row === undefined ? defaultNotificationSetting : { page: row.page === 1, mail: row.mail === 1 };
}

async function listFresh(db: Reader, userId: string, sources: readonly string[]): Promise<string[]> {
  const known = new Set<string>();
  for (const chunk of chunks(sources)) {
    const rows = await db.selectFrom('notification').select('source').where('user_id', '=', userId).where('source', 'in', chunk).execute();
    for (const { source } of rows) known.add(source);
  }
  return [...new Set(sources)].filter((source) => !known.has(source));
}

/** Those that are shown and those that are not, each for themselves. */
async function forgetOldest(tx: Writer, userId: string): Promise<void> {
  for (const [shown, most] of [passedPerUserMax, notificationsPerUserMax].entries()) {
    const own = tx.selectFrom('notification').select('id').where('user_id', '=', userId).where('is_shown', '=', shown);
    const over = await own.orderBy('id', 'desc').offset(most).limit(1).executeTakeFirst();
    if (over === undefined) continue;
    await tx.deleteFrom('notification').where('user_id', '=', userId).where('is_shown', '=', shown).where('id', '<=', over.id).execute();
  }
}
