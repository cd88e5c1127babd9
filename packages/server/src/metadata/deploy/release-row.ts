/** One release's row: read, and moved from state to state. */
import type { Selectable } from 'kysely';
import { chunks } from '../chunks.ts';
import type { Reader, Writer } from '../database.ts';
import type { Tables } from '../schema.ts';
import type { Release, ReleaseState } from './port.ts';

export async function findRelease(tx: Reader, id: number): Promise<Release | undefined> {
  const row = await tx.selectFrom('release').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRelease(row);
}

/** By their ids. */
export async function readReleases(tx: Reader, ids: readonly number[]): Promise<Map<number, Release>> {
  const found = new Map<number, Release>();
  for (const chunk of chunks([...new Set(ids)])) {
    const rows = await tx.selectFrom('release').selectAll().where('id', 'in', chunk).execute();
    for (const row of rows) found.set(row.id, toRelease(row));
  }
  return found;
}

/** States in which it may run, or run again soon: its manifest stays. What ran before is kept by count, not by state. */
const live: readonly ReleaseState[] = ['awaiting', 'pending', 'running', 'replaced'];

export function isLive(state: ReleaseState): boolean {
  return live.includes(state);
}

export async function endRelease(tx: Writer, id: number, state: ReleaseState, at: number, message?: string): Promise<void> {
  await tx
    .updateTable('release')
    .set({ state, changed_at: at, is_kept: Number(isLive(state)), ...(message !== undefined && { message }) })
    .where('id', '=', id)
    .execute();
}

export function toRelease(row: Selectable<Tables['release']>): Release {
  return {
    id: row.id,
    instance: row.instance,
    digest: row.digest,
    cause: row.cause,
    state: row.state,
    requestedAt: row.requested_at,
    requestedBy: row.requested_by,
    changedAt: row.changed_at,
    ...(row.tag !== null && { tag: row.tag }),
    ...(row.source !== null && { source: row.source }),
    ...(row.message !== null && { message: row.message }),
    ...(row.decided_by !== null && { decidedBy: row.decided_by }),
  };
}
