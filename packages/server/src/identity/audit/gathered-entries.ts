/**
 * Entries of the audit that are gathered for a while and written together, what happened again as one
 * with a count: so that what they report costs no write. A crash loses what was gathered since.
 */
import type { AuditEntry, AuditRows } from '../../metadata/identity/port.ts';
import type { Log } from '../../runtime/log.ts';

export type GatheredEntries = {
  /** False when nothing of this key is gathered yet. An entry that names no image takes that of `again`. */
  countAgain(key: string, again?: Pick<AuditEntry, 'digest' | 'tag'>): boolean;
  add(key: string, entry: AuditEntry): void;
  /** Writes what is gathered. */
  flush(): Promise<void>;
};

/** When more is gathered it is written at once (I6). */
const gatheredMax = 2000;

export type GatherParts = {
  readonly rows: Pick<AuditRows, 'append'>;
  readonly log: Log;
  /** The name of the count in the entry's detail. */
  readonly counted: string;
  /** Adds what there was no time for when it happened. */
  readonly complete?: (entry: AuditEntry) => Promise<AuditEntry>;
};

export function gatherEntries({ rows, log, counted, complete = async (entry) => entry }: GatherParts): GatheredEntries {
  let gathered = new Map<string, { entry: AuditEntry; times: number }>();

  async function flush(): Promise<void> {
    if (gathered.size === 0) return;
    const taken = [...gathered.values()];
    gathered = new Map();
    try {
      const entries = taken.map(async ({ entry, times }) => ({ ...(await complete(entry)), detail: { ...entry.detail, [counted]: times } }));
      await rows.append(await Promise.all(entries));
    } catch (error) {
      log.error('entries of the audit could not be written', { entries: taken.length, error });
    }
  }

  return {
    countAgain(key, { digest, tag } = {}) {
      const known = gathered.get(key);
      if (known === undefined) return false;
      known.times++;
      if (known.entry.digest === undefined && known.entry.tag === undefined) {
        known.entry = { ...known.entry, ...(digest !== undefined && { digest }), ...(tag !== undefined && { tag }) };
      }
      return true;
    },
    add(key, entry) {
      gathered.set(key, { entry, times: 1 });
      if (gathered.size >= gatheredMax) void flush();
    },
    flush,
  };
}
