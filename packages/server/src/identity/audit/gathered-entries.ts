/**
 * Entries of the audit that are gathered for a while and written together, what happened again as one
 * with a count: so that what they report costs no write. What is gathered is kept in rows of its own,
 * once a second (`keepEveryMs`), and what is new at once where that is asked for: a killed process loses
 * what its last second counted, and whoever opens the data folder next makes entries of the rest.
 */
import type { AuditEntry, AuditRows, GatheredEntry } from '../../metadata/identity/port.ts';
import { newId } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';

export type GatheredEntries = Disposable & {
  /** False when nothing of this key is gathered yet. An entry that names no image takes that of `again`. */
  countAgain(key: string, again?: Pick<AuditEntry, 'digest' | 'tag'>): boolean;
  add(key: string, entry: AuditEntry): void;
  /** Writes what is gathered. */
  flush(): Promise<void>;
};

/** When more is gathered it is written at once (I6). */
const gatheredMax = 2000;
export const keepEveryMs = 1000;

export type GatherParts = {
  readonly rows: Pick<AuditRows, 'keep' | 'appendGathered'>;
  readonly log: Log;
  /** The name of the count in the entry's detail. */
  readonly counted: string;
  /** What is new is kept before the second is over. */
  readonly keepsNewAtOnce: boolean;
  readonly every: (ms: number, work: () => void) => Disposable;
  /** Adds what there was no time for when it happened. */
  readonly complete?: (entry: AuditEntry) => Promise<AuditEntry>;
};

type Gathered = { readonly id: string; entry: AuditEntry; times: number; isTaken: boolean };

export function gatherEntries({ rows, log, counted, keepsNewAtOnce, every, complete = async (entry) => entry }: GatherParts): GatheredEntries {
  let gathered = new Map<string, Gathered>();
  /** What the rows do not say yet. */
  let unkept = new Set<Gathered>();
  let keeping: Promise<void> | undefined;
  const timer = every(keepEveryMs, () => void keep());

  /** One write after the other: what comes meanwhile goes together. */
  async function keep(): Promise<void> {
    if (unkept.size === 0) return keeping;
    keeping ??= keepAll().finally(() => (keeping = undefined));
    return keeping;
  }

  async function keepAll(): Promise<void> {
    const ones = [...unkept];
    unkept = new Set();
    try {
      for (const one of ones) await completeOne(one);
      // From here to the turn of the writer nothing waits: what `flush` takes meanwhile, it removes behind this.
      const open = ones.filter(({ isTaken }) => !isTaken);
      if (open.length > 0) await rows.keep(open.map(toRow));
    } catch (error) {
      // It is still gathered, and written in its time.
      log.warn('entries of the audit could not be kept', { entries: ones.length, error });
    }
  }

  async function flush(): Promise<void> {
    if (gathered.size === 0) return;
    const taken = [...gathered.values()];
    for (const one of taken) {
      one.isTaken = true;
      unkept.delete(one);
    }
    gathered = new Map();
    try {
      for (const one of taken) await completeOne(one);
      await rows.appendGathered(taken.map(toRow));
    } catch (error) {
      log.error('entries of the audit could not be written', { entries: taken.length, error });
    }
  }

  async function completeOne(one: Gathered): Promise<void> {
    const { entry } = one;
    const completed = await complete(entry);
    // Otherwise it happened again meanwhile, which has said more.
    if (one.entry === entry) one.entry = completed;
  }

  function toRow({ id, entry, times }: Gathered): GatheredEntry {
    return { id, entry, counted, times };
  }

  return {
    countAgain(key, { digest, tag } = {}) {
      const known = gathered.get(key);
      if (known === undefined) return false;
      known.times++;
      if (known.entry.digest === undefined && known.entry.tag === undefined) {
        known.entry = { ...known.entry, ...(digest !== undefined && { digest }), ...(tag !== undefined && { tag }) };
      }
      unkept.add(known);
      return true;
    },
    add(key, entry) {
      const one = { id: newId(), entry, times: 1, isTaken: false };
      gathered.set(key, one);
      unkept.add(one);
      if (gathered.size >= gatheredMax) void flush();
      else if (keepsNewAtOnce) void keep();
    },
    flush,
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
