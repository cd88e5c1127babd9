/**
 * The engine checks a file of 1 GB for ten seconds in one statement, and SQLite answers in the thread
 * that asks. So inspections ask from another thread: it begins and ends with the inspection, and
 * there is never more than one.
 */
import { Kysely } from 'kysely';
import type { Inspector, MetadataDatabase } from '../database.ts';
import type { Tables } from '../schema.ts';
import { sqliteDialect } from './dialect.ts';
import { type InspectionThread, startInspectionThread } from './inspection-thread.ts';

export type SqliteInspection = Pick<MetadataDatabase, 'inspect'> & {
  /** Rejects the inspection under way and those that wait for their turn. */
  close(): void;
};

export function sqliteInspection(path: string): SqliteInspection {
  let last: Promise<unknown> = Promise.resolve();
  let running: InspectionThread | undefined;
  let closed = false;

  async function run<T>(work: (inspector: Inspector) => Promise<T>): Promise<T> {
    if (closed) throw closedMeanwhile();
    const thread = startInspectionThread(path);
    running = thread;
    try {
      return await work(inspector(thread));
    } finally {
      running = undefined;
      const ended = thread.end(new Error('the inspection is over'));
      if (!closed) await ended; // closing waits for no statement: it may have seconds to go
    }
  }

  return {
    inspect(work) {
      const inspected = last.then(() => run(work));
      last = inspected.catch(() => {}); // whoever asked is told
      return inspected;
    },
    close() {
      closed = true;
      void running?.end(closedMeanwhile());
    },
  };
}

function inspector(thread: InspectionThread): Inspector {
  return {
    read: new Kysely<Tables>({ dialect: sqliteDialect({ execute: (...statement) => thread.execute(...statement), inTransaction: false }) }),
    async checkEngine(limit) {
      const { rows } = await thread.execute(`pragma integrity_check(${limit})`);
      return (rows as { integrity_check: string }[]).map((row) => row.integrity_check).filter((text) => text !== 'ok'); // what the pragma returns
    },
  };
}

function closedMeanwhile(): Error {
  return new Error('the metadata was closed while it was inspected');
}
