import type { MetadataDatabase, Reader, Writer } from './database.ts';
import type { Event, EventRows } from './port.ts';
import { namespaceOf } from '../access/namespace.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { fixedInsert } from './fixed-query.ts';
import { enqueueJobs } from './job-rows.ts';
import type { AuditEntry } from './identity/port.ts';
import { announce } from './commit-signals.ts';

export type NewEvent = Omit<Event, 'id'>;

export function eventRows({ read, write, writeLazily }: MetadataDatabase): EventRows {
  return {
    async list({ after = 0, limit }) {
      const rows = await read.selectFrom('event').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(({ payload, ...row }) => ({ ...row, ...parsePayload(payload) }));
    },

    async findNewestId() {
      return findNewestId(read);
    },

    async startConsumer(name, at) {
      return write(async (tx) => {
        const known = await findConsumer(tx, name);
        if (known !== undefined) return known;
        const read_to = await findNewestId(tx);
        await tx.insertInto('event_consumer').values({ name, read_to, read_at: at }).execute();
        return read_to;
      });
    },

    async advanceConsumers({ from, to, consumers, at }) {
      const names = consumers.map(({ name }) => name);
      // What a power cut takes back is read again.
      return writeLazily(async (tx) => {
        const rows = await tx
          .updateTable('event_consumer')
          .set({ read_to: to, read_at: at })
          .where('name', 'in', names)
          .where('read_to', '=', from)
          .returning('name')
          .execute();
        const advanced = new Set(rows.map(({ name }) => name));
        const jobs = consumers.filter(({ name }) => advanced.has(name)).flatMap((consumer) => consumer.jobs);
        await enqueueJobs(tx, jobs, at);
        return [...advanced];
      });
    },

    async prune(before, limit) {
      return write(async (tx) => {
        const consumers = await tx.selectFrom('event_consumer').select('read_to').execute();
        const readByAll = Math.min(Number.MAX_SAFE_INTEGER, ...consumers.map((consumer) => consumer.read_to));
        const oldest = await tx.selectFrom('event').select(['id', 'at']).where('id', '<=', readByAll).orderBy('id').limit(limit).execute();
        // The times of events need not be in the order of their ids: a clock may have been set back.
        const end = oldest.findIndex(({ at }) => at >= before);
        const gone = end < 0 ? oldest : oldest.slice(0, end);
        const last = gone.at(-1);
        if (last !== undefined) await tx.deleteFrom('event').where('id', '<=', last.id).execute();
        return gone.length;
      });
    },
  };
}

/** 0 when there is none. */
export async function findNewestId(db: Reader): Promise<number> {
  const row = await db.selectFrom('event').select('id').where('id', '>', 0).orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id ?? 0;
}

async function findConsumer(tx: Reader, name: string): Promise<number | undefined> {
  const row = await tx.selectFrom('event_consumer').select('read_to').where('name', '=', name).executeTakeFirst();
  return row?.read_to;
}

const insertEvents = fixedInsert('event');

/** Events are written in the transaction of the change that they report (I7), and only through here, as is their trace in the audit. */
export async function recordEvents(tx: Writer, changes: readonly NewEvent[]): Promise<void> {
  const events = changes.filter(({ isGenerated }) => isGenerated !== true);
  const rows = events.map(({ kind, repository, at, actor, origin: _origin, ...payload }) => ({
    kind,
    repository,
    at,
    actor,
    payload: JSON.stringify(payload),
  }));
  await insertEvents(tx, rows);
  await recordAudit(tx, events.filter(isTraced).map(toAudit));
  announce(tx, 'events');
}

/**
 * Pulls have a trace of their own (`identity/audit/pull-audit.ts`), and so have badges, reviews and notices on tags, which say more.
 * Pushed blobs leave none, the manifest that names them does; nor do those that collection sweeps, which nobody asked for,
 * nor that an image was looked at: what is blocked for it, or let go, does.
 */
function isTraced({ kind, origin }: NewEvent): boolean {
  if (kind.startsWith('badge.') || kind === 'image.approved' || kind === 'image.refused' || kind === 'image.checked') return false;
  // The audit has the rules as a whole.
  if (kind === 'tag.deprecated' || kind === 'tag.end_of_life' || kind === 'tag.notice_ended') return false;
  return kind !== 'blob.pushed' && kind !== 'repository.pulled' && (kind !== 'blob.deleted' || origin !== undefined);
}

function toAudit({ kind, at, actor, repository, digest, tag, origin, ...detail }: NewEvent): AuditEntry {
  const namespace = namespaceOf(repository);
  return {
    at,
    action: kind,
    actor,
    ...origin,
    repository,
    ...(namespace !== '' && { namespace }),
    ...(digest && { digest }),
    ...(tag && { tag }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

type Payload = Pick<Event, 'digest' | 'tag' | 'previous' | 'from' | 'visibility' | 'pulls' | 'environment' | 'instance' | 'release' | 'message'>;

function parsePayload(text: string): Payload {
  return JSON.parse(text) as Payload; // recordEvents wrote it
}
