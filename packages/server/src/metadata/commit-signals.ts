/**
 * Wakes whoever works on rows when a commit of this process brought some, so that nobody has to look
 * all the time. What other processes commit is found by looking now and then: a signal saves time and
 * is never the only way.
 */
import type { MetadataDatabase, Writer } from './database.ts';
import type { CommitSignals, CommitTopic } from './port.ts';

/** What each transaction under way has brought so far. */
const brought = new WeakMap<Writer, Set<CommitTopic>>();

/** Said by the functions that write such rows. */
export function announce(tx: Writer, topic: CommitTopic): void {
  brought.get(tx)?.add(topic);
}

export function withCommitSignals(database: MetadataDatabase): { database: MetadataDatabase; commits: CommitSignals } {
  const listeners = new Map<CommitTopic, Set<() => void>>();

  function signalling(write: MetadataDatabase['write']): MetadataDatabase['write'] {
    return async (work) => {
      let topics = new Set<CommitTopic>();
      const result = await write((tx) => {
        topics = new Set(); // the engine may run the work again
        brought.set(tx, topics);
        return work(tx);
      });
      for (const topic of topics) for (const listener of listeners.get(topic) ?? []) listener();
      return result;
    };
  }

  return {
    database: {
      ...database,
      write: signalling(database.write),
      writeLazily: signalling(database.writeLazily),
    },
    commits: {
      listen(topic, listener) {
        const known = listeners.get(topic) ?? new Set();
        listeners.set(topic, known.add(listener));
        return { [Symbol.dispose]: () => void known.delete(listener) };
      },
    },
  };
}
