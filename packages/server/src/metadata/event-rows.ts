import type { Writer, MetadataDatabase } from './database.ts';
import type { Event, EventRows } from './port.ts';
import { chunks } from './chunks.ts';

export type NewEvent = Omit<Event, 'id'>;

export function eventRows({ read }: MetadataDatabase): EventRows {
  return {
    async list({ after = 0, limit }) {
      const rows = await read.selectFrom('event').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(({ payload, ...row }) => ({ ...row, ...parsePayload(payload) }));
    },
  };
}

/** Events are written in the transaction of the change that they report (I7), and only through here. */
export async function recordEvents(tx: Writer, events: readonly NewEvent[]): Promise<void> {
  for (const chunk of chunks(events)) {
    const rows = chunk.map(({ kind, repository, at, actor, ...payload }) => ({ kind, repository, at, actor, payload: JSON.stringify(payload) }));
    await tx.insertInto('event').values(rows).execute();
  }
}

type Payload = Pick<Event, 'digest' | 'tag' | 'previous' | 'from'>;

function parsePayload(text: string): Payload {
  return JSON.parse(text) as Payload; // recordEvents wrote it
}
