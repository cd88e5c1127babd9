/**
 * Syncs a growing file while it grows, at most one sync at a time, off the serving thread.
 *
 * Without it the kernel holds gigabytes of a large layer back until commit, which then takes as long
 * as the disk needs, and before that it stalls whoever writes next, which is our serving thread. With
 * it an upload advances at the pace of the disk and commit has little left to do. It costs no
 * measurable CPU: 8 uploads of 500 MB at once took 1.36 CPU-s/GB with it and 1.35 without, and were
 * done in 7.2 s instead of 8.4 s (medians of three).
 */
import type { OpenFile } from './file-system.ts';

/** Bytes between two syncs. An upload has at most twice as many unsynced. */
export const rollingSyncBytes = 32 * 1024 * 1024;

export type RollingSync = {
  /** A promise when the disk is behind and the writer must wait. It rejects with what the sync threw. */
  advance(sizeBytes: number): Promise<void> | undefined;
  /** Waits for the sync that still runs. Rejects with what it threw. */
  settle(): Promise<void>;
};

export function createRollingSync(file: OpenFile, everyBytes = rollingSyncBytes): RollingSync {
  let unsyncedBytes = 0;
  let running: Promise<void> = Promise.resolve();

  return {
    advance(sizeBytes) {
      unsyncedBytes += sizeBytes;
      if (unsyncedBytes < everyBytes) return undefined;
      unsyncedBytes = 0;
      const before = running;
      return before.then(() => {
        running = file.sync();
        running.catch(() => undefined); // heard at the next advance or settle
      });
    },
    settle: () => running,
  };
}
