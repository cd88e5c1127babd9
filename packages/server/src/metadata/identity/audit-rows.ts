/**
 * The audit: append-only, each entry bound to the one before by its hash, so that nobody can change,
 * drop or insert one without breaking the chain from there on:
 *
 *     hash(n) = SHA-256(entry(n)), and entry(n), a JSON text, names hash(n − 1) as `previous`
 *
 * Who holds the whole database could write a whole new chain: whoever must exclude that notes the
 * last hash elsewhere from time to time (`naru admin audit verify` prints it), or exports the entries.
 */
import { createHash } from 'node:crypto';
import { chunks } from '../chunks.ts';
import type { MetadataDatabase, Writer } from '../database.ts';
import { excluded, fixedInsert, fixedQuery } from '../fixed-query.ts';
import type { AuditEntry, AuditRows, GatheredEntry, StoredAuditEntry } from './port.ts';

/** The hash before the first entry. */
export const chainStart = '0'.repeat(64);

const filtered = ['namespace', 'actor', 'action', 'repository', 'digest', 'address'] as const;

const keepEntries = fixedInsert('gathered_audit', (query) => query.onConflict((conflict) => conflict.column('id').doUpdateSet(excluded('entry', 'times'))));

export function auditRows({ read, write, writeLazily }: MetadataDatabase): AuditRows {
  return {
    async append(entries) {
      await write((tx) => recordAudit(tx, entries));
    },

    async keep(gathered) {
      await writeLazily(async (tx) => {
        await keepEntries(
          tx,
          gathered.map(({ id, entry, counted, times }) => ({ id, counted, entry: JSON.stringify(entry), times })),
        );
      });
    },

    async appendGathered(gathered) {
      await write(async (tx) => {
        const ids = gathered.map(({ id }) => id);
        for (const chunk of chunks(ids)) await tx.deleteFrom('gathered_audit').where('id', 'in', chunk).execute();
        await recordAudit(tx, gathered.map(withCount));
      });
    },

    async appendLeft() {
      const first = await read.selectFrom('gathered_audit').select('id').limit(1).executeTakeFirst();
      if (first === undefined) return;
      await write(async (tx) => {
        const rows = await tx.selectFrom('gathered_audit').selectAll().execute();
        const left = rows.map(({ entry, ...row }) => ({ ...row, entry: JSON.parse(entry) as AuditEntry })); // `keep` wrote it
        await tx.deleteFrom('gathered_audit').execute();
        await recordAudit(tx, left.toSorted((a, b) => a.entry.at - b.entry.at).map(withCount));
      });
    },

    async list({ since, until, before, limit, ...values }) {
      let query = read.selectFrom('audit_entry').select(['id', 'entry', 'hash']).orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      for (const column of filtered) {
        const value = values[column];
        if (value !== undefined) query = query.where(column, '=', value);
      }
      if (since !== undefined) query = query.where('at', '>=', since);
      if (until !== undefined) query = query.where('at', '<', until);
      return (await query.execute()).map(toEntry);
    },

    async read({ after = 0, limit }) {
      const rows = await read.selectFrom('audit_entry').select(['id', 'entry', 'hash']).where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(toEntry);
    },

    prune: (before, limit) =>
      write(async (tx) => {
        const oldest = await tx.selectFrom('audit_entry').select(['id', 'at']).orderBy('id').limit(limit).execute();
        // Only from the old end, or the chain would have a hole.
        const young = oldest.findIndex(({ at }) => at >= before);
        const last = oldest.at(young < 0 ? -1 : young - 1);
        if (young === 0 || last === undefined) return 0;
        await tx.deleteFrom('audit_entry').where('id', '<=', last.id).execute();
        return young < 0 ? oldest.length : young;
      }),
  };
}

const findLast = fixedQuery((db) => db.selectFrom('audit_entry').select('hash').orderBy('id', 'desc').limit(1));
const insertEntries = fixedInsert('audit_entry');

/** Entries are written in the transaction of the change that they report, and only through here. */
export async function recordAudit(tx: Writer, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const { rows: last } = await findLast(tx, {});
  let previous = last[0]?.hash ?? chainStart;
  const rows = entries.map((entry) => {
    const text = JSON.stringify({ previous, ...entry });
    previous = hashOf(text);
    const { at, action, actor, namespace = '', repository = '', digest = '', address = '' } = entry;
    return { at, action, actor, namespace, repository, digest, address, entry: text, hash: previous };
  });
  await insertEntries(tx, rows);
}

function withCount({ entry, counted, times }: GatheredEntry): AuditEntry {
  return { ...entry, detail: { ...entry.detail, [counted]: times } };
}

export function hashOf(entry: string): string {
  return createHash('sha256').update(entry).digest('hex');
}

function toEntry({ id, entry, hash }: { id: number; entry: string; hash: string }): StoredAuditEntry {
  return { id, hash, text: entry, ...(JSON.parse(entry) as AuditEntry & { previous: string }) }; // recordAudit wrote it
}
