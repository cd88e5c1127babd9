import type { Selectable } from 'kysely';
import type { UploadId } from '../runtime/ids.ts';
import type { MetadataDatabase } from './database.ts';
import type { Upload, UploadRows } from './port.ts';
import type { Tables } from './schema.ts';
import { chunks } from './chunks.ts';

export function uploadRows({ read, write }: MetadataDatabase): UploadRows {
  return {
    async record({ id, repository, algorithm, startedAt, touchedAt }) {
      await write((tx) => tx.insertInto('upload').values({ id, repository, algorithm, started_at: startedAt, touched_at: touchedAt }).execute());
    },

    async find(repository, id) {
      const row = await read.selectFrom('upload').selectAll().where('id', '=', id).where('repository', '=', repository).executeTakeFirst();
      return row && upload(row);
    },

    async touch(id, at) {
      await write((tx) => tx.updateTable('upload').set({ touched_at: at }).where('id', '=', id).where('touched_at', '<', at).execute());
    },

    async remove(id) {
      await write((tx) => tx.deleteFrom('upload').where('id', '=', id).execute());
    },

    async count() {
      const { count } = await read
        .selectFrom('upload')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async listTouchedBefore(before, limit) {
      const rows = await read.selectFrom('upload').selectAll().where('touched_at', '<', before).orderBy('touched_at').orderBy('id').limit(limit).execute();
      return rows.map(upload);
    },

    async list({ after = '' as UploadId, limit }) {
      const rows = await read.selectFrom('upload').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(upload);
    },

    async listUnknown(ids) {
      const known = new Set<UploadId>();
      for (const chunk of chunks(ids)) {
        for (const { id } of await read.selectFrom('upload').select('id').where('id', 'in', chunk).execute()) known.add(id);
      }
      return ids.filter((id) => !known.has(id));
    },
  };
}

function upload(row: Selectable<Tables['upload']>): Upload {
  return { id: row.id, repository: row.repository, algorithm: row.algorithm, startedAt: row.started_at, touchedAt: row.touched_at };
}
