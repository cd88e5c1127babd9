import type { Writer, MetadataDatabase } from './database.ts';
import type { Event, EventRows } from './port.ts';
import { chunks } from './chunks.ts';
import { recordAudit } from './identity/audit-rows.ts';
import type { AuditEntry } from './identity/port.ts';
import { announce } from './commit-signals.ts';

export type NewEvent = Omit<Event, 'id'>;

export function eventRows({ read }: MetadataDatabase): EventRows {
  return {
    async list({ after = 0, limit }) {
      const rows = await read.selectFrom('event').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(({ payload, ...row }) => ({ ...row, ...parsePayload(payload) }));
    },
  };
}

/** Events are written in the transaction of the change that they report (I7), and only through here, as is their trace in the audit. */
export async function recordEvents(tx: Writer, events: readonly NewEvent[]): Promise<void> {
  for (const chunk of chunks(events)) {
    const rows = chunk.map(({ kind, repository, at, actor, origin: _origin, ...payload }) => ({
      kind,
      repository,
      at,
      actor,
      payload: JSON.stringify(payload),
    }));
    await tx.insertInto('event').values(rows).execute();
  }
  await recordAudit(tx, events.filter(isTraced).map(toAudit));
  announce(tx, 'events');
}

/** Pushed blobs leave no trace of their own, the manifest that names them does; nor do those that collection sweeps, which nobody asked for. */
function isTraced({ kind, origin }: NewEvent): boolean {
  return kind !== 'blob.pushed' && (kind !== 'blob.deleted' || origin !== undefined);
}

function toAudit({ kind, at, actor, repository, digest, tag, origin, ...detail }: NewEvent): AuditEntry {
  const slash = repository.indexOf('/');
  return {
    at,
    action: kind,
    actor,
    ...origin,
    repository,
    ...(slash > 0 && { namespace: repository.slice(0, slash) }),
    ...(digest && { digest }),
    ...(tag && { tag }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

type Payload = Pick<Event, 'digest' | 'tag' | 'previous' | 'from' | 'visibility'>;

function parsePayload(text: string): Payload {
  return JSON.parse(text) as Payload; // recordEvents wrote it
}
