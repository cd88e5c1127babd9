import type { MetadataDatabase } from './database.ts';
import type { JobInspection } from './job-port.ts';
import { announce } from './commit-signals.ts';
import { findUnbegun, freeNext, jobOf, standing } from './job-rows.ts';

export function jobInspectionRows({ read, write }: MetadataDatabase): JobInspection {
  return {
    async find(id) {
      const row = await read.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
      return row && jobOf(row);
    },

    async list({ state, after = { kind: '', id: 0 }, limit }) {
      const rows = await read
        .selectFrom('job')
        .selectAll()
        .where('state', '=', state)
        .where((eb) => eb(eb.refTuple('kind', 'id'), '>', eb.tuple(after.kind, after.id)))
        .orderBy('kind')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(jobOf);
    },

    async count(kind, state) {
      const { count } = await read
        .selectFrom('job')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('state', '=', state)
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async retry(id, at) {
      return write(async (tx) => {
        const row = await tx.selectFrom('job').selectAll().where('id', '=', id).where('state', '=', 'dead').executeTakeFirst();
        if (row === undefined) return false;
        if ((await findUnbegun(tx, row.kind, row.unique_key)) !== undefined) {
          await tx.deleteFrom('job').where('id', '=', id).execute();
          return true;
        }
        const state = await standing(tx, row);
        await tx
          .updateTable('job')
          .set({ state, run_at: at, due_at: state === 'waiting' ? at : null, unbegun_key: row.unique_key, attempts: 0, changed_at: at })
          .where('id', '=', id)
          .execute();
        announce(tx, `job ${row.kind}`);
        return true;
      });
    },

    async remove(id) {
      return write(async (tx) => {
        const row = await tx.selectFrom('job').select(['kind', 'ordering', 'state']).where('id', '=', id).where('state', '<>', 'running').executeTakeFirst();
        if (row === undefined) return false;
        await tx.deleteFrom('job').where('id', '=', id).execute();
        if (row.state === 'waiting') await freeNext(tx, row);
        return true;
      });
    },

    async pruneDead(before, limit) {
      return write(async (tx) => {
        const rows = await tx
          .selectFrom('job')
          .select('id')
          .where('state', '=', 'dead')
          .where('changed_at', '<', before)
          .orderBy('changed_at')
          .orderBy('id')
          .limit(limit)
          .execute();
        for (const { id } of rows) await tx.deleteFrom('job').where('id', '=', id).execute();
        return rows.length;
      });
    },
  };
}
